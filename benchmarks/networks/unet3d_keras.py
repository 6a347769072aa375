"""A 3-D U-Net in Keras (Cicek et al., https://arxiv.org/abs/1606.06650), padded, 16 maps."""

import keras
from keras import layers


def double_conv(x, filters):
    for _ in range(2):
        x = layers.Conv3D(filters, 3, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    return x


def build_unet3d(shape=(64, 64, 64, 2), num_classes=3, widths=(16, 32, 64, 128)):
    inputs = keras.Input(shape)
    x = inputs
    skips = []
    for level, width in enumerate(widths):
        if level > 0:
            x = layers.MaxPooling3D(2)(x)
        x = double_conv(x, width)
        skips.append(x)
    skips.pop()
    for width in reversed(widths[:-1]):
        x = layers.Conv3DTranspose(width, 2, strides=2)(x)
        x = layers.Concatenate()([skips.pop(), x])
        x = double_conv(x, width)
    outputs = layers.Conv3D(num_classes, 1)(x)
    return keras.Model(inputs, outputs)


model = build_unet3d()

"""A U-Net for images of any size: the input has no height and no width."""
import keras
from keras import layers


def double_conv(x, n_filters):
    for _ in range(2):
        x = layers.Conv2D(n_filters, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.Activation("relu")(x)
    return x


def downsample_block(x, n_filters):
    f = double_conv(x, n_filters)
    p = layers.MaxPool2D(2)(f)
    p = layers.Dropout(0.3)(p)
    return f, p


def upsample_block(x, conv_features, n_filters):
    x = layers.Conv2DTranspose(n_filters, 3, 2, padding="same")(x)
    x = layers.concatenate([x, conv_features])
    x = layers.Dropout(0.3)(x)
    return double_conv(x, n_filters)


def build_unet_model(n_classes=3, widths=(64, 128, 256, 512)):
    inputs = layers.Input((None, None, 3))
    skips = []
    x = inputs
    for width in widths:
        f, x = downsample_block(x, width)
        skips.append(f)
    x = double_conv(x, 2 * widths[-1])
    for width, skip in zip(reversed(widths), skips[::-1]):
        x = upsample_block(x, skip, width)
    outputs = layers.Conv2D(n_classes, 1, padding="same", activation="softmax")(x)
    return keras.Model(inputs, outputs, name="U-Net")


unet_model = build_unet_model()

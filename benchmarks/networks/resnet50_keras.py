"""ResNet-50 in Keras (He et al., https://arxiv.org/abs/1512.03385), stride in the 3 x 3 part."""

import keras
from keras import layers


def conv_bn(x, filters, kernel, stride=1):
    if kernel > 1:
        x = layers.ZeroPadding2D(kernel // 2)(x)
    x = layers.Conv2D(filters, kernel, strides=stride, use_bias=False)(x)
    return layers.BatchNormalization()(x)


def bottleneck(x, width, stride=1, project=False):
    shortcut = conv_bn(x, 4 * width, 1, stride) if project else x
    y = layers.ReLU()(conv_bn(x, width, 1))
    y = layers.ReLU()(conv_bn(y, width, 3, stride))
    y = conv_bn(y, 4 * width, 1)
    return layers.ReLU()(layers.Add()([y, shortcut]))


def build_resnet50(num_classes=1000):
    inputs = keras.Input((224, 224, 3))
    x = layers.ReLU()(conv_bn(inputs, 64, 7, 2))
    x = layers.ZeroPadding2D(1)(x)
    x = layers.MaxPooling2D(3, strides=2)(x)
    for stage, (blocks, width) in enumerate([(3, 64), (4, 128), (6, 256), (3, 512)]):
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            x = bottleneck(x, width, stride, project=block == 0)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(num_classes)(x)
    return keras.Model(inputs, outputs)


model = build_resnet50()

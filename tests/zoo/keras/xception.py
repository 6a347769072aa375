"""Xception (Chollet 2016): entry, middle and exit flow of separable convolutions."""
from keras.layers import (
    Activation, BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, Input, MaxPooling2D,
    SeparableConv2D, add,
)
from keras.models import Model


def sepconv_bn(x, filters, name):
    x = SeparableConv2D(filters, (3, 3), padding='same', use_bias=False, name=name)(x)
    return BatchNormalization(name=name + '_bn')(x)


def shortcut(x, filters):
    y = Conv2D(filters, (1, 1), strides=(2, 2), padding='same', use_bias=False)(x)
    return BatchNormalization()(y)


def entry_flow(x):
    x = Conv2D(32, (3, 3), strides=(2, 2), use_bias=False, name='block1_conv1')(x)
    x = BatchNormalization(name='block1_conv1_bn')(x)
    x = Activation('relu', name='block1_conv1_act')(x)
    x = Conv2D(64, (3, 3), use_bias=False, name='block1_conv2')(x)
    x = BatchNormalization(name='block1_conv2_bn')(x)
    x = Activation('relu', name='block1_conv2_act')(x)
    for i, filters in zip((2, 3, 4), (128, 256, 728)):
        residual = shortcut(x, filters)
        if i > 2:
            x = Activation('relu', name=f'block{i}_sepconv1_act')(x)
        x = sepconv_bn(x, filters, f'block{i}_sepconv1')
        x = Activation('relu', name=f'block{i}_sepconv2_act')(x)
        x = sepconv_bn(x, filters, f'block{i}_sepconv2')
        x = MaxPooling2D((3, 3), strides=(2, 2), padding='same', name=f'block{i}_pool')(x)
        x = add([x, residual])
    return x


def middle_flow(x, repeats=8):
    for i in range(repeats):
        residual = x
        prefix = 'block' + str(i + 5)
        for j in '123':
            x = Activation('relu', name=prefix + '_sepconv' + j + '_act')(x)
            x = sepconv_bn(x, 728, prefix + '_sepconv' + j)
        x = add([x, residual])
    return x


def exit_flow(x, classes):
    residual = shortcut(x, 1024)
    x = Activation('relu', name='block13_sepconv1_act')(x)
    x = sepconv_bn(x, 728, 'block13_sepconv1')
    x = Activation('relu', name='block13_sepconv2_act')(x)
    x = sepconv_bn(x, 1024, 'block13_sepconv2')
    x = MaxPooling2D((3, 3), strides=(2, 2), padding='same', name='block13_pool')(x)
    x = add([x, residual])
    x = Activation('relu')(sepconv_bn(x, 1536, 'block14_sepconv1'))
    x = Activation('relu')(sepconv_bn(x, 2048, 'block14_sepconv2'))
    x = GlobalAveragePooling2D(name='avg_pool')(x)
    return Dense(classes, activation='softmax', name='predictions')(x)


img_input = Input(shape=(299, 299, 3))
model = Model(img_input, exit_flow(middle_flow(entry_flow(img_input)), 1000), name='xception')

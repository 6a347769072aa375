"""Stacked hourglass for key points (Newell et al. 2016): the level below is built by recursion."""
from keras.layers import *
from keras.models import *


def bottleneck(bottom, num_out_channels, block_name):
    # skip layer
    if bottom.shape[-1] == num_out_channels:
        _skip = bottom
    else:
        _skip = Conv2D(num_out_channels, kernel_size=(1, 1), activation='relu', padding='same',
                       name=block_name + '_skip')(bottom)

    # residual: 3 conv blocks, [num_out_channels/2 -> num_out_channels/2 -> num_out_channels]
    _x = Conv2D(num_out_channels // 2, kernel_size=(1, 1), activation='relu', padding='same',
                name=block_name + '_conv_1x1_x1')(bottom)
    _x = BatchNormalization()(_x)
    _x = Conv2D(int(num_out_channels / 2), kernel_size=(3, 3), activation='relu', padding='same',
                name=block_name + '_conv_3x3_x2')(_x)
    _x = BatchNormalization()(_x)
    _x = Conv2D(num_out_channels, kernel_size=(1, 1), activation='relu', padding='same',
                name=block_name + '_conv_1x1_x3')(_x)
    _x = BatchNormalization()(_x)
    return Add(name=block_name + '_residual')([_skip, _x])


def hourglass(x, level, channels, name):
    up = bottleneck(x, channels, f'{name}_up{level}')
    low = MaxPool2D(pool_size=(2, 2), strides=(2, 2))(x)
    low = bottleneck(low, channels, f'{name}_low{level}')
    if level > 1:
        low = hourglass(low, level - 1, channels, name)
    else:
        low = bottleneck(low, channels, f'{name}_middle')
    low = bottleneck(low, channels, f'{name}_out{level}')
    low = UpSampling2D()(low)
    return add([up, low])


def create_hourglass_network(num_classes=16, num_stacks=2, num_channels=256, inres=(256, 256)):
    input = Input(shape=(inres[0], inres[1], 3))
    x = Conv2D(64, kernel_size=(7, 7), strides=(2, 2), padding='same', activation='relu', name='front_conv')(input)
    x = BatchNormalization()(x)
    x = bottleneck(x, num_channels // 2, 'front_residual_x1')
    x = MaxPool2D(pool_size=(2, 2), strides=(2, 2))(x)
    x = bottleneck(x, num_channels // 2, 'front_residual_x2')
    x = bottleneck(x, num_channels, 'front_residual_x3')

    outputs = []
    for i in range(num_stacks):
        y = hourglass(x, 4, num_channels, 'hg%d' % i)
        y = Conv2D(num_channels, 1, activation='relu', name=f'hg{i}_features')(y)
        y = BatchNormalization()(y)
        parts = Conv2D(num_classes, 1, activation='linear', padding='same', name=f'hg{i}_heatmaps')(y)
        outputs.append(parts)
        if i < num_stacks - 1:
            x = Add()([x, Conv2D(num_channels, 1)(y), Conv2D(num_channels, 1)(parts)])

    return Model(inputs=input, outputs=outputs)


model = create_hourglass_network()

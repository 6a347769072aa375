"""ShuffleNet (Zhang et al. 2017): grouped 1x1 convolutions and a shuffle of the channels between them."""
import numpy as np
from keras import backend as K
from keras.layers import (Activation, Add, AveragePooling2D, BatchNormalization, Concatenate, Conv2D, Dense,
                          DepthwiseConv2D, GlobalMaxPooling2D, Input, Lambda, MaxPooling2D)
from keras.models import Model


def channel_shuffle(x, groups):
    height, width, in_channels = x.shape[1:]
    channels_per_group = in_channels // groups

    x = K.reshape(x, [-1, height, width, groups, channels_per_group])
    x = K.permute_dimensions(x, (0, 1, 2, 4, 3))  # transpose
    x = K.reshape(x, [-1, height, width, in_channels])
    return x


def _shuffle_unit(inputs, in_channels, out_channels, groups, bottleneck_ratio, strides=2, stage=1, block=1):
    prefix = 'stage%d/block%d' % (stage, block)
    prefix = prefix.replace('/', '_')

    bottleneck_channels = int(out_channels * bottleneck_ratio)
    first_groups = 1 if stage == 2 and block == 1 else groups

    x = Conv2D(bottleneck_channels, 1, groups=first_groups, use_bias=False, name='%s_1x1_gconv_1' % prefix)(inputs)
    x = BatchNormalization(axis=-1, name='%s_bn_gconv_1' % prefix)(x)
    x = Activation('relu', name='%s_relu_gconv_1' % prefix)(x)

    x = Lambda(channel_shuffle, arguments={'groups': groups}, name='%s_channel_shuffle' % prefix)(x)
    x = DepthwiseConv2D(kernel_size=(3, 3), padding="same", use_bias=False, strides=strides,
                        name='%s_1x1_dwconv_1' % prefix)(x)
    x = BatchNormalization(axis=-1, name='%s_bn_dwconv_1' % prefix)(x)

    x = Conv2D(out_channels if strides == 1 else out_channels - in_channels, 1, groups=groups, use_bias=False,
               name='%s_1x1_gconv_2' % prefix)(x)
    x = BatchNormalization(axis=-1, name='%s_bn_gconv_2' % prefix)(x)

    if strides < 2:
        ret = Add(name='%s_add' % prefix)([x, inputs])
    else:
        avg = AveragePooling2D(pool_size=3, strides=2, padding='same', name='%s_avg_pool' % prefix)(inputs)
        ret = Concatenate(-1, name='%s_concat' % prefix)([x, avg])

    return Activation('relu', name='%s_relu_out' % prefix)(ret)


def ShuffleNet(input_shape=(224, 224, 3), groups=4, scale_factor=1.0, num_shuffle_units=[3, 7, 3],
               bottleneck_ratio=0.25, classes=1000):
    out_dim_stage_two = {1: 144, 2: 200, 3: 240, 4: 272, 8: 384}
    if groups not in out_dim_stage_two:
        raise ValueError("Invalid number of groups.")

    exp = np.insert(np.arange(0, len(num_shuffle_units), dtype=np.float32), 0, 0)
    out_channels_in_stage = 2 ** exp
    out_channels_in_stage *= out_dim_stage_two[groups]  # calculate output channels for each stage
    out_channels_in_stage[0] = 24  # first stage has always 24 output channels
    out_channels_in_stage *= scale_factor
    out_channels_in_stage = out_channels_in_stage.astype(int)

    img_input = Input(shape=input_shape)
    x = Conv2D(filters=int(out_channels_in_stage[0]), kernel_size=(3, 3), padding='same', use_bias=False,
               strides=(2, 2), activation="relu", name="conv1")(img_input)
    x = MaxPooling2D(pool_size=(3, 3), strides=(2, 2), padding='same', name="maxpool1")(x)

    for stage in range(0, len(num_shuffle_units)):
        repeat = num_shuffle_units[stage]
        channels = int(out_channels_in_stage[stage + 1])
        x = _shuffle_unit(x, int(out_channels_in_stage[stage]), channels, groups, bottleneck_ratio,
                          strides=2, stage=stage + 2, block=1)
        for i in range(1, repeat + 1):
            x = _shuffle_unit(x, channels, channels, groups, bottleneck_ratio,
                              strides=1, stage=stage + 2, block=i + 1)

    x = GlobalMaxPooling2D(name="global_pool")(x)
    x = Dense(units=classes, name="fc")(x)
    x = Activation('softmax', name='softmax')(x)
    return Model(inputs=img_input, outputs=x, name='ShuffleNet')


model = ShuffleNet()

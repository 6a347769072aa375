"""DenseNet-121 (Huang et al. 2016): blocks of concatenations, transitions that halve the channels."""
from tensorflow.keras import backend as K
from tensorflow.keras.layers import (Activation, AveragePooling2D, BatchNormalization, Concatenate,
                                     Conv2D, Dense, GlobalAveragePooling2D, Input, MaxPooling2D,
                                     ZeroPadding2D)
from tensorflow.keras.models import Model

BLOCKS = [6, 12, 24, 16]
GROWTH = 32


def conv_block(x, growth_rate, name):
    bn_axis = 3 if K.image_data_format() == 'channels_last' else 1
    x1 = BatchNormalization(axis=bn_axis, epsilon=1.001e-5, name=name + '_0_bn')(x)
    x1 = Activation('relu', name=name + '_0_relu')(x1)
    x1 = Conv2D(4 * growth_rate, 1, use_bias=False, name=name + '_1_conv')(x1)
    x1 = BatchNormalization(axis=bn_axis, epsilon=1.001e-5, name=name + '_1_bn')(x1)
    x1 = Activation('relu', name=name + '_1_relu')(x1)
    x1 = Conv2D(growth_rate, 3, padding='same', use_bias=False, name=name + '_2_conv')(x1)
    x = Concatenate(axis=bn_axis, name=name + '_concat')([x, x1])
    return x


def dense_block(x, blocks, name):
    for i in range(blocks):
        x = conv_block(x, GROWTH, name=name + '_block' + str(i + 1))
    return x


def transition_block(x, reduction, name):
    bn_axis = 3
    x = BatchNormalization(axis=bn_axis, epsilon=1.001e-5, name=name + '_bn')(x)
    x = Activation('relu', name=name + '_relu')(x)
    x = Conv2D(int(K.int_shape(x)[bn_axis] * reduction), 1, use_bias=False, name=name + '_conv')(x)
    x = AveragePooling2D(2, strides=2, name=name + '_pool')(x)
    return x


img_input = Input(shape=(224, 224, 3))
x = ZeroPadding2D(padding=((3, 3), (3, 3)))(img_input)
x = Conv2D(64, 7, strides=2, use_bias=False, name='conv1_conv')(x)
x = BatchNormalization(axis=3, epsilon=1.001e-5, name='conv1_bn')(x)
x = Activation('relu', name='conv1_relu')(x)
x = ZeroPadding2D(padding=((1, 1), (1, 1)))(x)
x = MaxPooling2D(3, strides=2, name='pool1')(x)

for stage, n in enumerate(BLOCKS):
    x = dense_block(x, n, name='conv%d' % (stage + 2))
    if stage != len(BLOCKS) - 1:
        x = transition_block(x, 0.5, name='pool%d' % (stage + 2))

x = BatchNormalization(axis=3, epsilon=1.001e-5, name='bn')(x)
x = Activation('relu', name='relu')(x)
x = GlobalAveragePooling2D(name='avg_pool')(x)
x = Dense(1000, activation='softmax', name='predictions')(x)
model = Model(img_input, x, name='densenet121')

for layer in model.layers[:5]:
    print(layer.name)
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])

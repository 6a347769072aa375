"""GoogLeNet (Szegedy et al. 2014), inception blocks with branches and two auxiliary classifiers."""
import keras
from keras.layers import *
from keras.models import Model

kernel_init = keras.initializers.glorot_uniform()
bias_init = keras.initializers.Constant(value=0.2)


def inception_module(x,
                     filters_1x1,
                     filters_3x3_reduce,
                     filters_3x3,
                     filters_5x5_reduce,
                     filters_5x5,
                     filters_pool_proj,
                     name=None):
    kw = dict(padding='same', activation='relu', kernel_initializer=kernel_init, bias_initializer=bias_init)
    conv_1x1 = Conv2D(filters_1x1, (1, 1), **kw)(x)

    conv_3x3 = Conv2D(filters_3x3_reduce, (1, 1), **kw)(x)
    conv_3x3 = Conv2D(filters_3x3, (3, 3), **kw)(conv_3x3)

    conv_5x5 = Conv2D(filters_5x5_reduce, (1, 1), **kw)(x)
    conv_5x5 = Conv2D(filters_5x5, (5, 5), **kw)(conv_5x5)

    pool_proj = MaxPool2D((3, 3), strides=(1, 1), padding='same')(x)
    pool_proj = Conv2D(filters_pool_proj, (1, 1), **kw)(pool_proj)

    return concatenate([conv_1x1, conv_3x3, conv_5x5, pool_proj], axis=3, name=name)


def auxiliary(x, name):
    x = AveragePooling2D((5, 5), strides=3)(x)
    x = Conv2D(128, (1, 1), padding='same', activation='relu')(x)
    x = Flatten()(x)
    x = Dense(1024, activation='relu')(x)
    x = Dropout(0.7)(x)
    return Dense(1000, activation='softmax', name=name)(x)


input_layer = Input(shape=(224, 224, 3))

x = Conv2D(64, (7, 7), padding='same', strides=(2, 2), activation='relu', name='conv_1_7x7/2'.replace('/', '_'))(input_layer)
x = MaxPool2D((3, 3), padding='same', strides=(2, 2), name='max_pool_1')(x)
x = Conv2D(64, (1, 1), padding='same', strides=(1, 1), activation='relu', name='conv_2a')(x)
x = Conv2D(192, (3, 3), padding='same', strides=(1, 1), activation='relu', name='conv_2b')(x)
x = MaxPool2D((3, 3), padding='same', strides=(2, 2), name='max_pool_2')(x)

x = inception_module(x, 64, 96, 128, 16, 32, 32, name='inception_3a')
x = inception_module(x, 128, 128, 192, 32, 96, 64, name='inception_3b')
x = MaxPool2D((3, 3), padding='same', strides=(2, 2), name='max_pool_3')(x)

x = inception_module(x, filters_1x1=192, filters_3x3_reduce=96, filters_3x3=208,
                     filters_5x5_reduce=16, filters_5x5=48, filters_pool_proj=64, name='inception_4a')
x1 = auxiliary(x, 'auxilliary_output_1')
x = inception_module(x, 160, 112, 224, 24, 64, 64, name='inception_4b')
x = inception_module(x, 128, 128, 256, 24, 64, 64, name='inception_4c')
x = inception_module(x, 112, 144, 288, 32, 64, 64, name='inception_4d')
x2 = auxiliary(x, name='auxilliary_output_2')
x = inception_module(x, 256, 160, 320, 32, 128, 128, name='inception_4e')
x = MaxPool2D((3, 3), padding='same', strides=(2, 2), name='max_pool_4')(x)

x = inception_module(x, 256, 160, 320, 32, 128, 128, name='inception_5a')
x = inception_module(x, 384, 192, 384, 48, 128, 128, name='inception_5b')
x = GlobalAveragePooling2D(name='avg_pool_5')(x)
x = Dropout(0.4)(x)
x = Dense(1000, activation='softmax', name='output')(x)

model = Model(input_layer, [x, x1, x2], name='inception_v1')
model.compile(loss=['categorical_crossentropy'] * 3, loss_weights=[1, 0.3, 0.3],
              optimizer='sgd', metrics=['accuracy'])

"""A ResNet for CIFAR-10 with squeeze-and-excitation blocks (Hu et al. 2017) and spatial ones."""
from tensorflow.keras import Input, Model
from tensorflow.keras.callbacks import LearningRateScheduler, ModelCheckpoint
from tensorflow.keras.datasets import cifar10
from tensorflow.keras.layers import (Activation, BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D,
                                     Permute, Reshape, add, multiply)
import tensorflow.keras.backend as K
from tensorflow.keras.utils import to_categorical

(x_train, y_train), (x_test, y_test) = cifar10.load_data()
num_classes = 10
y_train = to_categorical(y_train, num_classes)


def squeeze_excite_block(tensor, ratio=16):
    init = tensor
    channel_axis = 1 if K.image_data_format() == "channels_first" else -1
    filters = init.shape[channel_axis]
    se_shape = (1, 1, filters)

    se = GlobalAveragePooling2D()(init)
    se = Reshape(se_shape)(se)
    se = Dense(filters // ratio, activation='relu', kernel_initializer='he_normal', use_bias=False)(se)
    se = Dense(filters, activation='sigmoid', kernel_initializer='he_normal', use_bias=False)(se)

    if K.image_data_format() == 'channels_first':
        se = Permute((3, 1, 2))(se)

    return multiply([init, se])


def spatial_squeeze_excite_block(tensor):
    se = Conv2D(1, (1, 1), activation='sigmoid', use_bias=False)(tensor)
    return multiply([tensor, se])


def resnet_block(tensor, filters, strides=(1, 1), scse=False):
    skip = tensor
    x = BatchNormalization()(tensor)
    x = Activation('relu')(x)
    if strides != (1, 1) or K.int_shape(tensor)[-1] != filters:
        skip = Conv2D(filters, (1, 1), padding='same', use_bias=False, strides=strides)(x)
    x = Conv2D(filters, (3, 3), padding='same', use_bias=False, strides=strides)(x)
    x = BatchNormalization()(x)
    x = Activation('relu')(x)
    x = Conv2D(filters, (3, 3), padding='same', use_bias=False)(x)
    if scse:
        x = add([squeeze_excite_block(x), spatial_squeeze_excite_block(x)])
    else:
        x = squeeze_excite_block(x)
    return add([x, skip])


img = Input(shape=x_train.shape[1:])
x = Conv2D(64, (3, 3), padding='same', use_bias=False)(img)
for stage, (filters, n) in enumerate(zip([64, 128, 256, 512], [2, 2, 2, 2])):
    for i in range(n):
        strides = (2, 2) if stage > 0 and i == 0 else (1, 1)
        x = resnet_block(x, filters, strides, scse=stage == 3)
x = BatchNormalization()(x)
x = Activation('relu')(x)
x = GlobalAveragePooling2D()(x)
x = Dense(num_classes, activation='softmax')(x)
model = Model(img, x)

checkpoint = ModelCheckpoint('se_resnet.{epoch:03d}.h5', save_best_only=True)
schedule = LearningRateScheduler(lambda epoch: 1e-3 * 0.5 ** (epoch // 20))
model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
model.fit(x_train / 255., y_train, batch_size=128, epochs=100, callbacks=[checkpoint, schedule])

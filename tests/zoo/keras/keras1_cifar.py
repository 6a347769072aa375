'''A small convnet with two branches on CIFAR-10, in the names of Keras 1.

Run with: THEANO_FLAGS=mode=FAST_RUN,device=gpu,floatX=float32 python keras1_cifar.py
'''
from __future__ import print_function
from keras.datasets import cifar10
from keras.preprocessing.image import ImageDataGenerator
from keras.models import Sequential, Model
from keras.layers import Input, merge
from keras.layers.core import Dense, Dropout, Activation, Flatten
from keras.layers.convolutional import Convolution2D, MaxPooling2D, AveragePooling2D, ZeroPadding2D
from keras.layers.normalization import BatchNormalization
from keras.optimizers import SGD
from keras.regularizers import l2
from keras.utils import np_utils

batch_size = 32
nb_classes = 10
nb_epoch = 200
data_augmentation = True

# input image dimensions
img_rows, img_cols = 32, 32
# the CIFAR10 images are RGB
img_channels = 3

# the data, shuffled and split between train and test sets
(X_train, y_train), (X_test, y_test) = cifar10.load_data()
print('X_train shape:', X_train.shape)
print(X_train.shape[0], 'train samples')

# convert class vectors to binary class matrices
Y_train = np_utils.to_categorical(y_train, nb_classes)
Y_test = np_utils.to_categorical(y_test, nb_classes)

model = Sequential()

model.add(Convolution2D(32, 3, 3, border_mode='same', init='he_normal', dim_ordering='tf',
                        input_shape=(img_rows, img_cols, img_channels)))
model.add(Activation('relu'))
model.add(Convolution2D(32, 3, 3, W_regularizer=l2(0.0001)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))

model.add(Convolution2D(64, 3, 3, border_mode='same', subsample=(2, 2), bias=False))
model.add(BatchNormalization(mode=0, axis=-1))
model.add(Activation('relu'))
model.add(Convolution2D(64, 3, 3, border_mode='valid', activation='relu'))
model.add(MaxPooling2D(pool_size=(2, 2), border_mode='same'))
model.add(Dropout(0.25))

model.add(Flatten())
model.add(Dense(512, init='glorot_uniform'))
model.add(Activation('relu'))
model.add(Dropout(0.5))
model.add(Dense(output_dim=nb_classes))
model.add(Activation('softmax'))

# let's train the model using SGD + momentum
sgd = SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True)
model.compile(loss='categorical_crossentropy', optimizer=sgd, metrics=['accuracy'])


def branches(x, nb_filter, stage):
    one = Convolution2D(nb_filter, 1, 1, activation='relu', border_mode='same', name='one_%d' % stage)(x)
    three = Convolution2D(nb_filter, nb_row=3, nb_col=3, activation='relu', border_mode='same')(x)
    pool = AveragePooling2D((3, 3), strides=(1, 1), border_mode='same')(x)
    x = merge([one, three, pool], mode='concat', concat_axis=3)
    shortcut = Convolution2D(3 * nb_filter, 1, 1)(x)
    return merge([x, shortcut], mode='sum')


img_input = Input(shape=(img_rows, img_cols, img_channels))
y = ZeroPadding2D((1, 1))(img_input)
y = Convolution2D(16, 3, 3, subsample=(2, 2))(y)
for stage in range(2):
    shape = y._keras_shape
    y = branches(y, shape[-1], stage)
y = Flatten()(y)
y = Dense(nb_classes, activation='softmax')(y)
branched = Model(input=img_input, output=y)

datagen = ImageDataGenerator(width_shift_range=0.1, height_shift_range=0.1, horizontal_flip=True)
datagen.fit(X_train)
model.fit_generator(datagen.flow(X_train, Y_train, batch_size=batch_size),
                    samples_per_epoch=X_train.shape[0],
                    nb_epoch=nb_epoch,
                    validation_data=(X_test, Y_test))

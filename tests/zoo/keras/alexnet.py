"""AlexNet (Krizhevsky et al. 2012), one tower, as a class derived from Sequential."""
from keras.models import Sequential
from keras.layers import Conv2D, MaxPooling2D, Dense, Dropout, Flatten, BatchNormalization, Activation


class AlexNet(Sequential):
    def __init__(self, input_shape=(227, 227, 3), num_classes=1000):
        super().__init__()

        self.add(Conv2D(96, kernel_size=(11, 11), strides=4, padding='valid',
                        activation='relu', input_shape=input_shape,
                        kernel_initializer='he_normal'))
        self.add(BatchNormalization())
        self.add(MaxPooling2D(pool_size=(3, 3), strides=(2, 2), padding='valid'))

        self.add(Conv2D(256, kernel_size=(5, 5), strides=1, padding='same',
                        kernel_initializer='he_normal'))
        self.add(Activation('relu'))
        self.add(BatchNormalization())
        self.add(MaxPooling2D(pool_size=(3, 3), strides=(2, 2)))

        self.add(Conv2D(384, (3, 3), padding='same', activation='relu'))
        self.add(Conv2D(384, (3, 3), padding='same', activation='relu'))
        self.add(Conv2D(256, (3, 3), padding='same', activation='relu'))
        self.add(MaxPooling2D((3, 3), 2))

        self.add(Flatten())
        for units in (4096, 4096):
            self.add(Dense(units, activation='relu'))
            self.add(Dropout(0.5))
        self.add(Dense(num_classes, activation='softmax'))

        self.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])


model = AlexNet((227, 227, 3), 1000)
model.summary()

"""A convolutional network for the 32 x 32 RGB images of CIFAR-10.
Question: why does the summary give the first Conv2D layer 896 parameters?
And why is its output 32 x 32 x 32?
"""

from keras.datasets import cifar10
from keras.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.optimizers import RMSprop
from keras.utils import np_utils

batch_size = 64
nb_classes = 10
nb_epoch = 30

(X_train, y_train), (X_test, y_test) = cifar10.load_data()
X_train = X_train.astype("float32") / 255
X_test = X_test.astype("float32") / 255
Y_train = np_utils.to_categorical(y_train, nb_classes)
Y_test = np_utils.to_categorical(y_test, nb_classes)

model = Sequential()

model.add(Conv2D(32, (3, 3), padding="same", input_shape=(32, 32, 3)))
model.add(Activation("relu"))
model.add(Conv2D(32, (3, 3), activation="relu"))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))

model.add(Conv2D(64, (3, 3), padding="same", activation="relu"))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))

model.add(Flatten())
model.add(Dense(256, activation="relu"))
model.add(Dropout(0.5))
model.add(Dense(nb_classes, activation="softmax"))

model.compile(
    loss="categorical_crossentropy",
    optimizer=RMSprop(lr=0.0005, decay=1e-6),
    metrics=["accuracy"],
)
model.summary()
model.fit(X_train, Y_train, batch_size=batch_size, epochs=nb_epoch, validation_split=0.1)

loss, accuracy = model.evaluate(X_test, Y_test, verbose=0)
print("accuracy on the test images: {:.1f} %".format(100 * accuracy))

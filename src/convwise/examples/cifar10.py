"""A convolutional network for the 32 x 32 RGB images of CIFAR-10.
Question: why does the summary give the first Conv2D layer 896 parameters?
And why is its output 32 x 32 x 32?
"""

from keras.constraints import max_norm
from keras.datasets import cifar10
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.optimizers import SGD
from keras.utils import np_utils

(X_train, y_train), (X_test, y_test) = cifar10.load_data()
X_train = X_train.astype("float32") / 255.0
X_test = X_test.astype("float32") / 255.0
y_train = np_utils.to_categorical(y_train)
y_test = np_utils.to_categorical(y_test)
num_classes = 10

model = Sequential()
model.add(
    Conv2D(
        32,
        (3, 3),
        input_shape=(32, 32, 3),
        padding="same",
        activation="relu",
        kernel_constraint=max_norm(3),
    )
)
model.add(Dropout(0.2))
model.add(Conv2D(32, (3, 3), activation="relu", padding="same", kernel_constraint=max_norm(3)))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(512, activation="relu", kernel_constraint=max_norm(3)))
model.add(Dropout(0.5))
model.add(Dense(num_classes, activation="softmax"))

epochs = 25
lrate = 0.01
sgd = SGD(lr=lrate, momentum=0.9, decay=lrate / epochs, nesterov=False)
model.compile(loss="categorical_crossentropy", optimizer=sgd, metrics=["accuracy"])
print(model.summary())
model.fit(X_train, y_train, validation_data=(X_test, y_test), epochs=epochs, batch_size=32)
scores = model.evaluate(X_test, y_test, verbose=0)
print("Accuracy: %.2f%%" % (scores[1] * 100))

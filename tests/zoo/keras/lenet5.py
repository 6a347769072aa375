"""LeNet-5 on MNIST, after LeCun et al. 1998, trained in one script."""
import numpy as np
import matplotlib.pyplot as plt
from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Conv2D, AveragePooling2D, Flatten, Dense
from keras.utils import to_categorical

(x_train, y_train), (x_test, y_test) = mnist.load_data()

# pad the 28x28 digits to 32x32, as in the paper
x_train = np.pad(x_train.reshape(60000, 28, 28, 1)[:1000], ((0, 0), (2, 2), (2, 2), (0, 0)))
x_test = x_test.reshape(10000, 28, 28, 1)
x_train = x_train.astype('float32') / 255
y_train = to_categorical(y_train, 10)

model = Sequential()
model.add(Conv2D(6, kernel_size=5, strides=1, activation='tanh', input_shape=(32, 32, 1), padding='valid'))  # C1
model.add(AveragePooling2D(pool_size=2, strides=2, padding='valid'))  # S2
model.add(Conv2D(16, kernel_size=5, strides=1, activation='tanh', padding='valid'))  # C3
model.add(AveragePooling2D(pool_size=2, strides=2, padding='valid'))  # S4
model.add(Conv2D(120, 5, activation='tanh'))  # C5
model.add(Flatten())
model.add(Dense(84, activation='tanh'))  # F6
model.add(Dense(10, activation='softmax'))

model.compile(loss='categorical_crossentropy', optimizer='sgd', metrics=['accuracy'])
hist = model.fit(x=x_train, y=y_train, epochs=10, batch_size=128, verbose=1)
test_score = model.evaluate(x_test, y_test)
print("Test loss {:.4f}, accuracy {:.2f}%".format(test_score[0], test_score[1] * 100))

f, ax = plt.subplots()
ax.plot(hist.history['acc'], 'o-')
plt.show()

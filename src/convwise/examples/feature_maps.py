"""Two convolutions with max pooling on a 300 x 300 RGB image, 32 filters and then 64.
Question: how many feature maps does the second convolution make?
Does each of its 64 filters act on each of the 32 maps that the first one made?
"""

from keras.layers import Conv2D, MaxPooling2D
from keras.models import Sequential

model = Sequential()
model.add(Conv2D(32, (3, 3), activation="relu", input_shape=(300, 300, 3)))
model.add(MaxPooling2D((2, 2)))
model.add(Conv2D(64, (3, 3), activation="relu"))
model.add(MaxPooling2D((2, 2)))
model.summary()

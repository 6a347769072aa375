"""Three blocks of a convolution and a pooling with stride 1 on 25 x 20 images of 7 channels.
Question: every output is 25 x 20 x 15, (25 - 2 + 2*1)/1 + 1 = 25. Is the pooling useless, and
should it go?
"""

from keras import Input, Sequential
from keras.layers import Conv2D, MaxPooling2D

model = Sequential([Input((25, 20, 7))])
for _ in range(3):
    model.add(Conv2D(15, 5, padding="same"))
    model.add(MaxPooling2D(2, strides=1, padding="same"))

"""Sixteen steps of one field, read as an image with sixteen channels, with a single filter.
Question: Conv3D, or Conv2D with the time steps as channels? How do the two compare in cost?
Training crashes on this input; this is the second of three designs.
"""

from keras import Sequential
from keras.layers import Conv2D, Input

t, x, y = 16, 1024, 1024

model = Sequential(
    [
        Input(shape=(x, y, t)),
        Conv2D(1, kernel_size=(5, 5), padding="same"),
    ]
)

"""Sixteen steps of one field, read as a volume: time is a dimension the filter slides along.
Question: Conv3D, or Conv2D with the time steps as channels? How do the two compare in cost?
Training crashes on this input; this is the first of three designs.
"""

from keras import Sequential
from keras.layers import Conv3D, Input

t, x, y = 16, 1024, 1024

model = Sequential(
    [
        Input(shape=(t, x, y, 1)),
        Conv3D(1, kernel_size=(5, 5, 5), padding="same"),
    ]
)

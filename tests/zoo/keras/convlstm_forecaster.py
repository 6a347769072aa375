"""Next frames of radar or Moving MNIST (Shi et al. 2015): an encoder and a decoder of ConvLSTMs."""
from keras import Input, Model
from keras.layers import (
    BatchNormalization,
    Conv2D,
    Conv3D,
    ConvLSTM2D,
    TimeDistributed,
)

frames, height, width, bands = 10, 64, 64, 1
horizon = 6

history = Input(shape=(frames, height, width, bands), name="history")
future = Input(shape=(horizon, height // 2, width // 2, 16), name="guidance")

# Each frame is made smaller before time is looked at.
x = TimeDistributed(Conv2D(16, 5, strides=2, padding="same", activation="relu"), name="down")(history)
x = ConvLSTM2D(32, (5, 5), padding="same", return_sequences=True, activation="relu")(x)
x = BatchNormalization()(x)
_, hidden, cell = ConvLSTM2D(
    32, kernel_size=3, padding="same", return_state=True, recurrent_activation="hard_sigmoid", name="encoder"
)(x)

y = ConvLSTM2D(32, 3, padding="same", return_sequences=True, name="decoder")(
    future, initial_state=[hidden, cell]
)
y = BatchNormalization()(y)
y = ConvLSTM2D(16, 1, padding="same", return_sequences=True)(y)
y = Conv3D(1, (3, 3, 3), padding="same", activation="sigmoid", name="frames")(y)

forecaster = Model([history, future], y)
forecaster.compile(loss="binary_crossentropy", optimizer="adam")

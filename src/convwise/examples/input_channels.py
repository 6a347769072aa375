"""Three strided convolutions and one regression output on a 128 x 128 RGB image.
Question: why is the channel dimension of the input not in the output shape of the first layer?
What happened to the three colours?
"""

from keras.layers import Conv2D, Dense, Flatten, Input
from keras.models import Model

input_layer = Input(shape=(128, 128, 3))
conv1 = Conv2D(24, (8, 8), strides=(2, 2), activation="relu")(input_layer)
conv2 = Conv2D(24, (8, 8), strides=(2, 2), activation="relu")(conv1)
conv3 = Conv2D(24, (8, 8), strides=(2, 2), activation="relu")(conv2)
flat = Flatten()(conv3)
output_layer = Dense(1, activation="relu")(flat)

model = Model(input=input_layer, output=output_layer)
model.compile(loss="mean_squared_error", optimizer="adam")
model.summary()

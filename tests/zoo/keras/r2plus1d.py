"""A (2+1)-D residual network for video (Tran et al. 2017): space and time convolved one after the other."""
import keras
from keras import layers

HEIGHT = 224
WIDTH = 224
FRAMES = 10


class Conv2Plus1D(keras.layers.Layer):
    def __init__(self, filters, kernel_size, padding):
        """A convolution over space, then one over time."""
        super().__init__()
        self.seq = keras.Sequential([
            # Spatial decomposition
            layers.Conv3D(filters=filters, kernel_size=(1, kernel_size[1], kernel_size[2]), padding=padding),
            # Temporal decomposition
            layers.Conv3D(filters=filters, kernel_size=(kernel_size[0], 1, 1), padding=padding),
        ])

    def call(self, x):
        return self.seq(x)


class ResidualMain(keras.layers.Layer):
    """Two (2+1)-D convolutions with layer normalisation and a rectifier between them."""

    def __init__(self, filters, kernel_size):
        super().__init__()
        self.seq = keras.Sequential([
            Conv2Plus1D(filters=filters, kernel_size=kernel_size, padding="same"),
            layers.LayerNormalization(),
            layers.ReLU(),
            Conv2Plus1D(filters=filters, kernel_size=kernel_size, padding="same"),
            layers.LayerNormalization(),
        ])

    def call(self, x):
        return self.seq(x)


class Project(keras.layers.Layer):
    """Makes the number of channels agree."""

    def __init__(self, units):
        super().__init__()
        self.seq = keras.Sequential([
            layers.Dense(units),
            layers.LayerNormalization(),
        ])

    def call(self, x):
        return self.seq(x)


def add_residual_block(input, filters, kernel_size):
    out = ResidualMain(filters, kernel_size)(input)

    res = input
    if out.shape[-1] != input.shape[-1]:
        res = Project(out.shape[-1])(res)

    return layers.add([res, out])


def halve(video):
    return layers.AveragePooling3D((1, 2, 2))(video)


input_shape = (None, FRAMES, HEIGHT, WIDTH, 3)
input = layers.Input(shape=(input_shape[1:]))
x = input

x = Conv2Plus1D(filters=16, kernel_size=(3, 7, 7), padding="same")(x)
x = layers.BatchNormalization()(x)
x = layers.ReLU()(x)
x = halve(x)

x = add_residual_block(x, 16, (3, 3, 3))
x = halve(x)
x = add_residual_block(x, 32, (3, 3, 3))
x = halve(x)
x = add_residual_block(x, 64, (3, 3, 3))
x = halve(x)
x = add_residual_block(x, 128, (3, 3, 3))

x = layers.GlobalAveragePooling3D()(x)
x = layers.Flatten()(x)
x = layers.Dense(10)(x)

model = keras.Model(input, x)

"""Values that are small in memory and endless to walk, wherever Keras code takes a value."""

from __future__ import annotations

from tests.hostile.case import REFUSED, Case

_IMPORTS = """import keras
import numpy as np
import tensorflow as tf
from keras import Input, Model, Sequential, layers, ops
i = Input((8, 8, 4))
x = layers.Conv2D(4, 3)(i)
"""

#: How each value is made; the last three hold tensors or layers.
VALUES = {
    "a list doubled 60 times": "a = [2, 2]\nfor _ in range(60):\n    a = [a, a]\n",
    "a tuple doubled 60 times": "a = (2, 2)\nfor _ in range(60):\n    a = (a, a)\n",
    "a dictionary doubled 60 times": "a = {'k': 2}\nfor _ in range(60):\n    a = {0: a, 1: a}\n",
    "a list in itself": "a = [2]\na.append(a)\n",
    "a dictionary in itself": "a = {}\na['a'] = a\n",
    "tensors doubled 60 times": "a = [x, x]\nfor _ in range(60):\n    a = [a, a]\n",
    "tensors in themselves": "a = [x]\na.append(a)\n",
    "layers doubled 60 times": ("a = [layers.Dense(2)]\nfor _ in range(60):\n    a = [a, a]\n"),
    "a number of 9,000 digits": "a = 10**4500 * 10**4500\n",
    "a negative number of 9,000 digits": "a = -(10**4500 * 10**4500)\n",
    "a hexadecimal number of 9,000 digits": "a = 0x" + "f" * 9_000 + "\n",
    "a string of a million letters": "a = 'a' * 10**6\n",
    "a list of 100,000 numbers": "a = [2] * 10**5\n",
    "a nested list 5,000 deep": "a = 2\nfor _ in range(5000):\n    a = [a]\n",
}

#: Where it goes. Each makes a model when the value is harmless.
PLACES = {
    "filters": "y = layers.Conv2D(a, 3)(x)",
    "kernel_size": "y = layers.Conv2D(4, a)(x)",
    "padding": "y = layers.Conv2D(4, 3, padding=a)(x)",
    "activation": "y = layers.Conv2D(4, 3, activation=a)(x)",
    "use_bias": "y = layers.Conv2D(4, 3, use_bias=a)(x)",
    "name": "y = layers.Conv2D(4, 3, name=a)(x)",
    "an unknown option": "y = layers.Conv2D(4, 3, option=a)(x)",
    "rate": "y = layers.Dropout(a)(x)",
    "axis": "y = layers.Softmax(axis=a)(x)",
    "axes": "y = layers.LayerNormalization(axis=a)(x)",
    "cropping": "y = layers.Cropping2D(a)(x)",
    "a shape": "y = layers.Reshape(a)(x)",
    "dims": "y = layers.Permute(a)(x)",
    "scale": "y = layers.Rescaling(a)(x)",
    "an input's shape": "i = x = Input(a)\ny = layers.Flatten()(x)",
    "an input's name": "i = x = Input((2,), name=a)\ny = layers.Flatten()(x)",
    "an input_shape": "y = Sequential([layers.Dense(2, input_shape=a)])",
    "a layer's call": "y = layers.Add()(a)",
    "a concatenation": "y = layers.Concatenate()([x, a])",
    "a sum": "y = x + a",
    "a product": "y = a * x",
    "an index": "y = x[a]",
    "a reshape of keras.ops": "y = ops.reshape(x, a)",
    "a concatenation of tensorflow": "y = tf.concat(a, -1)",
    "a mean": "y = tf.reduce_mean(x, a)",
    "a list of layers": "y = Sequential(a)(x)",
    "an added layer": "y = Sequential()\ny.add(a)\ny = y(x)",
    "a function": "y = layers.Lambda(lambda t: a)(x)",
    "a function's arguments": "y = layers.Lambda(lambda t, k: t, arguments={'k': a})(x)",
    "an array": "y = x * np.array(a)",
    "a shape of an array": "y = x * np.zeros(a)",
    "outputs": "y = a",
    "outputs besides others": "y = [x, a]",
}


def cases() -> list[Case]:
    """Each value in each place; what is said of it is the reader's to choose, but it is said."""
    return [
        Case(f"{value} as {place}", f"{_IMPORTS}{made}{used}\nmodel = Model(i, y)\n", REFUSED)
        for value, made in VALUES.items()
        for place, used in PLACES.items()
    ]

"""Every message about a wrong network: class, line, layer, numbers, and what to change."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from convwise.errors import (
    ConvwiseError,
    MissingInputError,
    ReadError,
    RuleError,
    UnknownNameError,
)

from .reading import FIRST, HEAD, refused


class Case(NamedTuple):
    """A wrong snippet; `line` counts its own lines from 1, 0 means that no line is named."""

    name: str
    body: str
    error: type[ConvwiseError]
    line: int
    layer: str | None
    message: str
    hint: str
    shapes: tuple[str, ...] = ()


def in_stack(layers: str, shape: str = "(8, 8, 3)") -> str:
    return f"m = Sequential([Input({shape}), {layers}])"


NET = """class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = Conv2D(4, 3)
    def call(self, x):
        return self.conv(x)
net = Net()
"""

CASES = [
    Case(
        "kernel larger than its input",
        "m = Sequential()\nm.add(Conv2D(8, 3, input_shape=(8, 8, 3)))\n"
        "m.add(MaxPooling2D())\nm.add(Conv2D(8, 5))",
        RuleError,
        4,
        "conv2d_1",
        "kernel 5 is larger than its input 3 along height",
        "the smallest input that would do is 5 along height",
        ("(None, 3, 3, 8)",),
    ),
    Case(
        "pool larger than its input",
        in_stack("MaxPooling2D(9)"),
        RuleError,
        1,
        "max_pooling2d",
        "kernel 9 is larger than its input 8 along height",
        "the smallest input",
        ("(None, 8, 8, 3)",),
    ),
    Case(
        "groups do not divide the channels",
        in_stack("Conv2D(8, 3, groups=2)"),
        RuleError,
        1,
        "conv2d",
        "3 input channels do not split into 2 groups",
        "groups must divide both the input channels and the filters",
        ("(None, 8, 8, 3)",),
    ),
    Case(
        "groups do not divide the filters",
        in_stack("Conv2D(9, 3, groups=2)", "(8, 8, 4)"),
        RuleError,
        1,
        "conv2d",
        "9 filters do not split into 2 groups",
        "groups must divide",
    ),
    Case(
        "add of unequal sizes",
        "x = Input((8, 8, 3))\na = Conv2D(4, 3)(x)\nb = Conv2D(4, 3, padding='same')(x)\n"
        "m = Model(x, Add(name='skip')([a, b]))",
        RuleError,
        4,
        "skip",
        "height 6 and 8 do not add",
        'padding="same"',
        ("(None, 6, 6, 4)", "(None, 8, 8, 4)"),
    ),
    Case(
        "plus of unequal channels",
        "x = Input((8, 8, 3))\na = Conv2D(4, 3)(x)\nb = Conv2D(5, 3)(x)\nm = Model(x, a + b)",
        RuleError,
        4,
        "add",
        "channel 4 and 5 do not add",
        "1x1 convolution",
        ("(None, 6, 6, 4)", "(None, 6, 6, 5)"),
    ),
    Case(
        "concatenate of unequal sizes",
        "x = Input((9, 9, 3))\na = UpSampling2D()(MaxPooling2D()(x))\n"
        "m = Model(x, concatenate([x, a], name='skip'))",
        RuleError,
        3,
        "skip",
        "height 9 and 8 do not concatenate",
        "crop the larger one",
        ("(None, 9, 9, 3)", "(None, 8, 8, 3)"),
    ),
    Case(
        "concatenate of unequal ranks",
        "x = Input((9, 9, 3))\nm = Model(x, concatenate([x, Flatten()(x)]))",
        RuleError,
        2,
        "concatenate",
        "do not concatenate: 4 axes against 2",
        "flatten or reshape",
        ("(None, 9, 9, 3)", "(None, 243)"),
    ),
    Case(
        "cropping all away",
        in_stack("Cropping2D(4)"),
        RuleError,
        1,
        "cropping2d",
        "cropping 4 and 4 pixels leaves nothing of 8 along height",
        "at least 9",
        ("(None, 8, 8, 3)",),
    ),
    Case(
        "negative filters",
        in_stack("Conv2D(-3, 3, name='c')"),
        RuleError,
        1,
        "c",
        "filters must be a positive integer, found -3",
        "",
    ),
    Case(
        "kernel of zero",
        in_stack("Conv2D(3, 0)"),
        RuleError,
        1,
        "conv2d",
        "kernel_size must be 2 integers of at least 1, found 0",
        "kernel_size=(3, 3)",
    ),
    Case(
        "kernel of another rank",
        in_stack("Conv2D(3, (3, 3, 3))"),
        RuleError,
        1,
        "conv2d",
        "kernel_size must be 2 integers of at least 1, found (3, 3, 3)",
        "such as kernel_size=(3, 3)",
    ),
    Case(
        "a tensor used before it exists",
        "x = Input((8, 8, 3))\ny = Conv2D(4, 3)(z)\nz = Conv2D(4, 3)(x)\nm = Model(x, y)",
        UnknownNameError,
        2,
        "conv2d",
        "z is used here and defined only in line 7",
        "move the definition of z up",
    ),
    Case(
        "no channel axis",
        in_stack("Conv2D(4, 3)", "(28, 28)"),
        RuleError,
        1,
        "conv2d",
        "Conv2D needs an input with 4 axes (batch, height, width, channel), (None, 28, 28) has 3",
        "Input(shape=(28, 28, 1))",
        ("(None, 28, 28)",),
    ),
    Case(
        "pooling after flatten",
        "x = Input((28, 28, 1))\ny = Flatten()(x)\ny = MaxPooling2D()(y)\nm = Model(x, y)",
        RuleError,
        3,
        "max_pooling2d",
        "MaxPooling2D needs an input with 4 axes",
        "put it before Flatten",
        ("(None, 784)",),
    ),
    Case(
        "Sequential without an input shape",
        "m = Sequential()\nm.add(Conv2D(4, 3))\nm.add(Flatten())",
        MissingInputError,
        1,
        "sequential",
        "its first layer, conv2d, needs 3 sizes besides the batch",
        "--input 224,224,3",
    ),
    Case(
        "subclassed model without an input shape",
        NET,
        MissingInputError,
        7,
        "net",
        "the input shape of net is given nowhere",
        "--input",
    ),
    Case(
        "outputs from another input",
        "x = Input((8,))\nz = Input((8,), name='other')\ny = Dense(3)(z)\nm = Model(x, y)",
        RuleError,
        4,
        "functional",
        "the outputs also depend on the input other, which is not among the model's inputs",
        "Model(inputs=[..., other], outputs=...)",
    ),
    Case(
        "outputs from no input",
        "import numpy as np\nx = Input((8,))\nw = keras.ops.ones((None, 4))\n"
        "m = Model(x, Dense(3)(w))",
        RuleError,
        4,
        "functional",
        "the outputs do not depend on the inputs",
        "computed from what Input(...) returned",
    ),
    Case(
        "wrong argument name",
        in_stack("Conv2D(32, kernal_size=3)"),
        RuleError,
        1,
        "conv2d",
        "Conv2D has no argument kernal_size",
        "did you mean kernel_size?",
    ),
    Case(
        "argument of another layer",
        in_stack("Flatten(), Dense(32, filters=3)"),
        RuleError,
        1,
        "dense",
        "Dense has no argument filters",
        "Dense takes units, activation, use_bias",
    ),
    Case(
        "missing argument",
        in_stack("Conv2D()"),
        RuleError,
        1,
        "conv2d",
        "Conv2D needs filters, which is missing",
        "write Conv2D(filters=..., kernel_size=...)",
    ),
    Case(
        "missing second argument",
        in_stack("Embedding(100)", "(8,)"),
        RuleError,
        1,
        "embedding",
        "Embedding needs output_dim, which is missing",
        "write Embedding(input_dim=..., output_dim=...)",
    ),
    Case(
        "too many arguments",
        in_stack("Flatten('channels_last', 3)"),
        RuleError,
        1,
        "flatten",
        "Flatten takes 1 positional arguments, 2 are given",
        "Flatten takes data_format",
    ),
    Case(
        "an argument twice",
        in_stack("Dense(3, units=4)"),
        RuleError,
        1,
        "dense",
        "Dense got two values for units",
        "by position or by name, not both",
    ),
    Case(
        "misspelt padding",
        in_stack("Conv2D(32, 3, padding='valdi')"),
        RuleError,
        1,
        "conv2d",
        "padding must be one of 'valid', 'same', found 'valdi'",
        "did you mean 'valid'?",
    ),
    Case(
        "causal padding of an image",
        in_stack("Conv2D(32, 3, padding='causal')"),
        RuleError,
        1,
        "conv2d",
        "found 'causal'",
        "choose one of 'valid', 'same'",
    ),
    Case(
        "misspelt data format",
        in_stack("Conv2D(32, 3, data_format='channel_last')"),
        RuleError,
        1,
        "conv2d",
        "data_format must be one of 'channels_last', 'channels_first', found 'channel_last'",
        "did you mean 'channels_last'?",
    ),
    Case(
        "strides and dilation",
        in_stack("Conv2D(32, 3, strides=2, dilation_rate=3)"),
        RuleError,
        1,
        "conv2d",
        "strides (2, 2) and dilation_rate (3, 3) are both larger than 1, which Keras refuses",
        "set strides=1 or dilation_rate=1",
    ),
    Case(
        "output padding as large as the stride",
        in_stack("Conv2DTranspose(3, 3, strides=2, output_padding=2)"),
        RuleError,
        1,
        "conv2d_transpose",
        "output_padding (2, 2) must be smaller than strides (2, 2)",
        "sizes that a stride makes possible",
    ),
    Case(
        "one name twice in a Sequential",
        in_stack("Dense(3, name='a'),\n  Dense(3, name='a')"),
        RuleError,
        2,
        "a",
        "two layers of the model are named 'a'",
        "give one of them another name=",
    ),
    Case(
        "one name twice in a functional model",
        "x = Input((8,))\ny = Dense(3, name='a')(x)\ny = Dense(3, name='a')(y)\nm = Model(x, y)",
        RuleError,
        3,
        "a",
        "two layers of the model are named 'a' (lines 6 and 7)",
        "give one of them another name=",
    ),
    Case(
        "a layer called again on another size",
        "x = Input((8, 8, 3))\nc = Conv2D(4, 3, name='shared')\nm = Model(x, c(c(x)))",
        RuleError,
        3,
        "shared",
        "at the first call, this call needs",
        "use a new layer for inputs of another size",
        ("(None, 6, 6, 4)",),
    ),
    Case(
        "misspelt activation",
        in_stack("Conv2D(32, 3, activation='rleu')"),
        RuleError,
        1,
        "conv2d",
        "Keras has no activation named 'rleu'",
        "did you mean 'relu'?",
    ),
    Case(
        "a number as activation",
        in_stack("Conv2D(32, 3, activation=3)"),
        RuleError,
        1,
        "conv2d",
        "activation must be a name or a function, found 3",
        "activation='relu'",
    ),
    Case(
        "units from a division",
        in_stack("Dense(8 / 2)"),
        RuleError,
        1,
        "dense",
        "units must be a positive integer, found 4.0",
        "use // instead of /",
    ),
    Case(
        "dropout in percent",
        in_stack("Dropout(50)"),
        RuleError,
        1,
        "dropout",
        "rate must be a number from 0 to 1, found 50",
        "the share of values that are dropped",
    ),
    Case(
        "reshape to another number of values",
        in_stack("Reshape((3, 4))", "(10,)"),
        RuleError,
        1,
        "reshape",
        "the input has 10 values, the new shape (3, 4) holds 12",
        "-1 stands for what is left",
        ("(None, 10)",),
    ),
    Case(
        "reshape that leaves a remainder",
        in_stack("Reshape((-1, 4))", "(10,)"),
        RuleError,
        1,
        "reshape",
        "10 input values do not fill (-1, 4)",
        "must divide the number of input values",
        ("(None, 10)",),
    ),
    Case(
        "permute that leaves an axis out",
        in_stack("Permute((1, 3))", "(10, 3)"),
        RuleError,
        1,
        "permute",
        "dims must name each axis from 1 to 2 once, found (1, 3)",
        "the batch axis is not counted",
    ),
    Case(
        "permute of another rank",
        in_stack("Permute((2, 1))"),
        RuleError,
        1,
        "permute",
        "dims (2, 1) names 2 axes, the input (None, 8, 8, 3) has 3 besides the batch",
        "name every axis but the batch once",
    ),
    Case(
        "a normalised axis that is not there",
        in_stack("BatchNormalization(axis=3)", "(8, 6)"),
        RuleError,
        1,
        "batch_normalization",
        "axis 3 does not exist in the input (None, 8, 6)",
        "",
        ("(None, 8, 6)",),
    ),
    Case(
        "groups of a normalisation",
        in_stack("GroupNormalization(4)", "(8, 8, 6)"),
        RuleError,
        1,
        "group_normalization",
        "6 channels do not split into 4 groups",
        "must divide the number of channels",
        ("(None, 8, 8, 6)",),
    ),
    Case(
        "dot product of unequal axes",
        "a = Input((3,))\nb = Input((4,))\nm = Model([a, b], Dot(1)([a, b]))",
        RuleError,
        3,
        "dot",
        "the summed axes have 3 and 4 values",
        "a dense layer or a permute",
        ("(None, 3)", "(None, 4)"),
    ),
    Case(
        "depth to space of too few channels",
        "x = Input((8, 8, 3))\nm = Model(x, keras.ops.depth_to_space(x, 2))",
        RuleError,
        2,
        "depth_to_space",
        "3 channels do not make blocks of 2 x 2 = 4 pixels",
        "a multiple of 4",
        ("(None, 8, 8, 3)",),
    ),
    Case(
        "split into unequal parts",
        "x = Input((8, 8, 3))\nm = Model(x, keras.ops.split(x, 2, axis=-1))",
        RuleError,
        2,
        None,
        "3 values do not split into 2 equal parts",
        "must divide the size of the axis",
    ),
    Case(
        "too many indices",
        "x = Input((8, 8, 3))\nm = Model(x, x[:, 0, 0, 0, 0])",
        RuleError,
        2,
        None,
        "5 axes are indexed, the tensor has 4",
        "the batch is an axis too",
    ),
    Case(
        "an index outside of the tensor",
        "x = Input((8, 8, 3))\nm = Model(x, x[:, 9])",
        RuleError,
        2,
        "get_item",
        "there is no place 9 along height with 8",
        "at least 10 are needed",
        ("(None, 8, 8, 3)",),
    ),
    Case(
        "a class instead of a layer",
        in_stack("Flatten, Dense(3)"),
        RuleError,
        1,
        None,
        "the class Flatten is added to sequential, which takes layers",
        "make a layer of it: Flatten(...)",
    ),
    Case(
        "a word instead of a layer",
        "m = Sequential(['relu'])",
        RuleError,
        1,
        None,
        "'relu' is added to sequential, which takes layers",
        "model.add(Dense(10))",
    ),
    Case(
        "a tensor instead of a layer",
        "x = Input((8,))\nm = Sequential([x, Dense(3)(x)])",
        RuleError,
        2,
        None,
        "a tensor is added to sequential",
        "add the layer itself",
    ),
    Case(
        "a layer that was not called",
        "x = Input((8, 8, 3))\ny = Conv2D(3, 3)\nz = Flatten()(y)\nm = Model(x, z)",
        RuleError,
        3,
        "flatten",
        "Flatten is called on the layer conv2d, not on a tensor",
        "call the layer first: Conv2D(...)(x) gives a tensor",
    ),
    Case(
        "a list for a layer of one input",
        "x = Input((8,))\nm = Model(x, Dense(3)([x, x]))",
        RuleError,
        2,
        "dense",
        "Dense is called on a list of 2, not on a tensor",
        "Concatenate or Add take a list",
    ),
    Case(
        "add of one tensor",
        "x = Input((8,))\nm = Model(x, Add()(x))",
        RuleError,
        2,
        "add",
        "Add needs at least 2 inputs, found 1",
        "give it a list: Add()([a, b])",
    ),
    Case(
        "a layer called without input",
        "x = Input((8,))\nm = Model(x, Dense(3)())",
        RuleError,
        2,
        "dense",
        "Dense is called without an input",
        "call it on a tensor: Dense(...)(x)",
    ),
    Case(
        "misspelt layer after a star import",
        in_stack("Conv2d(3, 3)"),
        UnknownNameError,
        1,
        None,
        "keras.layers has no Conv2d",
        "did you mean Conv2D?",
    ),
    Case(
        "misspelt layer of a module",
        "m = Sequential([layers.Input((8, 8, 3)), layers.MaxPoolng2D(3)])",
        UnknownNameError,
        1,
        None,
        "keras.layers has no MaxPoolng2D",
        "did you mean MaxPooling2D?",
    ),
    Case(
        "an unknown number of filters",
        in_stack("Conv2D(n_filters, 3)"),
        UnknownNameError,
        1,
        "conv2d",
        "`n_filters` (line 5) is not known here, and Conv2D needs it for filters",
        "--set n_filters=...",
    ),
    Case(
        "an unknown loop",
        "from config import depth\nm = Sequential([Input((8, 8, 3))])\n"
        "for i in range(depth):\n    m.add(Conv2D(3, 3))",
        UnknownNameError,
        1,
        None,
        "what m is made of depends on `depth` of the module `config`, which is not known here",
        "--set depth=...",
    ),
    Case(
        "an unknown condition",
        "from config import deep\nm = Sequential([Input((8, 8, 3)), Conv2D(3, 3)])\n"
        "if deep:\n    m.add(Conv2D(3, 3))",
        UnknownNameError,
        1,
        None,
        "what m is made of depends on `deep` of the module `config`",
        "--set deep=...",
    ),
    Case(
        "a function that needs values",
        "def build(width, depth=2):\n    m = Sequential([Input((8,))])\n"
        "    m.add(Dense(width))\n    return m",
        UnknownNameError,
        1,
        None,
        "build needs width before it makes a model",
        "--set width=...",
    ),
    Case(
        "a class that needs values",
        "class Net(keras.Model):\n    def __init__(self, width):\n        super().__init__()\n"
        "        self.d = Dense(width)\n    def call(self, x):\n        return self.d(x)",
        UnknownNameError,
        1,
        None,
        "Net needs width before it makes a model",
        "--set width=...",
    ),
    Case(
        "super().__init__ was not called",
        NET.replace("        super().__init__()\n", "") + "net.build((None, 8, 8, 3))",
        RuleError,
        7,
        None,
        "Net is used before super().__init__() was called",
        "call super().__init__() first in Net.__init__",
    ),
    Case(
        "call returns nothing",
        NET.replace("return self.conv(x)", "self.conv(x)") + "net.build((None, 8, 8, 3))",
        RuleError,
        7,
        None,
        "net returns no tensor",
        "must return what the last layer returned",
    ),
    Case(
        "call uses a name that is not there",
        NET.replace("return self.conv(x)", "return self.cnv(x)") + "net.build((None, 8, 8, 3))",
        ReadError,
        6,
        None,
        "has no attribute `cnv`",
        "correct this line of the model",
    ),
    Case(
        "a model class without call",
        "class Net(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
        "        self.d = Dense(3)\nnet = Net()\nnet.build((None, 8))",
        RuleError,
        5,
        None,
        "the class Net has no method call(self, inputs)",
        "define call",
    ),
    Case(
        "get_layer of a name that is not there",
        "m = Sequential([Input((8,)), Dense(3, name='a')])\nx = m.get_layer('b').output",
        RuleError,
        2,
        None,
        "the model sequential has no layer 'b'",
        "it has a",
    ),
    Case(
        "the output of a layer that was not called",
        "d = Dense(3)\nx = Input((8,))\nm = Model(x, d.output)",
        RuleError,
        3,
        "dense",
        "output of Dense is asked for before the layer was called",
        "call the layer on a tensor first",
    ),
    Case(
        "a shape that is a number",
        "x = Input(28)\nm = Model(x, Dense(3)(x))",
        RuleError,
        1,
        None,
        "shape must be a tuple, found the number 28",
        "write shape=(28,) with a comma",
    ),
    Case(
        "a negative size",
        "x = Input((-1, 3))\nm = Model(x, Dense(3)(x))",
        RuleError,
        1,
        None,
        "shape=(-1, 3) has -1 in it",
        "None for any size",
    ),
    Case(
        "Input without a shape",
        "x = Input(name='x')\nm = Model(x, Dense(3)(x))",
        RuleError,
        1,
        None,
        "Input needs a shape",
        "Input(shape=(28, 28, 1))",
    ),
    Case(
        "a model without outputs",
        "x = Input((28,))\nm = Model(x)",
        RuleError,
        2,
        None,
        "Model needs outputs",
        "write Model(inputs=..., outputs=...)",
    ),
    Case(
        "a wrong argument of Model",
        "x = Input((28,))\nm = Model(input_tensor=x, outputs=Dense(3)(x))",
        RuleError,
        2,
        None,
        "Model has no argument input_tensor",
        "write Model(inputs=..., outputs=..., name=...)",
    ),
    Case(
        "a layer as output",
        "x = Input((28,))\nm = Model(x, Dense(3))",
        RuleError,
        2,
        "functional",
        "the outputs of the model must be tensors, found the layer `dense`",
        "Model(inputs=x, outputs=y)",
    ),
    Case(
        "an undefined output",
        "x = Input((28,))\nm = Model(x, outputz)",
        UnknownNameError,
        2,
        "functional",
        "outputz, given as outputs of the model, is not defined here",
        "Model(inputs=x, outputs=y)",
    ),
    Case(
        "a nested model on another rank",
        "a = Input((8, 8, 3))\ninner = Model(a, Conv2D(3, 3)(a), name='inner')\n"
        "x = Input((8,))\nm = Model(x, inner(x))",
        RuleError,
        4,
        "inner",
        "the model inner takes an input (None, 8, 8, 3), (None, 8) is given",
        "the number of axes must agree",
    ),
    Case(
        "a nested model with too few inputs",
        "a = Input((8,))\nb = Input((8,))\ninner = Model([a, b], Add()([a, b]), name='inner')\n"
        "x = Input((8,))\nm = Model(x, inner(x))",
        RuleError,
        5,
        "inner",
        "the model inner takes 2 inputs, 1 are given",
        "one tensor per input",
    ),
    Case(
        "an error inside a nested model",
        "inner = Sequential([Conv2D(3, 3), Conv2D(3, 7, name='big')], name='inner')\n"
        "x = Input((8, 8, 3))\nm = Model(x, inner(x))",
        RuleError,
        1,
        "inner/big",
        "kernel 7 is larger than its input 6 along height",
        "the smallest input that would do is 7",
        ("(None, 6, 6, 3)",),
    ),
    Case(
        "an empty Sequential",
        "m = Sequential()",
        RuleError,
        1,
        None,
        "the model sequential has no layers",
        "model.add(Dense(10))",
    ),
    Case(
        "pop of an empty Sequential",
        "m = Sequential()\nm.pop()",
        RuleError,
        2,
        None,
        "sequential has no layer to pop",
        "",
    ),
    Case(
        "a merge mode that is not there",
        "x = Input((8, 8, 3))\nm = Model(x, merge([x, x], mode='cocnat'))",
        RuleError,
        2,
        None,
        "mode must be one of 'sum', 'mul', 'ave', 'max', 'concat', 'dot', 'cos', found 'cocnat'",
        "did you mean 'concat'?",
    ),
    Case(
        "a weight of unknown shape",
        "class L(layers.Layer):\n    def build(self, s):\n"
        "        self.w = self.add_weight(shape=(s[-1], width), name='w')\n"
        "    def call(self, x):\n        return x @ self.w\n" + in_stack("L()"),
        UnknownNameError,
        3,
        "l",
        "`width` (line 7) is not known here, and a weight needs it for its shape",
        "--set width=...",
    ),
    Case(
        "a weight that does not match",
        "class L(layers.Layer):\n    def build(self, s):\n"
        "        self.w = self.add_weight(shape=(5, 2), name='w')\n"
        "    def call(self, x):\n        return x @ self.w\n" + in_stack("L()", "(4,)"),
        RuleError,
        5,
        "l",
        "the last axis has 4 values, the weight w (5, 2) multiplies 5",
        "input_shape[-1]",
    ),
    Case("no model at all", "a = 3", ReadError, 0, None, "no Keras model was found", "Sequential"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_message(case: Case) -> None:
    error = refused(HEAD + case.body)
    assert type(error) is case.error
    assert error.where.source == "net.py"
    assert error.where.line == (case.line + FIRST - 1 if case.line else None)
    assert error.where.layer == case.layer
    assert case.message in error.message
    assert case.hint in (error.hint or "")
    assert tuple(error.where.shapes) == case.shapes
    assert "\n" not in error.message


def test_there_are_messages_enough() -> None:
    assert len({case.message for case in CASES}) >= 40


def test_misspelt_import_is_told_at_the_import() -> None:
    error = refused("from keras.layers import Conv2d\nm = Conv2d(3, 3)")
    assert (error.where.line, error.hint) == (1, "did you mean Conv2D?")


def test_syntax_error_has_a_caret() -> None:
    error = refused("m = Sequential([Input((8, 8, 3))\nm.add(Dense(3))")
    assert isinstance(error, ReadError)
    assert error.where.line == 1
    assert str(error).count("^") == 1


def test_a_model_that_is_not_there() -> None:
    error = refused(HEAD + "model = Sequential([Input((8,)), Dense(3)])", name="modle")
    assert error.message == "the source has no model named modle"
    assert error.hint == "did you mean model?"


def test_a_statement_that_stops_is_told_when_no_model_is_left() -> None:
    error = refused(HEAD + "n = 3 / 0\nm = Sequential([Input((8,)), Dense(n)])")
    assert error.where.line == FIRST + 1
    assert "Dense needs it for units" in error.message


def test_a_shape_is_asked_for_by_the_name_of_the_free_tensor() -> None:
    error = refused("x = Conv2D(32, 3)(inputs)\n")
    assert isinstance(error, MissingInputError)
    assert "inputs is defined nowhere" in error.message
    assert "Conv2D needs 3 sizes besides the batch" in error.message
    assert "--input inputs=224,224,3" in (error.hint or "")

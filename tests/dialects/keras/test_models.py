"""Models as their users write them: nested, shared, frozen, subclassed, several in one file."""

from __future__ import annotations

import pytest

from convwise.dialects.keras.read_code import read_models
from convwise.errors import ReadError

from .reading import HEAD, note_codes, output, parameters, read, refused, rows, shapes, trainable

BLOCKS = """class Block(layers.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.conv = Conv2D(filters, 3, padding="same")
        self.norm = BatchNormalization()
    def call(self, x, training=False):
        return keras.ops.relu(self.norm(self.conv(x), training=training)) + x
class Net(keras.Model):
    def __init__(self, classes=10):
        super().__init__()
        self.stem = Conv2D(8, 3)
        self.blocks = [Block(8, name=f"block{i}") for i in range(2)]
        self.head = Sequential([GlobalAveragePooling2D(), Dense(classes)], name="head")
    def call(self, inputs):
        x = self.stem(inputs)
        for block in self.blocks:
            x = block(x)
        return self.head(x)
"""


def test_a_subclassed_model_names_layers_by_their_paths() -> None:
    graph = read(BLOCKS + "net = Net()\nnet.build((None, 16, 16, 3))")
    assert rows(graph) == [
        "input_layer",
        "conv2d",
        "block0/conv2d_1",
        "block0/batch_normalization",
        "block0/relu",
        "block0/add",
        "block1/conv2d_2",
        "block1/batch_normalization_1",
        "block1/relu_1",
        "block1/add_1",
        "head/global_average_pooling2d",
        "head/dense",
    ]
    assert output(graph) == "(None, 10)"
    assert parameters(graph) == 224 + 2 * (584 + 32) + 90


@pytest.mark.parametrize(
    "known",
    [
        "net = Net()\nnet.build((None, 16, 16, 3))",
        "net = Net()\nnet.build(input_shape=(None, 16, 16, 3))",
        "net = Net()\nnet(keras.ops.zeros((1, 16, 16, 3)))",
        "import numpy as np\nnet = Net()\nnet.predict(np.zeros((4, 16, 16, 3)))",
        "net = Net()\ny = net(Input((16, 16, 3)))",
        "x = Input((16, 16, 3))\nnet = Model(x, Net()(x))",
    ],
)
def test_the_file_itself_says_what_a_model_is_called_on(known: str) -> None:
    graph = read(BLOCKS + known)
    assert output(graph) == "(None, 10)"
    assert parameters(graph) == 1546


def test_an_input_shape_from_the_user() -> None:
    graph = read(BLOCKS + "net = Net()", inputs={None: (16, 16, 3)})
    assert shapes(graph)["conv2d"] == "(None, 14, 14, 8)"


def test_a_class_is_made_and_a_function_called_when_nothing_else_is() -> None:
    assert output(read(BLOCKS, inputs={None: (16, 16, 3)})) == "(None, 10)"
    text = "def build(n=4):\n    return Sequential([Input((3,)), Dense(n)])\n"
    assert output(read(text)) == "(None, 4)"
    assert output(read(text, settings={"n": 7})) == "(None, 7)"


def test_parameters_of_a_function_come_from_settings() -> None:
    text = "def build(n):\n    return Sequential([Input((3,)), Dense(n)])\n"
    assert output(read(text, settings={"n": 7})) == "(None, 7)"
    assert output(read(text, settings={"n": 7}, name="build")) == "(None, 7)"


def test_main_is_run() -> None:
    text = (
        "def main():\n    m = Sequential([Input((3,)), Dense(2)])\n    m.summary()\n"
        "if __name__ == '__main__':\n    main()\n"
    )
    assert output(read(text)) == "(None, 2)"


def test_a_model_held_by_an_object() -> None:
    text = (
        "class Agent:\n    def __init__(self):\n        self.model = self.build()\n"
        "    def build(self):\n        return Sequential([Input((3,)), Dense(2)])\n"
    )
    assert output(read(text + "agent = Agent()")) == "(None, 2)"
    assert output(read(text)) == "(None, 2)"


def test_nested_models_and_their_paths() -> None:
    graph = read(
        "i = Input((16, 16, 1))\n"
        "encoder = Model(i, Flatten()(Conv2D(4, 3)(i)), name='encoder')\n"
        "z = Input((784,))\n"
        "decoder = Model(z, Dense(10)(z), name='decoder')\n"
        "x = Input((16, 16, 1))\n"
        "both = Model(x, decoder(encoder(x)), name='both')\n"
    )
    assert rows(graph) == [
        "input_layer_2",
        "encoder/conv2d",
        "encoder/flatten",
        "decoder/dense",
    ]
    assert parameters(graph) == 40 + 7850
    assert note_codes(graph) == ["several-models"]


def test_all_models_in_order() -> None:
    text = (
        "a = Sequential([Input((3,)), Dense(2, name='d')])\n"
        "same = a\n"
        "b = Model(a.input, a.get_layer('d').output)\n"
        "c = Sequential([a, Dense(5)])\n"
    )
    found = read_models(HEAD + text, filename="net.py")
    assert list(found) == ["a", "b", "c"]
    assert [output(graph) for graph in found.values()] == ["(None, 2)", "(None, 2)", "(None, 5)"]


def test_the_default_is_the_last_compiled_then_the_largest() -> None:
    text = (
        "big = Sequential([Input((3,)), Dense(2), Dense(3)])\n"
        "small = Sequential([Input((3,)), Dense(7)])\n"
    )
    assert output(read(text)) == "(None, 3)"
    assert output(read(text + "small.compile('adam')")) == "(None, 7)"
    assert output(read(text + "small.compile()\nbig.fit(None)")) == "(None, 3)"
    [note] = read(text).notes
    assert "this is big; the source also has small" in note.message


def test_a_model_by_its_name() -> None:
    text = (
        "a = Sequential([Input((3,)), Dense(2)], name='first')\n"
        "def make():\n    return Sequential([Input((3,)), Dense(9)])\n"
        "def helper():\n    return 3\n"
    )
    assert output(read(text, name="a")) == "(None, 2)"
    assert output(read(text, name="first")) == "(None, 2)"
    assert output(read(text, name="make")) == "(None, 9)"
    error = refused(HEAD + text, name="helper")
    assert isinstance(error, ReadError)
    assert "makes no Keras model" in error.message


def test_a_shared_layer_has_one_row_and_counts_once() -> None:
    graph = read(
        "d = Dense(3)\na = Input((4,))\nb = Input((4,))\nm = Model([a, b], Add()([d(a), d(b)]))"
    )
    assert parameters(graph) == 15
    assert [node.call for node in graph.nodes if node.kind.name == "dense"] == [0, 1]
    assert rows(graph).count("dense") == 1


def test_a_shared_model_is_called_twice() -> None:
    graph = read(
        "e = Sequential([Conv2D(4, 3), Flatten()], name='e')\n"
        "a = Input((8, 8, 1))\nb = Input((8, 8, 1))\n"
        "m = Model([a, b], Dot(1)([e(a), e(b)]))"
    )
    assert parameters(graph) == 40
    assert [node.call for node in graph.nodes if node.kind.name == "convolution"] == [0, 1]


def test_frozen_layers_and_models() -> None:
    base = "b = Sequential([Input((4,)), Dense(3), Dense(2)], name='b')\n"
    assert trainable(read(base + "b.trainable = False")) == 0
    assert trainable(read(base + "b.layers[0].trainable = False")) == 8
    assert trainable(read(base + "for l in b.layers[:-1]:\n    l.trainable = False")) == 8
    assert trainable(read("m = Sequential([Input((4,)), Dense(3, trainable=False)])")) == 0
    frozen = base + "b.trainable = False\nm = Sequential([b, Dense(1)])\nm.compile()"
    assert (trainable(read(frozen)), parameters(read(frozen))) == (3, 26)


def test_the_inside_of_a_model_as_another_model() -> None:
    base = "b = Sequential([Input((8, 8, 3)), Conv2D(4, 3), Conv2D(5, 3, name='c'), Flatten()])\n"
    assert output(read(base + "m = Model(b.input, b.layers[-2].output)", name="m")) == (
        "(None, 4, 4, 5)"
    )
    assert output(read(base + "m = Model(b.inputs, b.get_layer('c').output)", name="m")) == (
        "(None, 4, 4, 5)"
    )
    assert output(read(base + "m = Model(b.input, Dense(2)(b.output))", name="m")) == "(None, 2)"
    cut = base + "m = Model(b.layers[0].output, b.output)"
    assert output(read(cut, name="m")) == "(None, 80)"


def test_layers_are_listed_in_the_order_of_keras() -> None:
    text = (
        "x = Input((8, 8, 3))\na = Conv2D(4, 1, name='a')(x)\nb = Conv2D(4, 1, name='b')(x)\n"
        "c = Conv2D(4, 1, name='c')(b)\nm = Model(x, Add(name='d')([a, c]) * 2)\n"
        "names = [layer.name for layer in m.layers]\n"
    )
    for index, name in enumerate(["input_layer", "b", "a", "c", "d"]):
        graph = read(f"{text}n = Model(x, m.layers[{index}].output)", name="n")
        assert rows(graph)[-1] == name


def test_models_with_dictionaries() -> None:
    graph = read(
        "a = Input((4,), name='a')\nb = Input((5,), name='b')\n"
        "inner = Model({'a': a, 'b': b}, {'x': Dense(2)(a), 'y': Dense(3)(b)}, name='inner')\n"
        "c = Input((5,))\nd = Input((4,))\n"
        "out = inner({'b': c, 'a': d})\n"
        "m = Model([c, d], out['y'])"
    )
    assert output(graph) == "(None, 3)"
    assert rows(graph) == ["input_layer_1", "input_layer", "inner/dense_1"]


def test_a_model_of_several_inputs_as_a_class() -> None:
    text = (
        "class Two(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a = Dense(4)\n        self.b = Dense(5)\n"
        "    def call(self, inputs):\n        x, y = inputs\n"
        "        return concatenate([self.a(x), self.b(y)])\n"
        "m = Two()\n"
    )
    assert output(read(text + "m([Input((3,)), Input((2,))])")) == "(None, 9)"
    assert output(read(text + "m.build([(None, 3), (None, 2)])")) == "(None, 9)"
    assert output(read(text, inputs={"x": (3,), "y": (2,)})) == "(None, 9)"


def test_models_that_are_functional_inside() -> None:
    text = (
        "class Net(keras.Model):\n    def __init__(self):\n        i = Input((4,))\n"
        "        super().__init__(inputs=i, outputs=Dense(3)(i), name='mine')\n"
        "class Stack(Sequential):\n    def __init__(self):\n        super().__init__()\n"
        "        self.add(Input((5,)))\n        self.add(Dense(2))\n"
        "net = Net()\nstack = Stack()\n"
    )
    assert output(read(text, name="net")) == "(None, 3)"
    assert output(read(text, name="stack")) == "(None, 2)"


def test_a_layer_derived_from_one_of_keras() -> None:
    graph = read(
        "class Padded(Conv2D):\n    def __init__(self, filters, **kwargs):\n"
        "        super().__init__(filters, 3, **kwargs)\n"
        "    def call(self, x):\n"
        "        return super().call(keras.ops.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]))\n"
        "m = Sequential([Input((8, 8, 2)), Padded(4)])"
    )
    assert output(graph) == "(None, 8, 8, 4)"
    assert parameters(graph) == 76
    assert "padded" in rows(graph)


def test_weights_of_a_layer_of_the_file() -> None:
    graph = read(
        "class Linear(layers.Layer):\n    def __init__(self, units):\n"
        "        super().__init__()\n        self.units = units\n"
        "    def build(self, input_shape):\n"
        "        self.w = self.add_weight(shape=(input_shape[-1], self.units))\n"
        "        self.b = self.add_weight(shape=(self.units,), trainable=False)\n"
        "    def call(self, x):\n        return keras.ops.matmul(x, self.w) + self.b\n"
        "m = Sequential([Input((20,)), Linear(4)])"
    )
    assert rows(graph) == ["input_layer", "linear"]
    assert (parameters(graph), trainable(graph)) == (84, 80)
    assert [layer.line for layer in graph.layers] == [14, 14]


def test_automatic_names_count_as_keras_does() -> None:
    text = (
        "a = Dense(1)\nx = Input((4,))\ny = Conv1D(2, 1, name='mine')\n"
        "m = Sequential([Input((4,)), Dense(2), PReLU(), MaxPool1D()][:3])"
    )
    assert rows(read(text)) == ["input_layer_1", "dense_1", "p_re_lu"]
    assert rows(read("keras.backend.clear_session()\n" + text, name="m"))[1] == "dense_1"
    assert rows(read(text.replace("m =", "keras.backend.clear_session()\nm =")))[1] == "dense"


def test_layers_that_are_not_known_are_reported() -> None:
    graph = read("m = Sequential([Input((10, 4)), Dense(3), LocallyConnected1D(8, 1), Dense(3)])")
    assert [(one.layer, one.what, one.line) for one in graph.unknown] == [
        ("locally_connected1d", "LocallyConnected1D is not known", 5),
        ("dense_1", "dense behind an unknown operation", 5),
    ]
    graph = read("m = Sequential([Input((4,)), layers.FancyThing(8)])")
    assert [one.what for one in graph.unknown] == ["FancyThing is not known"]


def test_layers_from_elsewhere_are_reported() -> None:
    graph = read(
        "from blocks import Attention2D\nx = Input((8, 8, 3))\ny = Attention2D(3)(x)\n"
        "m = Model(x, Dense(2)(y))"
    )
    assert output(graph) == "(unknown shape)"
    assert graph.unknown[0].line is not None


def test_a_pretrained_model_is_named_and_not_guessed() -> None:
    graph = read(
        "base = keras.applications.VGG16(include_top=False, input_shape=(64, 64, 3))\n"
        "base.trainable = False\nm = Model(base.input, Dense(3)(Flatten()(base.output)))"
    )
    assert output(graph) == "(unknown shape)"
    assert note_codes(graph) == ["application"]
    assert rows(graph)[:2] == ["input_layer", "vgg16"]


def test_an_image_that_looks_like_channels_first_is_doubted() -> None:
    graph = read("m = Sequential([Input((3, 224, 224)), Conv2D(4, 3)])")
    assert note_codes(graph) == ["channels-first"]
    assert graph.notes[0].layer == "input_layer"
    assert not read("m = Sequential([Input((224, 224, 3)), Conv2D(4, 3)])").notes


def test_a_weight_that_nothing_uses_is_said() -> None:
    graph = read(
        """
class Odd(layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=(3,), name="scale")
        self.spare = self.add_weight(shape=(7,), name="spare")
    def call(self, x):
        return x * self.scale

model = keras.Sequential([keras.Input((4, 4, 3)), Odd(name="odd")])
"""
    )
    assert parameters(graph) == 3
    assert [note.message for note in graph.notes if note.code == "unused-weight"] == [
        "odd: its weight spare is used by nothing that is read here, and is not counted"
    ]

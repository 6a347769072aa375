"""The oracle that executes the zoo: it sees calls, shapes, nesting and counts, and it can fail."""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import pytest

from . import oracle

TINY = """
from tensorflow.keras import Input, Sequential, layers
import matplotlib.pyplot as plt

model = Sequential([Input((32, 32, 3)), layers.Conv2D({filters}, 3, name="conv")])
model.compile(optimizer="no such optimizer")
history = model.fit(plt.imread("no such file"), epochs=10 ** 9)
plt.plot(history.history["loss"])
"""

SHARED = """
import keras
from keras import layers

shared = layers.Dense(4, name="shared")
inner = keras.Sequential([keras.Input((8,)), shared], name="inner")
a, b = keras.Input((8,), name="a"), keras.Input((8,), name="b")
outer = keras.Model([a, b], layers.add([inner(a), inner(b)]), name="outer")
"""

BLOCKS = """
import keras
from keras import layers

class Block(layers.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.conv = layers.Conv2D(filters, 3, padding="same", name="conv")
        self.scale = self.add_weight(shape=(filters,), name="scale")

    def call(self, x):
        return keras.ops.relu(self.conv(x) * self.scale)

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.blocks = [Block(4, name="first"), Block(8, name="second")]
        self.blocks[0].trainable = False

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return x
"""


def described(tmp_path: Path, code: str, **options: object) -> dict[str, oracle.OracleModel]:
    """The oracle's answer for a piece of code."""
    path = tmp_path / "network.py"
    path.write_text(code, encoding="utf-8")
    return oracle.models(path, **options)


def test_a_layer_has_its_name_shape_parameters_and_multiply_adds(tmp_path: Path) -> None:
    model = described(tmp_path, TINY.format(filters=8))["model"]
    layer = model.layer("conv")
    assert layer.path == ("conv",)
    assert layer.class_name == "Conv2D"
    assert layer.output == (None, 30, 30, 8)
    assert (layer.parameters, layer.trainable, layer.calls) == (8 * (3 * 3 * 3 + 1),) * 2 + (1,)
    assert layer.macs == model.macs == 30 * 30 * 8 * 3 * 3 * 3
    assert model.inputs == (("input_layer", (None, 32, 32, 3)),)


def test_another_network_gives_another_answer(tmp_path: Path) -> None:
    eight = described(tmp_path, TINY.format(filters=8))["model"]
    nine = described(tmp_path, TINY.format(filters=9))["model"]
    assert eight.parameters != nine.parameters
    assert eight.macs != nine.macs
    assert eight.outputs != nine.outputs


def test_a_nested_model_is_a_group_and_its_layers_count_their_calls(tmp_path: Path) -> None:
    outer = described(tmp_path, SHARED)["outer"]
    shared = outer.layer("shared")
    assert shared.path == ("inner", "shared")
    assert shared.outputs == (((None, 4),), ((None, 4),))
    assert [group.path for group in outer.groups] == [("inner",)]
    assert outer.parameters == shared.parameters == outer.groups[0].parameters == 36
    assert outer.macs == 2 * 8 * 4
    assert [name for name, _ in outer.inputs] == ["a", "b"]


def test_blocks_are_groups_with_weights_of_their_own(tmp_path: Path) -> None:
    net = described(tmp_path, BLOCKS, inputs={"Net": (16, 16, 3)})["Net"]
    assert [layer.path for layer in net.layers] == [("first", "conv"), ("second", "conv")]
    first, second = net.groups
    assert first.parameters == net.layers[0].parameters + 4
    assert (first.trainable, second.trainable) == (0, second.parameters)
    assert net.parameters == first.parameters + second.parameters


def test_a_class_whose_input_is_not_known_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(oracle.OracleError, match="Net: its input shape is not known"):
        described(tmp_path, BLOCKS)


def test_a_file_without_a_network_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(oracle.OracleError, match=r"network\.py: no network found"):
        described(tmp_path, "x = 1\n")


def test_free_sizes_are_none_and_fixed_ones_are_not(tmp_path: Path) -> None:
    code = """
import keras
inputs = keras.Input((None, 64, 3))
x = keras.layers.MaxPooling2D(2)(inputs)
y = keras.layers.GlobalMaxPooling2D()(x) + 1.0
model = keras.Model(inputs, [x, y])
"""
    model = described(tmp_path, code)["model"]
    assert model.outputs == ((None, None, 32, 3), (None, 3))
    assert [layer.class_name for layer in model.layers if layer.is_operation] == ["Add"]


def test_functions_are_asked_when_no_variable_holds_a_network(tmp_path: Path) -> None:
    code = """
import keras
def build(width=5):
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(width)])
def needs(width):
    return build(width)
def main():
    build().fit(None)
main()
"""
    found = described(tmp_path, code)
    assert list(found) == ["build"]
    assert found["build"].layers[0].name == "dense"


def test_nothing_of_the_surroundings_is_left_behind(tmp_path: Path) -> None:
    fit, adam, load = keras.Model.fit, keras.optimizers.Adam, keras.datasets.mnist.load_data
    described(tmp_path, TINY.format(filters=1))
    assert keras.Model.fit is fit
    assert keras.optimizers.Adam is adam
    assert keras.datasets.mnist.load_data is load
    assert "tensorflow" not in sys.modules
    assert "matplotlib" not in sys.modules
    assert sys.modules["keras.layers"].__spec__.name == "keras.layers"


def test_data_sets_have_their_shapes_and_no_content(tmp_path: Path) -> None:
    code = """
import keras
from keras.datasets import cifar10
(x, y), _ = cifar10.load_data()
x = (x.astype("float32") - x.mean()) / 255.0
x = x[:1000].reshape(-1, 32 * 32 * 3)
y = keras.utils.to_categorical(y)
model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Dense(y.shape[-1])])
"""
    model = described(tmp_path, code)["model"]
    assert model.inputs[0][1] == (None, 3072)
    assert model.outputs == ((None, 10),)

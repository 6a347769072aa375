"""The questions people ask, written in PyTorch: the same networks and numbers as in Keras."""

from __future__ import annotations

from typing import Any

import pytest

import convwise
from convwise.graph.canonical import canonical, first_difference

#: Question 2 and 6 as Keras code: what the MATLAB and TensorFlow 1 networks say.
POOLING_SAME = """
from keras import Sequential
from keras.layers import Conv2D, Input, MaxPooling2D
model = Sequential([Input((25, 20, 7))])
for _ in range(3):
    model.add(Conv2D(15, 5, padding="same"))
    model.add(MaxPooling2D(2, strides=1, padding="same"))
"""
POOLING_SAME_TORCH = """
import torch
from torch import nn
import torch.nn.functional as F
class Pooled(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(i, 15, 5, padding="same") for i in (7, 15, 15)])
    def forward(self, x):
        for conv in self.convs:
            x = F.max_pool2d(F.pad(conv(x), (0, 1, 0, 1), value=float("-inf")), 2, stride=1)
        return x
Pooled()(torch.zeros(1, 7, 25, 20))
"""
MNIST = """
from keras import Sequential
from keras.layers import Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D, Reshape
model = Sequential([
    Input((784,)), Reshape((28, 28, 1)),
    Conv2D(32, 5, padding="same", activation="relu"), MaxPooling2D(2, padding="same"),
    Conv2D(64, 5, padding="same", activation="relu"), MaxPooling2D(2, padding="same"),
    Reshape((7 * 7 * 64,)), Dense(1024, activation="relu"), Dropout(0.5), Dense(10),
])
"""


def layers(source: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = convwise.read(source).summary().to_dict()["layers"]
    return [layer for layer in found if layer["kind"] != "input"]


def totals(source: str) -> dict[str, Any]:
    found: dict[str, Any] = convwise.read(source).summary().to_dict()["totals"]
    return found


@pytest.mark.parametrize(
    "name",
    [
        "conv3d",
        "time_as_channels_one",
        "time_as_channels",
        "feature_maps",
        "input_channels",
        "cifar10",
    ],
)
def test_the_same_network_as_in_keras(name: str) -> None:
    keras = convwise.read(f"example:{name}").graph
    torch = convwise.read(f"example:{name}_torch").graph
    assert keras.dialect == "keras"
    assert torch.dialect == "torch"
    assert first_difference(canonical(keras), canonical(torch)) is None
    one, two = totals(f"example:{name}"), totals(f"example:{name}_torch")
    same = ("parameters", "trainable_parameters", "macs", "output_bytes", "unused_input")
    assert {key: one[key] for key in same} == {key: two[key] for key in same}


def test_another_network_is_not_the_same() -> None:
    keras = canonical(convwise.read("example:feature_maps").graph)
    torch = canonical(convwise.read("example:input_channels_torch").graph)
    assert first_difference(keras, torch) is not None


@pytest.mark.parametrize(
    ("name", "weights", "output", "macs"),
    [
        ("conv3d_torch", [125, 1], [1, 16, 1024, 1024], 125 * 16 * 1024**2),
        ("time_as_channels_one_torch", [400, 1], [1, 1024, 1024], 400 * 1024**2),
        ("time_as_channels_torch", [6400, 16], [16, 1024, 1024], 6400 * 1024**2),
    ],
)
def test_conv3d_or_time_as_channels(
    name: str, weights: list[int], output: list[int], macs: int
) -> None:
    (layer,) = layers(f"example:{name}")
    sizes = []
    for weight in layer["weights"]:
        total = 1
        for dim in weight["shape"]:
            total *= dim
        sizes.append(total)
    assert sizes == weights
    assert layer["output_shape"] == [None, *output]
    assert layer["macs"] == {"forward": macs, "input_gradient": 0, "weight_gradient": macs}


def test_pooling_with_padding_one_grows() -> None:
    shapes = [layer["output_shape"][1:] for layer in layers("example:pooling_torch")]
    assert shapes[:2] == [[15, 25, 20], [15, 26, 21]]
    assert shapes[-1] == [15, 28, 23]
    assert [layer["parameters"] for layer in layers("example:pooling_torch")] == [
        2640,
        0,
        5640,
        0,
        5640,
        0,
    ]


def test_pooling_that_keeps_the_size() -> None:
    found = layers(POOLING_SAME_TORCH)
    assert found[-1]["output_shape"] == [None, 15, 25, 20]
    assert totals(POOLING_SAME_TORCH)["parameters"] == 13_920
    assert totals(POOLING_SAME)["parameters"] == 13_920
    assert totals(POOLING_SAME_TORCH)["macs"] == totals(POOLING_SAME)["macs"]


def test_deep_mnist() -> None:
    found = {layer["name"]: layer for layer in layers("example:mnist_weights_torch")}
    assert [layer["parameters"] for layer in found.values() if layer["parameters"]] == [
        832,
        51_264,
        3_212_288,
        10_250,
    ]
    assert totals("example:mnist_weights_torch")["parameters"] == 3_274_634
    weight = found["conv2"]["weights"][0]
    assert weight["shape"] == [64, 32, 5, 5]
    assert weight["axes"] == ["out", "in", "height", "width"]
    assert found["conv2"]["output_shape"] == [None, 64, 14, 14]
    assert totals(MNIST)["parameters"] == 3_274_634
    assert totals(MNIST)["macs"] == totals("example:mnist_weights_torch")["macs"]

"""Runs of whole graphs: shared layers, values dropped, gradients stopped, wrong inputs."""

from __future__ import annotations

import numpy as np
import pytest

import convwise
from convwise.errors import ConvwiseError
from convwise.reference.run import backward, forward
from convwise.reference.weights import seeded

HEAD = "from keras import Input, Model, Sequential, layers\n"
SHARED = HEAD + (
    "shared = layers.Dense(4, name='shared')\n"
    "x = Input((4,))\n"
    "model = Model(x, shared(shared(x)))\n"
)
UNKNOWN = HEAD + "model = Sequential([Input((4,)), layers.Dense(3), layers.Mystery(2)])\n"
STOPPED = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 2)
    def forward(self, x):
        with torch.no_grad():
            x = self.first(x)
        return self.second(x)
model = Net()
model(torch.zeros(1, 4))
"""
OPEN = HEAD + "model = Sequential([Input((None, None, 3)), layers.Conv2D(4, 3, strides=2)])\n"


def test_a_shared_layer_gathers_the_gradients_of_all_its_calls() -> None:
    graph = convwise.read(SHARED).graph
    weights = seeded(graph)
    x = np.random.default_rng(0).normal(size=(3, 4))
    kernel, bias = weights["shared/kernel"], weights["shared/bias"]  # (in, out), (out,)
    first = x @ kernel + bias
    trace = forward(graph, [x], weights, keep=True)
    assert np.allclose(trace.outputs[0], first @ kernel + bias, rtol=0, atol=1e-12)
    ones = np.ones((3, 4))
    expected = first.T @ ones + x.T @ (ones @ kernel.T)
    found = backward(trace).weights["shared/kernel"]
    assert np.allclose(found, expected, rtol=0, atol=1e-12)


def test_values_dropped_on_the_way_change_nothing() -> None:
    graph = convwise.read("example:mnist_weights_torch").graph
    x = np.random.default_rng(0).normal(size=(2, 784))
    weights = seeded(graph)
    kept, dropped = (forward(graph, [x], weights, keep=keep) for keep in (True, False))
    assert (kept.outputs[0] == dropped.outputs[0]).all()
    assert len(dropped.values) < len(kept.values)


def test_gradients_stop_where_none_is_wanted() -> None:
    graph = convwise.read(STOPPED).graph
    trace = forward(graph, [np.ones((1, 4))], seeded(graph), keep=True)
    assert sorted(backward(trace).weights) == ["second.bias", "second.weight"]


def test_an_unknown_operation_is_named_with_its_line() -> None:
    graph = convwise.read(UNKNOWN).graph
    with pytest.raises(ConvwiseError) as caught:
        forward(graph, [np.ones((1, 4))], seeded(graph))
    assert "mystery" in str(caught.value)
    assert "2" in str(caught.value)


def test_the_wrong_number_of_inputs() -> None:
    graph = convwise.read(SHARED).graph
    with pytest.raises(ConvwiseError, match="2 arrays are given for 1 inputs"):
        forward(graph, [np.ones((1, 4)), np.ones((1, 4))], seeded(graph))


@pytest.mark.parametrize("size", [7, 8, 20])
def test_open_sizes_are_those_of_the_array(size: int) -> None:
    graph = convwise.read(OPEN).graph
    (output,) = forward(graph, [np.ones((2, size, size + 1, 3))], seeded(graph)).outputs
    assert output.shape == (2, (size - 3) // 2 + 1, (size - 2) // 2 + 1, 4)


def test_a_broken_sum_of_calls_is_found() -> None:
    """The last call's gradient alone is not the gradient."""
    graph = convwise.read(SHARED).graph
    x = np.random.default_rng(0).normal(size=(3, 4))
    trace = forward(graph, [x], seeded(graph), keep=True)
    alone = trace.back[max(trace.back)]((np.ones((3, 4)),)).weights["kernel"]
    assert not np.allclose(alone.T, backward(trace).weights["shared/kernel"])

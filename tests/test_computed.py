"""Networks computed from Python: outputs, layers, partial maps, gradients, and wrong inputs."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

import convwise
from convwise.errors import ConvwiseError, UnknownNameError, UsageError

CODE = """
from keras import Input, Sequential
from keras.layers import Conv2D, Dense, Flatten
model = Sequential([
    Input((6, 5, 2)), Conv2D(3, 3, activation="relu", name="conv"), Flatten(name="flat"),
    Dense(2, name="scores"),
])
"""
TORCH = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, stride=2, padding=1)
        self.head = nn.Linear(4 * 3 * 3, 3)
    def forward(self, x):
        return self.head(torch.relu(self.conv(x)).flatten(1))
model = Net()
model(torch.zeros(1, 2, 6, 5 + 1))
"""
TWO = """
from keras import Input, Model, layers
left = Input((4,), name="left")
right = Input((4,), name="right")
model = Model([left, right], layers.Add(name="sum")([left, right]))
"""


def picture(batch: int = 2) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(batch, 6, 5, 2))


def test_the_output_and_every_layer() -> None:
    net = convwise.read(CODE)
    done = net.trace(picture())
    assert {name: one.shape for name, one in done.layers.items()} == {
        "input_layer": (2, 6, 5, 2),
        "conv": (2, 4, 3, 3),
        "flat": (2, 36),
        "scores": (2, 2),
    }
    assert (net.run(picture()) == done.output).all()


def test_partial_maps_add_up_to_the_maps() -> None:
    done = convwise.read(CODE).trace(picture())
    partial = done.partial_maps("conv")
    assert partial.shape == (2, 2, 4, 3, 3)
    maps = np.maximum(partial.sum(axis=0) + done.weights["conv/bias"], 0)
    assert np.allclose(maps, done.layers["conv"], rtol=0, atol=1e-12)


def test_a_state_dict_fits() -> None:
    space: dict[str, object] = {}
    exec(TORCH, space)
    model = space["model"].double()  # type: ignore[attr-defined]
    x = np.random.default_rng(0).normal(size=(3, 2, 6, 6))
    ours = convwise.read(TORCH).run(x, weights=model.state_dict())
    theirs = model(torch.as_tensor(x)).detach().numpy()
    assert np.allclose(ours, theirs, rtol=0, atol=1e-12)


def test_gradients_by_name() -> None:
    net = convwise.read(CODE)
    found = net.gradients(picture())
    assert {name: one.shape for name, one in found.weights.items()} == {
        "conv/kernel": (3, 3, 2, 3),
        "conv/bias": (3,),
        "scores/kernel": (36, 2),
        "scores/bias": (2,),
    }
    weights = net.trace(picture()).weights
    moved = {**weights, "conv/kernel": weights["conv/kernel"].copy()}
    moved["conv/kernel"][1, 2, 0, 1] += 1e-6
    change = net.run(picture(), weights=moved).sum() - net.run(picture()).sum()
    assert change / 1e-6 == pytest.approx(found.weights["conv/kernel"][1, 2, 0, 1], rel=1e-5)


def test_several_inputs_by_name_or_in_order() -> None:
    net = convwise.read(TWO)
    left, right = np.ones((1, 4)), np.full((1, 4), 2.0)
    assert (net.run({"right": right, "left": left}) == 3).all()
    assert (net.run([left, right]) == 3).all()
    with pytest.raises(UsageError, match="left, right"):
        net.run({"left": left})
    with pytest.raises(UsageError, match="2 inputs"):
        net.run(left)


@pytest.mark.parametrize("shape", [(2, 6, 5), (2, 6, 5, 3), (2, 5, 6, 2)])
def test_an_input_that_does_not_fit(shape: tuple[int, ...]) -> None:
    with pytest.raises(ConvwiseError) as caught:
        convwise.read(CODE).run(np.zeros(shape))
    assert "(None, 6, 5, 2)" in str(caught.value) and str(shape) in str(caught.value)


def test_a_value_worked_out_is_the_networks_own() -> None:
    net = convwise.read(CODE)
    x = picture(1)
    paper = net.explain("conv", x=x, framework=False).answer.stories[0].paper
    assert paper is not None and paper.given
    done = net.trace(x)
    assert max(paper.output.value, 0) == pytest.approx(done.layers["conv"][paper.output.place])
    assert paper.then[0][1] == pytest.approx(done.layers["conv"][paper.output.place])
    with pytest.raises(UsageError, match="without a layer"):
        net.explain(x=x)


def test_a_value_worked_out_with_weights_of_a_live_module() -> None:
    space: dict[str, object] = {}
    exec(TORCH, space)
    model = space["model"].double()  # type: ignore[attr-defined]
    x = np.random.default_rng(0).normal(size=(1, 2, 6, 6))
    answer = convwise.read(TORCH).explain("conv", x=x, weights=model.state_dict())
    paper = answer.answer.stories[0].paper
    assert paper is not None and paper.beside is not None
    theirs = float(model.conv(torch.as_tensor(x))[paper.output.place])
    assert paper.output.value == pytest.approx(theirs, abs=1e-9)
    assert paper.beside.value == pytest.approx(theirs, abs=1e-9)


def test_values_that_the_code_does_not_give_are_said() -> None:
    code = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.rand(3))
        self.last = nn.Linear(3, 2)
    def forward(self, x):
        return self.last(x - self.mean)
model = Net()
model(torch.zeros(1, 3))
"""
    with pytest.warns(UserWarning, match="are not known: zeros stand for them"):
        convwise.read(code).run(np.ones((1, 3)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        convwise.read(CODE).run(picture())


def test_layers_without_partial_maps() -> None:
    done = convwise.read(CODE).trace(picture())
    with pytest.raises(UsageError, match="flat is no convolution"):
        done.partial_maps("flat")
    with pytest.raises(UnknownNameError, match="no layer named 'conv9'"):
        done.partial_maps("conv9")

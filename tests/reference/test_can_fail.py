"""Errors planted into rules are found: against the live frameworks and by finite differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch

from convwise.dialects.torch.read_code import read_code
from convwise.kinds.catalog import find
from convwise.kinds.windows import Padding
from convwise.reference import run
from convwise.reference.contract import Array, Gradients, Pass, Rule, Use
from convwise.reference.rules.table import rule_of
from tests.reference import live_keras, live_torch
from tests.reference.gradcheck import gradcheck
from tests.reference.live import Live, differences
from tests.reference.torch_agreement import apart

TORCH = """
import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = {layer}

    def forward(self, x):
        return self.layer(x)

outputs = Net()(torch.randn({shape}))
"""
KERAS = """
import keras
from keras import layers
x = keras.Input({shape})
model = keras.Model(x, {layer}(x))
"""


def flipped(use: Use[Any]) -> Use[Any]:
    """The kernel stands on its head: convolution instead of cross-correlation."""
    kernel = use.weights["kernel"]
    return use._replace(weights={**use.weights, "kernel": np.flip(kernel, (2, 3))})


def mirrored(use: Use[Any]) -> Use[Any]:
    """What is padded before stands behind."""
    amounts = use.kind.canonical(use.operands).padding.amounts
    turned = tuple([(after, before) for before, after in amounts])
    return use._replace(kind=replace(use.kind, padding=Padding("explicit", turned)))


def swapped(use: Use[Any]) -> Use[Any]:
    """The first two gates change places."""
    names = [name for name in use.weights if "kernel" in name]
    first = use.weights[names[0]]
    one, two, *others = np.split(first, 4)
    turned = np.concatenate([two, one, *others])
    return use._replace(weights={**use.weights, names[0]: turned})


def other(**changes: Any) -> Callable[[Use[Any]], Use[Any]]:
    """Hyperparameters that are not those of the layer."""
    return lambda use: use._replace(kind=replace(use.kind, **changes))


def without_bias(found: Gradients, grads: tuple[Array, ...]) -> Gradients:
    """The bias is taken for a constant."""
    return found._replace(weights={k: v for k, v in found.weights.items() if k != "bias"})


def shifted(found: Gradients, grads: tuple[Array, ...]) -> Gradients:
    """Gradients of inputs come to the neighbours."""
    moved = [None if one is None else np.roll(one, 1, axis=-1) for one in found.inputs]
    return found._replace(inputs=tuple(moved))


def undivided(found: Gradients, grads: tuple[Array, ...]) -> Gradients:
    """The gradient of a mean over 3 x 3 pixels is that of their sum."""
    return found._replace(inputs=tuple([None if one is None else 9 * one for one in found.inputs]))


def on_its_own(found: Gradients, grads: tuple[Array, ...]) -> Gradients:
    """Every output of a softmax depends on its own input alone."""
    return found._replace(inputs=(grads[0],))


def before(change: Callable[[Use[Any]], Use[Any]]) -> Callable[[Rule], Rule]:
    """A rule that computes something else."""
    return lambda rule: lambda use: rule(change(use))


def behind(change: Callable[[Gradients, tuple[Array, ...]], Gradients]) -> Callable[[Rule], Rule]:
    """A rule that passes something else back."""

    def planted(rule: Rule) -> Rule:
        def wrong(use: Use[Any]) -> Pass:
            right = rule(use)
            return Pass(right.outputs, lambda grads: change(right.backward(grads), grads))

        return wrong

    return planted


def first_example_only(rule: Rule) -> Rule:
    """Gradients of weights are not summed over the batch."""

    def wrong(use: Use[Any]) -> Pass:
        right = rule(use)

        def backward(grads: tuple[Array, ...]) -> Gradients:
            first = [np.concatenate([one[:1], 0 * one[1:]]) for one in grads]
            mine = right.backward(tuple(first))
            return right.backward(grads)._replace(weights=mine.weights)

        return Pass(right.outputs, backward)

    return wrong


@dataclass(frozen=True, slots=True)
class Plant:
    """An error in the rule of a kind, and a layer on which it must show."""

    kind: str
    wrong: Callable[[Rule], Rule]
    layer: str
    shape: str

    def live(self) -> Live:
        """The layer in its framework."""
        if self.layer.startswith("layers."):
            return live_keras.run(KERAS.format(layer=self.layer, shape=self.shape), 3)
        code = TORCH.format(layer=self.layer, shape=self.shape)
        return live_torch.run(read_code(code, filename="planted.py"), code, 3)


IMAGE, PIXELS = "2, 3, 7, 6", "(7, 6, 3)"
CONV, EVEN = "nn.Conv2d(3, 4, 3, 2, 1)", "nn.Conv2d(3, 4, (2, 4), padding='same')"
POOL = "nn.AvgPool2d(3, 2, 1)"
PLANTS = {
    "gates in another order": Plant("recurrent", before(swapped), "layers.LSTM(3)", "(5, 4)"),
    "kernel flipped": Plant("convolution", before(flipped), CONV, IMAGE),
    "kernel flipped in Keras": Plant(
        "convolution", before(flipped), "layers.Conv2D(4, 3, 2, 'same')", PIXELS
    ),
    "padded on the wrong side": Plant("convolution", before(mirrored), EVEN, IMAGE),
    "padded on the wrong side in Keras": Plant(
        "convolution", before(mirrored), "layers.Conv2D(4, (2, 4), padding='same')", PIXELS
    ),
    "bias of a convolution": Plant("convolution", behind(without_bias), CONV, IMAGE),
    "bias of a dense layer": Plant("dense", behind(without_bias), "nn.Linear(4, 3)", "2, 5, 4"),
    "bias of a dense layer of Keras": Plant(
        "dense", behind(without_bias), "layers.Dense(3)", "(5, 4)"
    ),
    "batch not summed": Plant("dense", first_example_only, "nn.Linear(4, 3)", "3, 4"),
    "batch not summed for a filter": Plant("convolution", first_example_only, CONV, IMAGE),
    "gradient at the neighbour": Plant("convolution", behind(shifted), CONV, IMAGE),
    "padding counts in the average": Plant(
        "average_pool", before(other(divisor="valid")), POOL, IMAGE
    ),
    "average not divided": Plant("average_pool", behind(undivided), POOL, IMAGE),
    "softmax without its sum": Plant("softmax", behind(on_its_own), "nn.Softmax(-1)", "2, 5"),
    "another epsilon": Plant(
        "batch_norm", before(other(epsilon=1.01e-5)), "nn.BatchNorm2d(3)", IMAGE
    ),
}


def plant(monkeypatch: pytest.MonkeyPatch, kind: str, wrong: Callable[[Rule], Rule]) -> None:
    """From now on the reference computes this kind wrongly."""

    def found(name: str) -> Rule:
        return wrong(rule_of(name)) if name == kind else rule_of(name)

    monkeypatch.setattr(run, "rule_of", found)


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_error_is_found(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    planted = PLANTS[name]
    assert differences(planted.live()) == []
    plant(monkeypatch, planted.kind, planted.wrong)
    assert differences(planted.live())


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("convolution", behind(without_bias)),
        ("convolution", behind(shifted)),
        ("dense", first_example_only),
        ("average_pool", behind(undivided)),
        ("softmax", behind(on_its_own)),
    ],
)
def test_finite_differences_find_it_too(
    monkeypatch: pytest.MonkeyPatch, kind: str, wrong: Callable[[Rule], Rule]
) -> None:
    examples = find(kind).examples()
    assert [gradcheck(example) for example in examples] == [[]] * len(examples)
    plant(monkeypatch, kind, wrong)
    assert any(gradcheck(example) for example in examples)


def test_a_weight_that_is_used_twice_gathers_both(monkeypatch: pytest.MonkeyPatch) -> None:
    code = TORCH.format(layer="nn.Linear(4, 4)", shape="2, 4")
    code = code.replace("self.layer(x)", "self.layer(self.layer(x))")
    graph = read_code(code, filename="twice.py")
    assert differences(live_torch.run(graph, code, 3)) == []
    right = run._add_weights

    def last_only(found: dict[str, Array], *others: Any) -> None:
        found.clear()
        right(found, *others)

    monkeypatch.setattr(run, "_add_weights", last_only)
    assert differences(live_torch.run(graph, code, 3))


def test_what_is_apart_by_more_than_rounding_is_told() -> None:
    right = torch.tensor([1.0, -200.0, float("inf")], dtype=torch.float64)
    assert apart("value", right, right) == []
    assert apart("value", right + torch.tensor([1e-9, 0.0, 0.0]), right) == []
    assert apart("value", right + torch.tensor([0.0, 1e-6, 0.0]), right)
    assert apart("value", right + torch.tensor([0.0, 0.0, -float("inf")]), right)
    assert apart("value", right[:2], right)

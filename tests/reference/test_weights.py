"""Weights drawn from a seed, and weights that are given: their names, number and shapes."""

from __future__ import annotations

import numpy as np
import pytest

import convwise
from convwise.errors import RuleError
from convwise.graph.axes import FREE_BATCH
from convwise.graph.nodes import Graph, Weight
from convwise.reference.weights import as_dialect, as_kind, chosen, seeded

CODE = """
from keras import Input, Sequential
from keras.layers import BatchNormalization, Dense
model = Sequential([
    Input((3,)), Dense(4, name="a"), BatchNormalization(name="n"), Dense(2, name="b"),
])
"""


def graph(code: str = CODE) -> Graph:
    return convwise.read(code).graph


def test_a_seed_says_what_is_drawn() -> None:
    one, again, other = seeded(graph(), 1), seeded(graph(), 1), seeded(graph(), 2)
    assert all(np.array_equal(one[name], again[name]) for name in one)
    assert not np.array_equal(one["a/kernel"], other["a/kernel"])
    assert (one["n/moving_variance"] > 0).all()


def test_a_weight_does_not_depend_on_the_others() -> None:
    shorter = graph(CODE.replace(', Dense(2, name="b")', ""))
    assert np.array_equal(seeded(shorter)["a/kernel"], seeded(graph())["a/kernel"])


def test_given_weights_take_the_place_of_drawn_ones() -> None:
    kernel = np.arange(12).reshape(3, 4)
    found = chosen(graph(), {"a/kernel": kernel})
    assert np.array_equal(found["a/kernel"], kernel)
    assert found["a/kernel"].dtype == np.float64
    assert np.array_equal(found["b/kernel"], seeded(graph())["b/kernel"])


def test_weights_in_the_order_of_the_graph() -> None:
    given = [one + 1 for one in seeded(graph()).values()]
    found = chosen(graph(), given)
    assert all(np.array_equal(*pair) for pair in zip(found.values(), given, strict=True))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"c/kernel": np.ones((3, 4))}, "no weight named c/kernel"),
        ({"a/kernel": np.ones((4, 3))}, r"shape \(3, 4\), the array given for it \(4, 3\)"),
        ([np.ones((3, 4))], "1 arrays are given for 8 weights"),
    ],
)
def test_what_does_not_fit_is_told(given: object, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        chosen(graph(), given)  # type: ignore[arg-type]


def test_a_weight_of_an_open_size_is_told() -> None:
    weight = Weight("norm/gamma", "gamma", (("batch", FREE_BATCH),))
    made = Graph("open", "keras", (), (), {weight.name: weight}, (), ())
    with pytest.raises(RuleError, match="norm/gamma has the open size N"):
        seeded(made)


def test_axes_are_turned_there_and_back() -> None:
    """A dialect has its kernel as (in, out), a dense kind as (out, in)."""
    made = graph()
    node = next(one for one in made.nodes if one.kind.name == "dense")
    (spec, *_) = node.kind.weights(node.operands)
    weight = made.weights["a/kernel"]
    values = seeded(made)["a/kernel"]
    assert np.array_equal(as_kind(values, weight, spec), values.T)
    assert np.array_equal(as_dialect(values.T, weight, spec), values)

"""Functions of arithmetic, and casts: one operation per value."""

from __future__ import annotations

import pytest

from convwise.graph.axes import tensor
from convwise.kinds.contract import IDENTITY
from convwise.kinds.unary import FUNCTIONS, Cast, Unary
from tests.kinds.asking import ask, refusal

SOURCE = tensor((1, 5, 6, 4), ("batch", "height", "width", "channel"))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_keeps_the_shape(function):
    constants = (0.5, 2.0)[: FUNCTIONS[function].constants]
    said = ask(Unary(function, constants), SOURCE)
    assert said.shape == SOURCE.shape
    assert said.elementwise_ops == 120
    assert said.parameters == said.macs == 0


def test_derivatives_by_output_or_input():
    # (1/x)' = -y*y, sqrt' = 1/(2y), exp' = y; abs' = sign(x), square' = 2x; (c*x)' = c.
    for function in ("reciprocal", "sqrt", "exp"):
        assert ask(Unary(function), SOURCE).kept == ["output"]
    for function in ("abs", "square", "log"):
        assert ask(Unary(function), SOURCE).kept == ["input"]
    assert ask(Unary("scale", (2.0,)), SOURCE).kept == []


def test_neutral_constants_change_nothing():
    for function, neutral in (("add", 0.0), ("scale", 1.0), ("power", 1.0)):
        assert IDENTITY in Unary(function, (neutral,)).traits
        assert IDENTITY not in Unary(function, (0.5,)).traits


def test_names_and_constants_that_do_not_exist():
    assert refusal(Unary("cube"), SOURCE).message == (
        'there is no elementwise function named "cube"'
    )
    assert refusal(Unary("clip", (1.0,)), SOURCE).message == ("clip takes 2 constants, 1 are given")


def test_cast_changes_the_element_type():
    said = ask(Cast("float16"), SOURCE)
    assert (said.shape, said.dtype) == (SOURCE.shape, "float16")
    assert refusal(Cast("float8"), SOURCE).message == 'there is no element type named "float8"'

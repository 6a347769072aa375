"""Arithmetic with plain numbers, on either side and of either type, and functions of one value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.dialects.onnx.single import normal, ours, single, truth

_FLOATS = normal(np.random.default_rng(1), 3, 4)
_WHOLE = np.arange(-7, 9, dtype=np.int64).reshape(4, 4)
_NUMBERS = (2, 3, -3, 49)

#: What each operator is, on whole numbers as well.
_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": lambda x, y: x + y,
    "Sub": lambda x, y: x - y,
    "Mul": lambda x, y: x * y,
    "Max": np.maximum,
    "Min": np.minimum,
    "Equal": lambda x, y: x == y,
    "Less": lambda x, y: x < y,
    "LessOrEqual": lambda x, y: x <= y,
    "Greater": lambda x, y: x > y,
    "GreaterOrEqual": lambda x, y: x >= y,
}


def _agree(operator: str, x: np.ndarray, number: Any, true: Any, *, first: bool) -> None:
    """The number as a constant of rank 0, on one of both sides; then as a tensor that is fed."""
    held = {"c": np.array(number, dtype=x.dtype)}
    inputs = ("x", "c") if first else ("c", "x")
    model = single(operator, {"x": x}, held, inputs=inputs)
    graph = model.read()
    assert not any(node.kind.name == "constant" for node in graph.nodes)
    (found,) = ours(model, graph)
    assert np.allclose(found, true, rtol=1e-6, atol=1e-7)
    fed = single(operator, {"x": x, "c": np.full(x.shape, number, x.dtype)}, inputs=inputs)
    (other,) = ours(fed, fed.read())
    assert np.allclose(other, true, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("operator", _BINARY)
@pytest.mark.parametrize("first", [True, False], ids=["tensor first", "number first"])
@pytest.mark.parametrize("x", [_FLOATS, _WHOLE], ids=["fractions", "whole"])
def test_with_a_number(operator: str, first: bool, x: np.ndarray) -> None:
    function = _BINARY[operator]
    for number in _NUMBERS:
        c = x.dtype.type(number)
        true = function(x, c) if first else function(c, x)
        _agree(operator, x, number, true, first=first)


@pytest.mark.parametrize("number", _NUMBERS)
def test_a_quotient_of_whole_numbers_is_cut_off(number: int) -> None:
    for x in (_WHOLE, _WHOLE * 49, np.array([6, 9, 27, 98, -98])):
        _agree("Div", x, number, np.trunc(x / number), first=True)


@pytest.mark.parametrize("number", _NUMBERS)
def test_a_quotient_of_fractions(number: int) -> None:
    _agree("Div", _FLOATS, number, _FLOATS / number, first=True)
    _agree("Div", _FLOATS, number, number / _FLOATS, first=False)


@pytest.mark.parametrize("fmod", [0, 1])
@pytest.mark.parametrize("x", [_FLOATS, _WHOLE], ids=["fractions", "whole"])
def test_remainders(fmod: int, x: np.ndarray) -> None:
    """The sign of the divisor; of what is divided when `fmod`."""
    function = np.fmod if fmod else np.mod
    for number in _NUMBERS:
        held = {"c": np.array(number, dtype=x.dtype)}
        model = single("Mod", {"x": x}, held, fmod=fmod)
        (found,) = ours(model, model.read())
        assert np.allclose(found, function(x, number), atol=1e-6)


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0, 3.0, -1.0])
def test_powers(exponent: float) -> None:
    x = np.abs(_FLOATS) + np.float32(0.1)
    _agree("Pow", x, exponent, x.astype(float) ** exponent, first=True)
    _agree("Pow", x, 2.0, 2.0 ** x.astype(float), first=False)


@pytest.mark.parametrize(
    "operator",
    [
        "Abs",
        "Ceil",
        "Cos",
        "Erf",
        "Exp",
        "Floor",
        "Neg",
        "Reciprocal",
        "Round",
        "Sigmoid",
        "Sign",
        "Sin",
        "Sinh",
        "Softplus",
        "Tan",
        "Tanh",
    ],
)
def test_functions_of_one_value(operator: str) -> None:
    model = single(operator, {"x": _FLOATS})
    assert np.allclose(ours(model, model.read())[0], truth(model)[0], rtol=1e-5, atol=1e-6)


def test_a_learned_number_stays_a_weight() -> None:
    model = single("Mul", {"x": _FLOATS}, {"scale": np.array([2.0], np.float32)})
    graph = model.read()
    assert list(graph.weights) == ["scale"]
    assert np.allclose(ours(model, graph)[0], _FLOATS * 2)

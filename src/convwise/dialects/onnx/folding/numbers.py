"""Arithmetic of single exact numbers: integers, sizes over symbols, 32-bit floats.

Gives None wherever the result is not certain; must never round what ONNX would not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from convwise.dialects.onnx.op import Number
from convwise.dialects.onnx.stored import shortest
from convwise.graph.bounds import least
from convwise.graph.dims import Dim, floor_div, maximum, minimum, terms_of

#: Beyond this a number is a mistake, or meant to exhaust whoever computes with it.
_MOST_BITS: Final = 256

Binary = Callable[[Number, Number], Number | None]
Unary = Callable[[Number], Number | None]


def is_symbolic(value: Number) -> bool:
    return type(value) not in (int, float, bool)


def as_dim(value: Number) -> Dim | None:
    """A number as an exact size: a float only where it is a whole number."""
    if type(value) is float:
        return int(value) if math.isfinite(value) and value == int(value) else None
    return int(value) if type(value) is bool else value  # type: ignore[return-value]


def _checked(value: Number | None) -> Number | None:
    if type(value) is int and value.bit_length() > _MOST_BITS:
        return None
    return shortest(value) if type(value) is float else value


def _symbolic(operation: Callable[[Dim, Dim], Dim | None]) -> Binary:
    def run(left: Number, right: Number) -> Number | None:
        one, two = as_dim(left), as_dim(right)
        return None if one is None or two is None else operation(one, two)

    return run


def _binary(
    numbers: Callable[[float, float], Number], sizes: Callable[[Dim, Dim], Dim | None]
) -> Binary:
    symbolic = _symbolic(sizes)

    def run(left: Number, right: Number) -> Number | None:
        if is_symbolic(left) or is_symbolic(right):
            return symbolic(left, right)
        try:
            return _checked(numbers(left, right))  # type: ignore[arg-type]
        except (ArithmeticError, ValueError):
            return None

    return run


def _divided(left: float, right: float) -> Number:
    """Whole numbers are divided towards zero, as C does."""
    if type(left) is float or type(right) is float:
        return left / right
    quotient = abs(left) // abs(right)
    return int(quotient if (left < 0) == (right < 0) else -quotient)


def _size_divided(left: Dim, right: Dim) -> Dim | None:
    return None if type(right) is int and right <= 0 else floor_div(left, right)


def _size_remainder(left: Dim, right: Dim) -> Dim | None:
    quotient = _size_divided(left, right)
    return None if quotient is None else left - quotient * right


def _power(left: float, right: float) -> Number:
    if abs(right) > 64:
        raise ValueError("an exponent that no size has")
    found: Number = left**right
    return found


def _size_power(left: Dim, right: Dim) -> Dim | None:
    return left * left if right == 2 else left if right == 1 else None


def difference_sign(left: Dim, right: Dim) -> int | None:
    """1, 0 or -1 where left is larger, equal or smaller for all sizes; None where it depends."""
    difference = left - right
    if type(difference) is int:
        return (difference > 0) - (difference < 0)
    terms = terms_of(difference)
    lowest = least(terms)
    if lowest is not None and lowest > 0:
        return 1
    highest = least(terms_of(right - left))
    return -1 if highest is not None and highest > 0 else None


def _compared(wanted: tuple[int, ...]) -> Binary:
    def run(left: Number, right: Number) -> Number | None:
        if is_symbolic(left) or is_symbolic(right):
            one, two = as_dim(left), as_dim(right)
            if one is None or two is None:
                return None
            sign = difference_sign(one, two)
            return None if sign is None else sign in wanted
        return (left > right) - (left < right) in wanted  # type: ignore[operator]

    return run


BINARY: Final[dict[str, Binary]] = {
    "Add": _binary(lambda a, b: a + b, lambda a, b: a + b),
    "Sub": _binary(lambda a, b: a - b, lambda a, b: a - b),
    "Mul": _binary(lambda a, b: a * b, lambda a, b: a * b),
    "Div": _binary(_divided, _size_divided),
    "Mod": _binary(lambda a, b: a % b, _size_remainder),
    "Pow": _binary(_power, _size_power),
    "Max": _binary(max, maximum),
    "Min": _binary(min, minimum),
    "Equal": _compared((0,)),
    "Less": _compared((-1,)),
    "Greater": _compared((1,)),
    "LessOrEqual": _compared((-1, 0)),
    "GreaterOrEqual": _compared((1, 0)),
    "And": lambda a, b: bool(a) and bool(b),
    "Or": lambda a, b: bool(a) or bool(b),
    "Xor": lambda a, b: bool(a) != bool(b),
}

#: What gives truth values.
COMPARISONS: Final = frozenset(
    ("Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "And", "Or", "Xor", "Not")
)


def _whole(function: Callable[[float], int]) -> Unary:
    """A function that leaves whole numbers and sizes as they are, and gives floats."""

    def run(value: Number) -> Number | None:
        if type(value) is not float:
            return value
        return float(function(value)) if math.isfinite(value) else None

    return run


def _real(function: Callable[[float], float]) -> Unary:
    def run(value: Number) -> Number | None:
        if is_symbolic(value):
            return None
        try:
            return _checked(float(function(value)))  # type: ignore[arg-type]
        except (ArithmeticError, ValueError):
            return None

    return run


UNARY: Final[dict[str, Unary]] = {
    "Neg": lambda a: -a,
    "Abs": lambda a: a if is_symbolic(a) else abs(a),  # type: ignore[arg-type]
    "Floor": _whole(math.floor),
    "Ceil": _whole(math.ceil),
    "Round": _whole(round),
    "Sqrt": _real(math.sqrt),
    "Reciprocal": _real(lambda a: 1 / a),
    "Not": lambda a: not a,
}


def cast(value: Number, dtype: str) -> Number | None:
    """A number as another type; sizes over symbols stay exact."""
    if is_symbolic(value):
        return None if dtype == "bool" else value
    if dtype == "bool":
        return bool(value)
    if dtype.startswith(("float", "bfloat")):
        try:
            return shortest(float(value))  # type: ignore[arg-type]
        except OverflowError:
            return None
    if type(value) is float and not math.isfinite(value):
        return None
    return int(value)  # type: ignore[arg-type]

"""Functions of arithmetic with their slopes: y = f(x) and f'(x), constants c; knows no kind."""

from __future__ import annotations

from collections.abc import Callable
from math import log, pi, sqrt
from typing import Final

import numpy as np

from convwise.reference import special
from convwise.reference.contract import Array
from convwise.reference.functions import erf

Constants = tuple[float, ...]
#: f(x, c).
Function = Callable[[Array, Constants], Array]
#: f'(x), from x, y = f(x) and c.
Slope = Callable[[Array, Array, Constants], Array]


def _one(x: Array, y: Array, c: Constants) -> Array:
    return np.ones(x.shape)


def _zero(x: Array, y: Array, c: Constants) -> Array:
    return np.zeros(x.shape)


def _sinc(x: Array, y: Array, c: Constants) -> Array:
    """The slope of sin(pi x)/(pi x): (cos(pi x) - y)/x, 0 at 0."""
    return np.where(x == 0, 0.0, (np.cos(pi * x) - y) / x)


def _logit(x: Array, c: Constants) -> Array:
    """log(x/(1 - x)), no number outside of 0 to 1."""
    return np.where((x < 0) | (x > 1), np.nan, np.log(x / (1 - x)))


def _power(x: Array, y: Array, c: Constants) -> Array:
    """c x^(c - 1); 0 when c is 0, also at x = 0."""
    return c[0] * x ** (c[0] - 1) if c[0] else np.zeros(x.shape)


def _exponential(x: Array, y: Array, c: Constants) -> Array:
    """The slope of c^x: y log c; 0 when c is 0, whose powers are 0 right of x = 0."""
    return np.where(x >= 0, 0.0, y * np.log(c[0])) if c[0] == 0 else y * np.log(c[0])


def _within(x: Array, low: float, high: float) -> Array:
    """1 where nothing is cut off, borders included."""
    return np.where((x >= low) & (x <= high), 1.0, 0.0)


#: What has a slope.
_SMOOTH: Final[dict[str, tuple[Function, Slope]]] = {
    "abs": (lambda x, c: np.abs(x), lambda x, y, c: np.sign(x)),
    "square": (lambda x, c: x * x, lambda x, y, c: 2 * x),
    "fraction": (lambda x, c: x - np.trunc(x), _one),
    "negative": (lambda x, c: -x, lambda x, y, c: -np.ones(x.shape)),
    "sqrt": (lambda x, c: np.sqrt(x), lambda x, y, c: 1 / (2 * y)),
    "rsqrt": (lambda x, c: 1 / np.sqrt(x), lambda x, y, c: -(y**3) / 2),
    "reciprocal": (lambda x, c: 1 / x, lambda x, y, c: -y * y),
    "exp": (lambda x, c: np.exp(x), lambda x, y, c: y),
    "exp2": (lambda x, c: np.exp2(x), lambda x, y, c: y * log(2)),
    "expm1": (lambda x, c: np.expm1(x), lambda x, y, c: y + 1),
    "log": (lambda x, c: np.log(x), lambda x, y, c: 1 / x),
    "log1p": (lambda x, c: np.log1p(x), lambda x, y, c: 1 / (x + 1)),
    "log2": (lambda x, c: np.log2(x), lambda x, y, c: 1 / (x * log(2))),
    "log10": (lambda x, c: np.log10(x), lambda x, y, c: 1 / (x * log(10))),
    "sin": (lambda x, c: np.sin(x), lambda x, y, c: np.cos(x)),
    "cos": (lambda x, c: np.cos(x), lambda x, y, c: -np.sin(x)),
    "tan": (lambda x, c: np.tan(x), lambda x, y, c: 1 + y * y),
    "arcsin": (lambda x, c: np.arcsin(x), lambda x, y, c: 1 / np.sqrt(1 - x * x)),
    "arccos": (lambda x, c: np.arccos(x), lambda x, y, c: -1 / np.sqrt(1 - x * x)),
    "arctan": (lambda x, c: np.arctan(x), lambda x, y, c: 1 / (1 + x * x)),
    "sinh": (lambda x, c: np.sinh(x), lambda x, y, c: np.cosh(x)),
    "cosh": (lambda x, c: np.cosh(x), lambda x, y, c: np.sinh(x)),
    "arcsinh": (lambda x, c: np.arcsinh(x), lambda x, y, c: 1 / np.sqrt(x * x + 1)),
    "arccosh": (lambda x, c: np.arccosh(x), lambda x, y, c: 1 / np.sqrt(x * x - 1)),
    "arctanh": (lambda x, c: np.arctanh(x), lambda x, y, c: 1 / (1 - x * x)),
    "erf": (lambda x, c: erf(x), lambda x, y, c: 2 / sqrt(pi) * np.exp(-x * x)),
    "erfc": (lambda x, c: special.erfc(x), lambda x, y, c: -2 / sqrt(pi) * np.exp(-x * x)),
    "erfinv": (lambda x, c: special.erfinv(x), lambda x, y, c: sqrt(pi) / 2 * np.exp(y * y)),
    "lgamma": (lambda x, c: special.lgamma(x), lambda x, y, c: special.digamma(x)),
    "digamma": (lambda x, c: special.digamma(x), lambda x, y, c: special.trigamma(x)),
    "sinc": (lambda x, c: np.sinc(x), _sinc),
    "logit": (_logit, lambda x, y, c: np.where(np.isnan(y), np.nan, 1 / (x * (1 - x)))),
    "add": (lambda x, c: x + c[0], _one),
    "scale": (lambda x, c: x * c[0], lambda x, y, c: np.full(x.shape, c[0])),
    "power": (lambda x, c: x ** c[0], _power),
    "exponential": (lambda x, c: c[0] ** x, _exponential),
    "maximum": (lambda x, c: np.maximum(x, c[0]), lambda x, y, c: _within(x, c[0], np.inf)),
    "minimum": (lambda x, c: np.minimum(x, c[0]), lambda x, y, c: _within(x, -np.inf, c[0])),
    "clip": (lambda x, c: np.minimum(np.maximum(x, c[0]), c[1]), lambda x, y, c: _within(x, *c)),
    "modulo": (lambda x, c: np.mod(x, c[0]), _one),
}

#: Steps, whose slope is 0 wherever they have one.
_STEPS: Final[dict[str, Function]] = {
    "sign": lambda x, c: np.sign(x),
    "floor": lambda x, c: np.floor(x),
    "ceil": lambda x, c: np.ceil(x),
    "round": lambda x, c: np.round(x),  # to the even neighbour of halves
    "truncate": lambda x, c: np.trunc(x),
    "floor_divide": lambda x, c: np.floor_divide(x, c[0]),
}

#: Yes or no, and bits: no slope at all.
_ANSWERS: Final[dict[str, Function]] = {
    "equal": lambda x, c: x == c[0],
    "not_equal": lambda x, c: x != c[0],
    "less": lambda x, c: x < c[0],
    "less_equal": lambda x, c: x <= c[0],
    "greater": lambda x, c: x > c[0],
    "greater_equal": lambda x, c: x >= c[0],
    "logical_not": lambda x, c: x == 0,
    "isnan": lambda x, c: np.isnan(x),
    "isinf": lambda x, c: np.isinf(x),
    "isfinite": lambda x, c: np.isfinite(x),
    "bitwise_not": lambda x, c: np.bitwise_not(x),
}


def answers(name: str) -> bool:
    """Whether the function gives yes or no, or turns bits: it takes values as they are."""
    return name in _ANSWERS


def value(name: str, x: Array, c: Constants) -> Array:
    """f(x); where it has no value it is infinite or no number. KeyError for another name."""
    with np.errstate(all="ignore"):
        if name in _ANSWERS:
            return _ANSWERS[name](x, c)
        return _STEPS[name](x, c) if name in _STEPS else _SMOOTH[name][0](x, c)


def slope(name: str, x: Array, y: Array, c: Constants) -> Array:
    """f'(x) of a function that is not one of `answers`, from x and y = f(x)."""
    with np.errstate(all="ignore"):
        return _zero(x, y, c) if name in _STEPS else _SMOOTH[name][1](x, y, c)

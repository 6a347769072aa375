"""Functions of mathematics that NumPy lacks, in float64; knows no kind and no derivative."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from convwise.reference.contract import Array
from convwise.reference.functions import erf

#: From here on the asymptotic series of psi and psi' are exact in float64.
_FAR: Final = 10.0
#: Bernoulli numbers B_2k, k = 1, 2, ..., of these series.
_BERNOULLI: Final = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
#: Newton steps after which `erfinv` no longer changes.
_STEPS: Final = 4

erfc = np.vectorize(math.erfc, otypes=[np.float64])


def _log_of_gamma(x: float) -> float:
    """log |Gamma(x)|; infinite at 0, -1, -2, ... and at both infinities."""
    if math.isnan(x):
        return x
    if math.isinf(x) or (x <= 0 and x == math.floor(x)):
        return math.inf
    try:
        return math.lgamma(x)
    except OverflowError:
        return math.inf


lgamma = np.vectorize(_log_of_gamma, otypes=[np.float64])


def erfinv(y: Array) -> Array:
    """The x with erf(x) = y; infinite at -1 and 1, no number beyond.

    Begins at Winitzki's approximation (A handy approximation for the error function and its
    inverse, 2008) and takes Halley steps; beyond 1/2 on erfc, where erf has lost its digits.
    """
    with np.errstate(all="ignore"):
        log = np.log1p(-y * y)
        part = 2 / (math.pi * 0.147) + log / 2
        x = np.sqrt(np.sqrt(part * part - log / 0.147) - part)
        size = np.abs(y)
        for _ in range(_STEPS):
            missing = np.where(size < 0.5, size - erf(x), erfc(x) - (1 - size))
            newton = missing * math.sqrt(math.pi) / 2 * np.exp(x * x)
            x = x + newton / (1 - x * newton)
        outside = np.where(size == 1, np.inf, np.nan)
        return np.copysign(np.where(size < 1, x, outside), y)


def digamma(x: Array) -> Array:
    """psi(x), the slope of log Gamma; infinite at 0, no number at -1, -2, ...

    psi(x) = log x - 1/(2x) - sum over k of B_2k/(2k x^2k), Abramowitz and Stegun 6.3.18; up to
    there by psi(x) = psi(x + 1) - 1/x, below 0 by psi(x) = psi(1 - x) - pi/tan(pi x) (6.3.5, 7).
    """
    with np.errstate(all="ignore"):
        high, below = _raised(np.where(x < 0, 1 - x, x), lambda x: 1 / x)
        series = np.log(high) - 1 / (2 * high) - _tail(high, 2, lambda k: 1 / (2 * k))
        angle = math.pi * (x - np.trunc(x))
        found = series - below - np.where(x < 0, math.pi / np.tan(angle), 0.0)
        found = np.where((x < 0) & (x == np.floor(x)), np.nan, found)
        return np.where(x == 0, np.copysign(np.inf, -x), found)


def trigamma(x: Array) -> Array:
    """psi'(x); infinite at 0, -1, -2, ...

    psi'(x) = 1/x + 1/(2x^2) + sum over k of B_2k/x^(2k + 1), Abramowitz and Stegun 6.4.12; up to
    there by psi'(x) = psi'(x + 1) + 1/x^2, below 0 by psi'(x) = pi^2/sin(pi x)^2 - psi'(1 - x).
    """
    with np.errstate(all="ignore"):
        high, below = _raised(np.where(x < 0, 1 - x, x), lambda x: 1 / (x * x))
        series = 1 / high + 1 / (2 * high * high) + _tail(high, 3, lambda k: 1.0)
        found = series + below
        angle = math.pi * (x - np.trunc(x))
        found = np.where(x < 0, (math.pi / np.sin(angle)) ** 2 - found, found)
        return np.where((x <= 0) & (x == np.floor(x)), np.inf, found)


def _raised(x: Array, term: Callable[[Array], Array]) -> tuple[Array, Array]:
    """x + n beyond `_FAR`, and the sum of the terms of x, x + 1, ..., x + n - 1."""
    total = np.zeros_like(x)
    for _ in range(int(_FAR)):
        near = x < _FAR
        total = total + np.where(near, term(x), 0.0)
        x = np.where(near, x + 1, x)
    return x, total


def _tail(x: Array, power: int, share: Callable[[int], float]) -> Array:
    """The sum over k = 1, 2, ... of share(k) B_2k / x^(2k + power - 2)."""
    total = np.zeros_like(x)
    for k, number in enumerate(_BERNOULLI, 1):
        total = total + share(k) * number * x ** -(2.0 * k + power - 2)
    return total

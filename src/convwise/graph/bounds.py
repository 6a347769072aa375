"""What an expression is at least, for all positive sizes; must never build an expression.

Source: floor(E/d) lies between (E - d + 1)/d and E/d, so every nest of floors lies in a band of
constant width around a polynomial.
"""

from __future__ import annotations

from math import gcd
from typing import NamedTuple

from convwise.graph.polynomial import CONSTANT, Monomial, Terms


class Bounds(NamedTuple):
    """scale*E lies between slopes + low and slopes + high; slopes are integers per monomial."""

    scale: int
    slopes: Terms
    low: int
    high: int


NOTHING = Bounds(1, {}, 0, 0)


def exactly(monomial: Monomial) -> Bounds:
    """A monomial of which nothing is known but its own least value."""
    return Bounds(1, {monomial: 1}, 0, 0)


def of_terms(terms: Terms) -> Bounds:
    """The band of a sum."""
    result = NOTHING
    for monomial, coefficient in terms.items():
        if monomial == CONSTANT:
            shift = coefficient * result.scale
            result = result._replace(low=result.low + shift, high=result.high + shift)
        elif len(monomial) == 1:
            result = _sum(result, monomial[0].bounds, coefficient)
        else:
            result = _sum(result, exactly(monomial), coefficient)
    return result


def floored(band: Bounds, divisor: int) -> Bounds:
    """The band of floor(E/divisor)."""
    low = band.low - (divisor - 1) * band.scale
    return Bounds(band.scale * divisor, band.slopes, low, band.high)


def _sum(left: Bounds, right: Bounds, times: int) -> Bounds:
    scale = left.scale * right.scale // gcd(left.scale, right.scale)
    one, two = scale // left.scale, scale // right.scale * times
    slopes = {monomial: one * slope for monomial, slope in left.slopes.items()}
    for monomial, slope in right.slopes.items():
        slopes[monomial] = slopes.get(monomial, 0) + two * slope
    ends = (right.low, right.high) if times > 0 else (right.high, right.low)
    return Bounds(scale, slopes, one * left.low + two * ends[0], one * left.high + two * ends[1])


def least(terms: Terms) -> int | None:
    """An integer that the sum never falls below, None when none is known."""
    band = of_terms(terms)
    total = band.low
    for monomial, slope in band.slopes.items():
        if not slope:
            continue
        smallest = _least_product(monomial)
        if slope < 0 or smallest is None:
            return None
        total += slope * smallest
    return -(-total // band.scale)


def _least_product(monomial: Monomial) -> int | None:
    result = 1
    for atom in monomial:
        smallest = atom.least
        if smallest is None or (smallest < 0 and len(monomial) > 1):
            return None
        result *= smallest
    return result

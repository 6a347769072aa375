"""What an expression is at least, for all positive sizes; must never build an expression.

Source: floor(E/d) lies between (E - d + 1)/d and E/d, so every nest of floors lies in a band of
constant width around a polynomial.
"""

from __future__ import annotations

from math import lcm
from typing import NamedTuple, final

from convwise.graph.atoms import Floor, Max, Reader, Symbol
from convwise.graph.polynomial import CONSTANT, Monomial, Terms


class _Band(NamedTuple):
    """scale*E lies between slopes + low and slopes + high; slopes are integers per monomial."""

    scale: int
    slopes: Terms
    low: int
    high: int


@final
class _BandOf(Reader[_Band]):
    """The band of an atom; of maxima and of floors by sizes only their least value is known."""

    __slots__ = ()

    def symbol(self, atom: Symbol) -> _Band:
        return _Band(1, {(atom,): 1}, 0, 0)

    def floor(self, atom: Floor) -> _Band:
        if not atom.number:
            return _Band(1, {(atom,): 1}, 0, 0)
        over = _band(atom.over)
        low = over.low - (atom.number - 1) * over.scale
        return _Band(over.scale * atom.number, over.slopes, low, over.high)

    def maximum(self, atom: Max) -> _Band:
        return _Band(1, {(atom,): 1}, 0, 0)


@final
class _LeastOf(Reader[int | None]):
    """An integer that an atom never falls below."""

    __slots__ = ()

    def symbol(self, atom: Symbol) -> int | None:
        return 1

    def floor(self, atom: Floor) -> int | None:
        over = least(atom.over)
        if over is None:
            return None
        if atom.number:
            return over // atom.number
        under = least(atom.under)
        return 0 if over >= 0 and under is not None and under > 0 else None

    def maximum(self, atom: Max) -> int | None:
        found = [least(atom.left), least(atom.right)]
        return max([value for value in found if value is not None], default=None)


_BAND_OF = _BandOf()
_LEAST_OF = _LeastOf()


def least(terms: Terms) -> int | None:
    """An integer that the polynomial never falls below, None when none is known."""
    band = _band(terms)
    total = band.low
    for monomial, slope in band.slopes.items():
        if not slope:
            continue
        smallest = least_product(monomial)
        if slope < 0 or smallest is None:
            return None
        total += slope * smallest
    return -(-total // band.scale)


def least_product(monomial: Monomial) -> int | None:
    """The same for a product of atoms."""
    result = 1
    for atom in monomial:
        smallest = atom.read_by(_LEAST_OF)
        if smallest is None or (smallest < 0 and len(monomial) > 1):
            return None
        result *= smallest
    return result


def _band(terms: Terms) -> _Band:
    result = _Band(1, {}, 0, 0)
    for monomial, coefficient in terms.items():
        if monomial == CONSTANT:
            shift = coefficient * result.scale
            low, high = result.low + shift, result.high + shift
            result = _Band(result.scale, result.slopes, low, high)
        elif len(monomial) == 1:
            result = _sum(result, monomial[0].read_by(_BAND_OF), coefficient)
        else:
            result = _sum(result, _Band(1, {monomial: 1}, 0, 0), coefficient)
    return result


def _sum(left: _Band, right: _Band, times: int) -> _Band:
    scale = lcm(left.scale, right.scale)
    one, two = scale // left.scale, scale // right.scale * times
    slopes = {monomial: one * slope for monomial, slope in left.slopes.items()}
    for monomial, slope in right.slopes.items():
        slopes[monomial] = slopes.get(monomial, 0) + two * slope
    ends = (right.low, right.high) if times > 0 else (right.high, right.low)
    return _Band(scale, slopes, one * left.low + two * ends[0], one * left.high + two * ends[1])

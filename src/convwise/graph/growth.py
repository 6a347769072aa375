"""How an expression grows with one size: a straight line plus something that repeats.

Sums, floors by numbers and maxima of such expressions are such expressions again, from some size
on. Must never hold a constraint; `solve` builds on it.
"""

from __future__ import annotations

from math import gcd, lcm
from typing import NamedTuple, final

from convwise.graph.atoms import Floor, Max, Reader, Symbol
from convwise.graph.polynomial import Terms

#: Longer periods are not followed.
MOST_PERIOD = 1 << 32


class Growth(NamedTuple):
    """For sizes h >= start: slope*h + low <= scale*E(h) <= slope*h + high, and
    E(h + period) = E(h) + slope*period/scale, an integer. `rising`: E never falls, for any h >= 1.
    """

    scale: int
    slope: int
    low: int
    high: int
    period: int = 1
    start: int = 1
    rising: bool = True


@final
class _GrowthOf(Reader[Growth | None]):
    """The growth of an atom; None where sizes are divided by each other."""

    __slots__ = ()

    def symbol(self, atom: Symbol) -> Growth | None:
        return Growth(1, 1, 0, 0)

    def floor(self, atom: Floor) -> Growth | None:
        over = of_terms(atom.over)
        return None if over is None or not atom.number else _floored(over, atom.number)

    def maximum(self, atom: Max) -> Growth | None:
        left, right = of_terms(atom.left), of_terms(atom.right)
        return None if left is None or right is None else _larger(left, right)


_GROWTH_OF = _GrowthOf()


def of_terms(terms: Terms) -> Growth | None:
    """The growth of a sum; None where sizes are multiplied or divided by each other."""
    result = Growth(1, 0, 0, 0)
    for monomial, coefficient in terms.items():
        if not monomial:
            part: Growth | None = Growth(1, 0, 1, 1)
        else:
            part = monomial[0].read_by(_GROWTH_OF) if len(monomial) == 1 else None
        if part is None:
            return None
        result = _sum(result, part, coefficient)
    return result if result.period <= MOST_PERIOD else None


def _sum(left: Growth, right: Growth, times: int) -> Growth:
    scale = lcm(left.scale, right.scale)
    one, two = scale // left.scale, scale // right.scale * times
    ends = (right.low, right.high) if times > 0 else (right.high, right.low)
    flat = right.slope == 0 and right.low == right.high
    return Growth(
        scale,
        one * left.slope + two * right.slope,
        one * left.low + two * ends[0],
        one * left.high + two * ends[1],
        lcm(left.period, right.period),
        max(left.start, right.start),
        left.rising and (flat or (right.rising and times > 0)),
    )


def _floored(over: Growth, divisor: int) -> Growth:
    """The growth of floor(E/divisor): floor(x) lies between x - (divisor - 1)/divisor and x."""
    step = over.slope * over.period // over.scale
    return Growth(
        over.scale * divisor,
        over.slope,
        over.low - (divisor - 1) * over.scale,
        over.high,
        over.period * (divisor // gcd(divisor, step)),
        over.start,
        over.rising,
    )


def _larger(left: Growth, right: Growth) -> Growth:
    """The growth of a maximum: from some size on the steeper one is the larger one."""
    scale = lcm(left.scale, right.scale)
    one, two = scale // left.scale, scale // right.scale
    steep = one * left.slope - two * right.slope
    if steep < 0:
        return _larger(right, left)
    start = max(left.start, right.start)
    rising = left.rising and right.rising
    if steep == 0:
        return Growth(
            scale,
            one * left.slope,
            max(one * left.low, two * right.low),
            max(one * left.high, two * right.high),
            lcm(left.period, right.period),
            start,
            rising,
        )
    meet = -((one * left.low - two * right.high) // steep)
    return left._replace(start=max(start, meet), rising=rising)

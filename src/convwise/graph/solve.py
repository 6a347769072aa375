"""Which sizes satisfy an equation in one symbol, exactly; must never guess: None where unknown."""

from __future__ import annotations

from math import lcm
from typing import NamedTuple

from convwise.graph import growth
from convwise.graph.expression import Expr
from convwise.graph.growth import MOST_PERIOD, Growth
from convwise.graph.size_set import MOST_SIZES, SizeSet


class Problem(NamedTuple):
    """difference == 0 (when `equal`) or difference >= 0, in one symbol."""

    difference: Expr
    symbol: str
    equal: bool
    growth: Growth

    def holds(self, size: int) -> bool:
        value = self.difference.substitute({self.symbol: size})
        return value == 0 if self.equal else type(value) is int and value >= 0


def problem(difference: Expr, equal: bool) -> Problem | None:
    """The equation with its growth; None when it has several symbols or is not of that form."""
    symbols = difference.symbols
    if len(symbols) != 1:
        return None
    found = growth.of_terms(difference.terms)
    if found is None:
        return None
    if equal and found.slope < 0:
        return problem(-difference, equal)
    return Problem(difference, next(iter(symbols)), equal, found)


class _Plan(NamedTuple):
    """From `growth.start` to before `first` nothing holds; from `begin` on, `tail` does."""

    first: int
    begin: int
    tail: str


def narrowed(sizes: SizeSet, wanted: Problem, limit: int = MOST_SIZES) -> SizeSet | None:
    """The sizes among these that satisfy it; None when more than `limit` had to be tried."""
    plan = _plan(wanted)
    start = max(sizes.start, plan.begin)
    known = wanted.growth.start
    tried = sizes.crowd(1, min(known, start)) + sizes.crowd(plan.first, start)
    modulus = sizes.modulus
    if plan.tail == "repeats":
        modulus = lcm(modulus, wanted.growth.period)
        tried += len(sizes.residues) * (modulus // sizes.modulus)
    if tried > limit or modulus > MOST_PERIOD:
        return None
    early = sizes.members(1, min(known, start))
    late = sizes.members(max(plan.first, known), start)
    low = [size for part in (early, late) for size in part if wanted.holds(size)]
    if plan.tail == "none":
        return SizeSet(frozenset(low), start, 1, frozenset())
    if plan.tail == "all":
        return SizeSet(frozenset(low), start, modulus, sizes.residues)
    later = SizeSet(frozenset(), start, sizes.modulus, sizes.residues)
    kept = [size % modulus for size in later.members(start, start + modulus) if wanted.holds(size)]
    return SizeSet(frozenset(low), start, modulus, frozenset(kept))


def _plan(wanted: Problem) -> _Plan:
    _, slope, low, high, _, start, rising = wanted.growth
    if slope == 0:
        return _Plan(start, start, "repeats")
    if slope < 0:
        # slope*h + high < 0 beyond this size
        return _Plan(start, max(start, high // -slope + 1), "none")
    first = max(start, -(high // slope))
    sure = max(start, -(low // slope))
    if wanted.equal:
        return _Plan(first, max(first, -low // slope + 1), "none")
    if rising and sure - first > 8:
        first = sure = _first_that_holds(wanted, first, sure)
    return _Plan(first, sure, "all")


def _first_that_holds(wanted: Problem, low: int, high: int) -> int:
    """Bisection between sizes: it holds at `high` and, once it holds, for all larger sizes."""
    while low < high:
        middle = (low + high) // 2
        if wanted.holds(middle):
            high = middle
        else:
            low = middle + 1
    return high

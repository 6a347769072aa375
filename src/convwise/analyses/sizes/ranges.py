"""Solves the demands on one letter: accepted and good sizes, and why; must never meet a graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from convwise.analyses.sizes.demands import Ask, Demand
from convwise.analyses.sizes.facts import Least, Loss, Member, Range, Reason, Stated
from convwise.analyses.sizes.sets import above, below, common, told
from convwise.graph.size_set import ALL, SizeSet

#: Where a set cannot be solved, every size up to this one is tried.
MOST_TRIED = 512

#: Sizes that lose the least are told up to this number.
MOST_LEAST = 4


class Solved(NamedTuple):
    """Sizes that satisfy all demands; known up to MOST_TRIED only, or for all sizes."""

    sizes: SizeSet
    all_known: bool


def solved(demands: Sequence[Demand], letter: str) -> Solved:
    """The sizes that satisfy all demands, each of which is about this letter alone."""
    found = ALL
    left = []
    for demand in demands:
        sizes = demand.solved()
        both = common(found, sizes) if sizes is not None else None
        if both is None:
            left.append(demand)
        else:
            found = both
    if not left:
        return Solved(found, True)
    kept = [
        size
        for size in found.members(1, MOST_TRIED + 1)
        if all(demand.replaced({letter: size}) is True for demand in left)
    ]
    return Solved(SizeSet(frozenset(kept), MOST_TRIED + 1, 1, frozenset()), False)


def ranged(
    letter: str, members: tuple[Member, ...], demands: Sequence[Demand], stated: int | None
) -> Range:
    """Everything about one letter. `stated`: its size in the source."""
    demands = list(dict.fromkeys(demands))
    must = [demand for demand in demands if demand.ask is Ask.FITS]
    accepted = solved(must, letter)
    good = solved(demands, letter)
    rest = [demand for demand in demands if demand.ask is not Ask.FITS]
    least, until = ((), None) if not good.sizes.empty else _least(accepted.sizes, rest, letter)
    return Range(
        letter,
        members,
        accepted.sizes,
        good.sizes,
        None if accepted.all_known and good.all_known else (1, MOST_TRIED),
        None if stated is None else _stated(stated, accepted.sizes, good.sizes, demands, letter),
        least,
        until,
        _reasons(demands, accepted.sizes),
    )


def _stated(
    size: int, accepted: SizeSet, good: SizeSet, demands: Sequence[Demand], letter: str
) -> Stated:
    losses = lost(demands, {letter: size})
    return Stated(size, size in accepted, losses, below(good, size), above(good, size))


def lost(demands: Sequence[Demand], values: dict[str, int]) -> tuple[Loss, ...]:
    """What is not fulfilled at these sizes, in the order of the layers."""
    return tuple(
        [
            Loss(one.layer, one.line, one.ask, one.role, one.left_over(values))
            for one in demands
            if one.replaced(values) is False
        ]
    )


def _least(
    accepted: SizeSet, demands: Sequence[Demand], letter: str
) -> tuple[tuple[Least, ...], int | None]:
    """The sizes of the first period that lose the fewest pixels."""
    if accepted.empty:
        return (), None
    modulus = accepted.modulus
    for demand in demands:
        sizes = demand.solved()
        both = common(SizeSet(frozenset(), 1, modulus, frozenset((0,))), sizes) if sizes else None
        modulus = both.modulus if both is not None and both.residues else modulus
    first = accepted.first()
    end = first + min(max(modulus, 16), MOST_TRIED)
    tried = [Least(size, lost(demands, {letter: size})) for size in accepted.members(first, end)]
    fewest = min([_pixels(one) for one in tried])
    return tuple([one for one in tried if _pixels(one) == fewest][:MOST_LEAST]), end - 1


def _pixels(least: Least) -> int:
    return sum([loss.pixels for loss in least.losses])


def _reasons(demands: Sequence[Demand], accepted: SizeSet) -> tuple[Reason, ...]:
    """Layers that ask for the same sizes, together; below the smallest accepted size all alike.

    Of those that only ask for a least size, the ones that ask for the largest.
    """
    first = 1 if accepted.empty else accepted.first()
    from_first = SizeSet(frozenset(), first, 1, frozenset((0,)))
    groups: dict[tuple[Ask, str], tuple[SizeSet, list[Demand]]] = {}
    for demand in demands:
        sizes = demand.solved()
        shown = common(sizes, from_first) if sizes is not None else None
        if shown is None or (shown == from_first.settled() and first not in _firsts(sizes, first)):
            continue
        groups.setdefault((demand.ask, told(shown)), (shown, []))[1].append(demand)
    named = any(demand.layer for _, group in groups.values() for demand in group)
    found = []
    for (ask, _), (shown, group) in groups.items():
        layers = tuple(dict.fromkeys([one.layer for one in group if one.layer or not named]))
        if layers:
            roles = tuple(dict.fromkeys([one.role for one in group if one.role]))
            found.append(Reason(ask, layers[:3], max(len(layers) - 3, 0), roles, shown))
    return tuple(found)


def _firsts(sizes: SizeSet | None, first: int) -> tuple[int, ...]:
    """The size itself where the set begins there, and not before."""
    return () if sizes is None or first == 1 or sizes.first() < first else (first,)

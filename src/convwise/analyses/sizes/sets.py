"""Sets of sizes joined, cut and told in words: "16 k", "4 + 8 k"; must never know a network."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import lcm

from convwise.graph.size_set import SizeSet

#: What this room hands to those that show it.
Set = SizeSet

#: Longer periods are not listed.
MOST_RESIDUES = 1 << 16

#: Runs of sizes that are told in full.
MOST_RUNS = 3


def union(one: SizeSet, other: SizeSet) -> SizeSet | None:
    """The sizes in either; None when the period is too long to be listed."""
    return _listed(one, other, either=True)


def common(one: SizeSet, other: SizeSet) -> SizeSet | None:
    """The sizes in both; None when the period is too long to be listed."""
    return _listed(one, other, either=False)


def _listed(one: SizeSet, other: SizeSet, *, either: bool) -> SizeSet | None:
    start = max(one.start, other.start)
    modulus = lcm(one.modulus, other.modulus)
    if modulus > MOST_RESIDUES or start > MOST_RESIDUES:
        return None
    found = []
    for size in range(1, start + modulus):
        first = size in one
        if (first or size in other) if either else (first and size in other):
            found.append(size)
    low = frozenset([size for size in found if size < start])
    late = frozenset([size % modulus for size in found if size >= start])
    return SizeSet(low, start, modulus, late).settled()


def below(sizes: SizeSet, size: int) -> int | None:
    """The largest member under a size."""
    near = size - 1
    floor = max(sizes.start, size - sizes.modulus)
    while near >= floor:
        if near in sizes:
            return near
        near -= 1
    return max([one for one in sizes.low if one < size], default=None)


def above(sizes: SizeSet, size: int) -> int | None:
    """The smallest member over a size."""
    near = [one for one in sizes.low if one > size]
    if near:
        return min(near)
    begin = max(sizes.start, size + 1)
    return next(sizes.members(begin, begin + sizes.modulus), None)


def told(sizes: SizeSet) -> str:
    """The set as a person writes it, k being 0, 1, 2, ...; multiples as "16 k"."""
    sizes = sizes.settled()
    if sizes.empty:
        return "none"
    if not sizes.residues:
        return _runs(sorted(sizes.low))
    if not sizes.low and sizes.modulus == 1:
        return "any" if sizes.start == 1 else f"{sizes.start} or more"
    begin = sizes.start
    tail = list(sizes.members(begin, begin + sizes.modulus))
    head = f"{_runs(sorted(sizes.low))}, " if sizes.low else ""
    if sizes.modulus == 1:
        return f"{head}{begin} or more"
    return head + _repeating(tail, sizes.modulus)


def _repeating(tail: Sequence[int], modulus: int) -> str:
    """One period, and how it goes on."""
    if len(tail) == 1:
        first = tail[0]
        if first == modulus:
            return f"{modulus} k"
        if first % modulus == 0:
            return f"{modulus} k from {first}"
        return f"{first} + {modulus} k"
    if len(_folded(tail)) <= MOST_RUNS:
        return f"({_runs(tail)}) + {modulus} k"
    shown = ", ".join([str(size) for size in tail[:4]])
    return f"{shown}, ... ({len(tail)} of every {modulus})"


def _runs(ordered: Sequence[int]) -> str:
    runs = _folded(ordered)
    steps = {after - before for before, after in pairwise(ordered)}
    if len(ordered) > 2 and len(steps) == 1 and steps != {1}:
        return f"{ordered[0]} to {ordered[-1]} in steps of {steps.pop()}"
    if len(runs) > 2 * MOST_RUNS:
        shown = ", ".join([_run(run) for run in runs[:MOST_RUNS]])
        return f"{shown}, ... {_run(runs[-1])} ({len(ordered)} sizes)"
    return ", ".join([_run(run) for run in runs])


def _run(run: tuple[int, int]) -> str:
    first, last = run
    if first == last:
        return str(first)
    return f"{first}, {last}" if last == first + 1 else f"{first} to {last}"


def _folded(ordered: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbouring sizes as (first, last)."""
    runs: list[tuple[int, int]] = []
    for size in ordered:
        if runs and runs[-1][1] == size - 1:
            runs[-1] = (runs[-1][0], size)
        else:
            runs.append((size, size))
    return runs

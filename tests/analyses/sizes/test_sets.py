"""Sets of sizes: joined, cut and told as a person writes them."""

from __future__ import annotations

import pytest

from convwise.analyses.sizes.sets import above, below, common, told, union
from convwise.graph.size_set import ALL, SizeSet

NONE: frozenset[int] = frozenset()


def repeating(start: int, modulus: int, *residues: int) -> SizeSet:
    return SizeSet(NONE, start, modulus, frozenset(residues))


def listed(*sizes: int) -> SizeSet:
    return SizeSet(frozenset(sizes), max(sizes, default=0) + 1, 1, NONE)


@pytest.mark.parametrize(
    ("sizes", "text"),
    [
        (ALL, "any"),
        (repeating(1, 16, 0), "16 k"),
        (repeating(40, 16, 0), "16 k from 48"),
        (repeating(1, 8, 4), "4 + 8 k"),
        (repeating(36, 8, 4), "36 + 8 k"),
        (repeating(6, 4, 2, 3), "(6, 7) + 4 k"),
        (repeating(9, 1, 0), "9 or more"),
        (listed(), "none"),
        (listed(20, 21, 22, 23), "20 to 23"),
        (listed(5, 9, 13), "5 to 13 in steps of 4"),
        (listed(*range(4, 97, 4)), "4 to 96 in steps of 4"),
        (SizeSet(frozenset({2}), 8, 4, frozenset({0})), "2, 4 k from 8"),
    ],
)
def test_told(sizes: SizeSet, text: str) -> None:
    assert told(sizes) == text


SETS = (
    ALL,
    repeating(1, 6, 0),
    repeating(7, 4, 1, 2),
    listed(3, 5, 12),
    SizeSet(frozenset({2, 5}), 9, 3, frozenset({1})),
)


@pytest.mark.parametrize("one", range(len(SETS)))
@pytest.mark.parametrize("other", range(len(SETS)))
def test_joined_and_cut_size_by_size(one: int, other: int) -> None:
    first, second = SETS[one], SETS[other]
    both, either = common(first, second), union(first, second)
    assert both is not None
    assert either is not None
    for size in range(1, 80):
        assert (size in both) == (size in first and size in second)
        assert (size in either) == (size in first or size in second)


@pytest.mark.parametrize("number", range(len(SETS)))
def test_neighbours(number: int) -> None:
    sizes = SETS[number]
    members = [size for size in range(1, 200) if size in sizes]
    for size in range(1, 60):
        assert below(sizes, size) == max([m for m in members if m < size], default=None)
        assert above(sizes, size) == min([m for m in members if m > size], default=None)


def test_periods_that_are_too_long_are_not_listed() -> None:
    assert common(repeating(1, 65_537, 0), repeating(1, 65_539, 0)) is None

"""Sets of sizes that repeat: the shortest form and the said form are the same set."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from convwise.graph.size_set import ALL, SizeSet, shape

UP_TO = 150


@st.composite
def size_sets(draw):
    modulus = draw(st.integers(1, 24))
    residues = draw(st.frozensets(st.integers(0, modulus - 1)))
    start = draw(st.integers(1, 60))
    low = draw(st.frozensets(st.integers(1, 60).filter(lambda size: size < start)))
    return SizeSet(low, start, modulus, residues)


@st.composite
def plain_sets(draw):
    """One or neighbouring residues from some size on: what a person can say."""
    modulus = draw(st.integers(1, 24))
    begin, width = draw(st.integers(0, modulus - 1)), draw(st.integers(1, modulus))
    residues = frozenset([(begin + step) % modulus for step in range(width)])
    start = draw(st.integers(1, 60))
    low = [size for size in range(1, start) if size % modulus in residues]
    kept = draw(st.sampled_from([0, len(low) // 2, len(low)]))
    return SizeSet(frozenset(low[kept:]), start, modulus, residues)


def listed(sizes):
    return [size for size in range(1, UP_TO) if size in sizes]


@given(size_sets())
@settings(max_examples=300, derandomize=True, deadline=None)
def test_the_shortest_form_is_the_same_set(sizes):
    settled = sizes.settled()
    assert listed(settled) == listed(sizes)
    assert settled.start <= sizes.start
    assert settled.modulus <= sizes.modulus
    assert settled.settled() == settled


@given(size_sets(), st.integers(1, UP_TO), st.integers(1, UP_TO))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_members_are_listed_in_order_and_not_undercounted(sizes, begin, end):
    members = list(sizes.members(begin, end))
    assert members == [size for size in range(begin, end) if size in sizes]
    assert len(members) <= sizes.crowd(begin, end)


def check_shape(sizes):
    said = shape(sizes)
    if said is None:
        return False
    least, most = said.within
    assert listed(sizes) == [
        size
        for size in range(max(said.first, 1), min(said.last or UP_TO, UP_TO - 1) + 1)
        if said.modulus == 1 or least <= (size + said.shift) % said.modulus <= most
    ]
    return True


@given(size_sets())
@settings(max_examples=300, derandomize=True, deadline=None)
def test_what_is_said_is_the_same_set(sizes):
    settled = sizes.settled()
    if not settled.empty:
        check_shape(settled)
        assert settled.first() == next(size for size in range(1, UP_TO) if size in settled)


@given(plain_sets())
@settings(max_examples=300, derandomize=True, deadline=None)
def test_plain_sets_are_always_said(sizes):
    assert check_shape(sizes.settled())


def test_all_sizes():
    assert listed(ALL) == list(range(1, UP_TO))
    assert ALL.settled() == ALL
    assert SizeSet(frozenset(range(1, 9)), 9, 4, frozenset(range(4))).settled() == ALL

"""Holds sizes that were solved to what the reader says at a few of them; must never solve."""

from __future__ import annotations

from collections.abc import Callable

from convwise.analyses.evaluate import at_batch
from convwise.analyses.sizes.demands import reading
from convwise.analyses.sizes.facts import Range, Sizes
from convwise.analyses.sizes.free import Freed
from convwise.analyses.sizes.sets import above, below
from convwise.graph.dims import evaluate
from convwise.graph.nodes import Graph

#: The network with these numbers for letters; None where it cannot be read.
ReadAt = Callable[[dict[str, int]], Graph | None]

#: How far from the size in the source the reader is asked, apart from the good sizes next to it.
NEAR = (-2, -1, 1, 2, 8)


def agrees(answer: Sizes, free: Freed, read: ReadAt) -> bool:
    """Whether the network can be read, and loses nothing, where the answer says so."""
    ranges = [*answer.axes, *[one for joint in answer.together for one in joint.each]]
    for one in ranges:
        for size in _probes(one):
            if not _holds(answer, one, size, read(_asked(free, one, size))):
                return False
    return True


def least_read(answer: Sizes, free: Freed, read: ReadAt) -> dict[str, int]:
    """By letter: the smallest accepted size that can be read, where the smallest one cannot be.

    What is refused for numbers only, such as a variance over a single position, is refused below
    some size; the sizes in between are halved. Where weights hold the size, nothing is found out.
    """
    found = {}
    for one in answer.axes:
        if one.stated is None or not one.stated.accepted:
            continue
        first = one.accepted.first()
        if not _kept(answer, one, first) or read(_asked(free, one, first)) is not None:
            continue
        members = list(one.accepted.members(first, one.stated.size + 1))
        refused, taken = 0, len(members) - 1
        while taken - refused > 1:
            middle = (refused + taken) // 2
            if read(_asked(free, one, members[middle])) is None:
                refused = middle
            else:
                taken = middle
        found[one.letter] = members[taken]
    return found


def _asked(free: Freed, one: Range, size: int) -> dict[str, int]:
    """A number for every letter: this size and what follows from it, the others as stated."""
    asked = {axis.letter: axis.stated for axis in free.axes if axis.stated is not None}
    for member in one.members:
        dim = evaluate(member.dim, {one.letter: size})
        asked[member.letter] = dim if type(dim) is int else asked[member.letter]
    return asked


def _kept(answer: Sizes, one: Range, size: int) -> bool:
    """Whether all weights keep their shapes at this size."""
    held = [sizes for pin in answer.pins for name, sizes in pin.each if name == one.letter]
    return all(size in sizes for sizes in held)


def _probes(one: Range) -> list[int]:
    if one.stated is None:
        return []
    size = one.stated.size
    near = {size + step for step in NEAR}
    near |= {found for found in (below(one.good, size), above(one.good, size)) if found}
    return sorted([found for found in near if 0 < found <= 2 * size + 64])


def _holds(answer: Sizes, one: Range, size: int, graph: Graph | None) -> bool:
    accepted = size in one.accepted
    if graph is None:
        return not accepted or not _kept(answer, one, size)
    roles = {member.role for member in one.members}
    left_out = [found for found in reading(graph, at_batch(graph)) if found.role in roles]
    loses = any(found.left_over({}) for found in left_out)
    return accepted and not (loses and size in one.good)

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
    values = {axis.letter: axis.stated for axis in free.axes}
    known = {letter: size for letter, size in values.items() if size is not None}
    ranges = [*answer.axes, *[one for joint in answer.together for one in joint.each]]
    for one in ranges:
        for size in _probes(one):
            asked = dict(known)
            for member in one.members:
                dim = evaluate(member.dim, {one.letter: size})
                asked[member.letter] = dim if type(dim) is int else asked[member.letter]
            if not _holds(answer, one, size, read(asked)):
                return False
    return True


def _probes(one: Range) -> list[int]:
    if one.stated is None:
        return []
    size = one.stated.size
    near = {size + step for step in NEAR}
    near |= {found for found in (below(one.good, size), above(one.good, size)) if found}
    return sorted([found for found in near if 0 < found <= 2 * size + 64])


def _holds(answer: Sizes, one: Range, size: int, graph: Graph | None) -> bool:
    accepted = size in one.accepted
    kept = [size in sizes for pin in answer.pins for name, sizes in pin.each if name == one.letter]
    if graph is None:
        return not accepted or not all(kept)
    roles = {member.role for member in one.members}
    left_out = [found for found in reading(graph, at_batch(graph)) if found.role in roles]
    loses = any(found.left_over({}) for found in left_out)
    return accepted and not (loses and size in one.good)

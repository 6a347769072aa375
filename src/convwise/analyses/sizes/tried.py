"""Sizes of networks whose code computes with them: read at one size after the other, per axis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from convwise.analyses.evaluate import at_batch
from convwise.analyses.sizes.agreement import ReadAt
from convwise.analyses.sizes.demands import Ask, Change, changes, reading
from convwise.analyses.sizes.facts import How, Least, Loss, Member, Range, Sizes, Stated
from convwise.analyses.sizes.free import Freed, OpenAxis
from convwise.analyses.sizes.ranges import MOST_LEAST
from convwise.analyses.sizes.sets import above, below
from convwise.graph.dims import Dim, symbol
from convwise.graph.nodes import Graph
from convwise.graph.size_set import SizeSet

#: Sizes that are read on either side of the one in the source, at the most and at the least.
EITHER_SIDE = 64
AT_LEAST = 16

#: Operations that are read for one answer: of a large network fewer sizes are.
MOST_NODES = 8_000


class _Seen(NamedTuple):
    """What one reading shows: losses, and by how much layers that are no windows change sizes."""

    losses: tuple[Loss, ...]
    changes: tuple[Change, ...]


def tried(written: Graph, free: Freed, read: ReadAt) -> Sizes:
    """Each letter by itself, the others as in the source, near the size in the source."""
    shapes = []
    for value, shape in zip(written.inputs, free.shapes, strict=True):
        name = written.layers[written.nodes[value.node].layer].name
        shapes.append((name, tuple([str(dim) for dim in shape[1:]])))
    letters = list({axis.letter: axis for axis in free.axes}.values())
    span = MOST_NODES // (2 * len(letters) * len(written.nodes))
    span = min(max(span, AT_LEAST), EITHER_SIDE)
    return Sizes(
        written.name,
        written.source,
        written.dialect,
        tuple(shapes),
        tuple([_range(axis, free.axes, span, read) for axis in letters]),
        (),
        (),
        (),
        How.TRIED,
        written.unknown,
    )


def _range(axis: OpenAxis, axes: Sequence[OpenAxis], span: int, read: ReadAt) -> Range:
    size = axis.stated or EITHER_SIDE
    first, last = max(size - span, 1), size + span
    values = {other.letter: other.stated or EITHER_SIDE for other in axes}
    seen = {}
    for one in range(first, last + 1):
        graph = read({**values, axis.letter: one})
        if graph is not None:
            seen[one] = _seen(graph, axis.role)
    losses = _with_repairs(seen)
    accepted = _listed(seen, last)
    good = _listed([one for one, lost in losses.items() if not lost], last)
    own = [one for one in axes if one.letter == axis.letter]
    stated = Stated(
        size, size in accepted, losses.get(size, ()), below(good, size), above(good, size)
    )
    return Range(
        axis.letter,
        tuple([Member(a.input, a.role, a.letter, symbol(a.letter), a.stated) for a in own]),
        accepted,
        good,
        (first, last),
        stated if axis.stated is not None else None,
        () if not good.empty else _least(losses),
        last if good.empty else None,
        (),
    )


def _listed(found: Iterable[int], last: int) -> SizeSet:
    return SizeSet(frozenset(found), last + 1, 1, frozenset())


def _seen(graph: Graph, role: str) -> _Seen:
    """What happens along one axis: what happens along the others does not change with it."""
    lost = [
        Loss(one.layer, one.line, one.ask, one.role, one.left_over({}))
        for one in reading(graph, at_batch(graph))
        if one.role == role
    ]
    moved = [one for one in changes(graph) if type(one.pixels) is int and one.role == role]
    return _Seen(tuple(lost), tuple(moved))


def _with_repairs(seen: Mapping[int, _Seen]) -> dict[int, tuple[Loss, ...]]:
    """Changes of size that come and go with the input's size are repairs where they are not 0."""
    amounts: dict[tuple[str, str], list[Dim]] = {}
    for one in seen.values():
        for change in one.changes:
            amounts.setdefault((change.layer, change.role), []).append(change.pixels)
    # What is nothing at a single size fits that size alone: a fixed size, and no repair.
    repairing = {key for key, found in amounts.items() if 1 < found.count(0) < len(found)}
    return {
        size: (*one.losses, *[_loss(c) for c in one.changes if _is_repair(c, repairing)])
        for size, one in seen.items()
    }


def _is_repair(change: Change, repairing: set[tuple[str, str]]) -> bool:
    return change.pixels != 0 and (change.layer, change.role) in repairing


def _loss(change: Change) -> Loss:
    pixels = change.pixels if type(change.pixels) is int else 0
    return Loss(change.layer, change.line, Ask.REPAIR, change.role, abs(pixels))


def _least(losses: dict[int, tuple[Loss, ...]]) -> tuple[Least, ...]:
    tried = [Least(size, lost) for size, lost in losses.items()]
    counts = [sum([loss.pixels for loss in one.losses]) for one in tried]
    if not counts:
        return ()
    pairs = zip(tried, counts, strict=True)
    return tuple([one for one, count in pairs if count == min(counts)][:MOST_LEAST])

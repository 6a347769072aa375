"""Operators that take and put values at places: ranges, rows of a table, indices."""

from __future__ import annotations

from typing import Final

from convwise.dialects.onnx.op import Built, Held, Op, Source
from convwise.dialects.onnx.table.entry import (
    Entry,
    NotClear,
    Plan,
    broken,
    chain,
    is_weight,
    one,
    position,
    size_of,
    tensor,
    values,
)
from convwise.errors import RuleError
from convwise.graph.dims import Dim
from convwise.kinds.embedding import Embedding
from convwise.kinds.gathering import Gather, Pick
from convwise.kinds.slicing import Cut, Slice
from convwise.kinds.views import Identity, Squeeze

_WHOLE: Cut = (None, None, None)


def _slice(op: Op) -> Built:
    """Starts and ends are attributes before version 10, inputs since."""
    source = tensor(op)
    starts, ends, axes, steps = _ranges(op)
    cuts: list[Cut] = [_WHOLE] * source.rank
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        place = position(op, axis, source.rank)
        cuts[place] = _cut(op, source.shape[place], start, end, step)
    while cuts and cuts[-1] == _WHOLE:
        cuts.pop()
    return chain(Slice(tuple(cuts)) if cuts else Identity())


def _ranges(op: Op) -> tuple[tuple[Dim, ...], tuple[Dim, ...], tuple[int, ...], tuple[int, ...]]:
    """Starts, ends, axes and steps, one each."""
    if op.version < 10:
        starts: tuple[Dim, ...] = op.integers("starts") or ()
        ends: tuple[Dim, ...] = op.integers("ends") or ()
        axes = op.integers("axes")
        steps = None
    else:
        starts, ends = [_sizes(op, place) for place in (1, 2)]
        axes, steps = [_plain(op, place) if op.has(place) else None for place in (3, 4)]
    axes = tuple(range(len(starts))) if axes is None else axes
    steps = (1,) * len(starts) if steps is None else steps
    if not len(starts) == len(ends) == len(axes) == len(steps):
        raise broken(
            f"Slice has {len(starts)} starts, {len(ends)} ends, {len(axes)} axes and "
            f"{len(steps)} steps, as many of each are needed"
        )
    return starts, ends, axes, steps


def _sizes(op: Op, place: int) -> tuple[Dim, ...]:
    what = "a bound"
    return tuple([size_of(op, value, what) for value in values(op, place, what)])


def _plain(op: Op, place: int) -> tuple[int, ...]:
    found = _sizes(op, place)
    known = tuple([value for value in found if type(value) is int])
    if len(known) != len(found):
        raise NotClear("the axes or steps of Slice")
    return known


#: Beyond this a bound means "to the end".
_FAR: Final = 1 << 31


def _cut(op: Op, size: Dim, start: Dim, end: Dim, step: int) -> Cut:
    """A range as Python writes it: bounds beyond the axis are left out."""
    if step == 0:
        raise RuleError("Slice has a step of 0", hint="export the model again")
    first, last = _bound(size, start), _bound(size, end)
    forward = step > 0
    if forward and (first == 0 or _far(first, size, -1)):
        first = None
    if _far(last, size, 1 if forward else -1):
        last = None
    if not forward and _far(first, size, 1):
        first = None
    found = (first, last, None if step == 1 else step)
    if type(size) is int and not len(range(*slice(*found).indices(size))):
        raise NotClear("Slice that leaves no values")
    return found


def _far(bound: int | None, size: Dim, side: int) -> bool:
    """Whether a bound is at or beyond an end of the axis: the last when `side` is 1."""
    if bound is None:
        return True
    if type(size) is int:
        return bound >= size if side > 0 else bound < -size
    return bound >= _FAR - 1 if side > 0 else bound <= -_FAR


def _bound(size: Dim, value: Dim) -> int | None:
    """A bound as a number: one that follows from the axis's size is counted from its end."""
    if type(value) is int:
        return value
    behind = value - size
    if type(behind) is not int or behind > 0:
        raise NotClear(f"the bound {value} of Slice along an axis of {size}")
    return behind if behind else None


def _gather(op: Op) -> Built:
    """Rows of a table of the file are an embedding; one number takes one place."""
    source, index = tensor(op), tensor(op, 1)
    axis = position(op, op.integer("axis", 0), source.rank)
    place = op.input(1).scalar
    if type(place) is int and index.rank == 0:
        return chain(Slice((*((_WHOLE,) * axis), place)))
    rows, width = source.shape if source.rank == 2 else (0, 0)
    known = type(rows) is int and type(width) is int and rows > 0
    if axis == 0 and known and is_weight(op, 0) and op.input(1).flows and index.rank:
        kind = Embedding(rows, width)  # type: ignore[arg-type]
        return one(kind, 1, weights={"table": Held(0)})
    return one(Pick((axis,)), 0, 1)


def _gather_elements(op: Op) -> Built:
    return one(Gather(position(op, op.integer("axis", 0), tensor(op).rank)), 0, 1)


def _gather_many(op: Op) -> Built:
    """Each row of the indices names a place along the leading axes."""
    source, index = tensor(op), tensor(op, 1)
    count = index.shape[-1] if index.rank else 0
    if op.integer("batch_dims", 0):
        raise NotClear("GatherND with axes that both have in common")
    if type(count) is not int or not 1 <= count <= source.rank:
        raise broken(f"GatherND with {count} places for {source.rank} axes")
    plan = Plan()
    whole = (_WHOLE,) * (index.rank - 1)
    if count == 1:
        rows: list[Source] = [plan.add(Squeeze((index.rank - 1,)), 1)]
    else:
        rows = [plan.add(Slice((*whole, place)), 1) for place in range(count)]
    return plan.built(plan.add(Pick(tuple(range(count))), 0, *rows))


ENTRIES = (
    Entry("Slice", _slice),
    Entry("Gather", _gather),
    Entry("GatherElements", _gather_elements),
    Entry("GatherND", _gather_many),
)

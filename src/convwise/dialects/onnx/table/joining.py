"""Operators that join tensors, take them apart, and choose among their values."""

from __future__ import annotations

from itertools import accumulate

from convwise.dialects.onnx.op import Built, Op, Source
from convwise.dialects.onnx.table.entry import (
    Entry,
    NotClear,
    Plan,
    broken,
    chain,
    given,
    integers,
    is_weight,
    one,
    plain,
    position,
    tensor,
)
from convwise.errors import RuleError
from convwise.graph.axes import describe
from convwise.kinds.choose import Where
from convwise.kinds.merge import Concatenate
from convwise.kinds.slicing import Cut, Slice
from convwise.kinds.views import Identity

_WHOLE: Cut = (None, None, None)


def _concat(op: Op) -> Built:
    places = given(op)
    if not places:
        raise RuleError("Concat has no inputs", hint="export the model again")
    axis = position(op, op.integer("axis", 1), tensor(op, places[0]).rank)
    filled = [place for place in places if tensor(op, place).shape[axis : axis + 1] != (0,)]
    if len(filled) < 2:
        return one(Identity(), filled[0] if filled else places[0])
    return one(Concatenate(axis), *filled)


def _split(op: Op) -> Built:
    """Parts of given sizes, or as many as there are outputs, the last one smaller."""
    source = tensor(op)
    axis = position(op, op.integer("axis", 0), source.rank)
    ends = _ends(op, axis)
    if len(ends) != len(op.outputs):
        raise broken(f"Split makes {len(ends)} parts for {len(op.outputs)} outputs")
    if len(ends) == 1:
        return chain(Identity())
    plan = Plan()
    parts: list[Source] = []
    for start, stop in zip([0, *ends[:-1]], ends, strict=True):
        if start >= stop:
            raise NotClear("Split into parts without values")
        cut = (start, stop, None)
        parts.append(plan.add(Slice((*((_WHOLE,) * axis), cut)), 0))
    return plan.built(*parts)


def _ends(op: Op, axis: int) -> list[int]:
    """Where each part ends."""
    source = tensor(op)
    size = source.shape[axis]
    said = op.integers("split") if op.version < 13 else _said(op)
    if said:
        ends = list(accumulate(said))
        if type(size) is int and ends[-1] != size:
            raise broken(
                f"Split into {said} needs {ends[-1]} values, axis {axis} of {describe(source)} "
                f"has {size}"
            )
        return ends
    count = op.integer("num_outputs", len(op.outputs))
    if not 1 <= count == len(op.outputs):
        raise broken(f"Split makes {count} parts for {len(op.outputs)} outputs")
    if count == 1:
        return [0]
    if type(size) is not int:
        raise NotClear("Split of an open axis into equal parts")
    step = -(-size // count)
    return [min(step * (n + 1), size) for n in range(count)]


def _said(op: Op) -> tuple[int, ...] | None:
    return integers(op, 1, "the sizes") if op.has(1) else None


def _where(op: Op) -> Built:
    """Values that are one plain number stand in the kind."""
    numbers = [_number(op, place) for place in (1, 2)]
    operands = [place for place, number in zip((1, 2), numbers, strict=True) if number is None]
    return one(Where(*numbers), *operands, 0)


def _number(op: Op, place: int) -> float | None:
    """A plain number that adds no axes: whole numbers as such, so that types stay."""
    found = plain(op.input(place).scalar)
    if found is None or is_weight(op, place) or tensor(op, place).rank > tensor(op).rank:
        return None
    return found if type(found) is float or type(found) is int else None


ENTRIES = (Entry("Concat", _concat), Entry("Split", _split), Entry("Where", _where))

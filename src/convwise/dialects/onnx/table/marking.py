"""Operators that put values into a tensor at places that others name, or mark such places."""

from __future__ import annotations

from math import isfinite
from typing import Final

from convwise.dialects.onnx.op import Built, Op, Source
from convwise.dialects.onnx.table.entry import (
    Entry,
    NotClear,
    Plan,
    broken,
    one,
    only,
    plain,
    position,
    tensor,
    values,
)
from convwise.graph.axes import Axis, Tensor, describe
from convwise.graph.dims import product as product_of
from convwise.kinds.gathering import Scatter
from convwise.kinds.merge import Merge
from convwise.kinds.reduce import Reduce
from convwise.kinds.reshape import Reshape
from convwise.kinds.slicing import Slice
from convwise.kinds.source import Constant
from convwise.kinds.unary import Cast, Unary
from convwise.kinds.views import Squeeze, Unsqueeze

#: What `reduction` says -> how values are joined.
_JOINED: Final = {"none": "set", "add": "add", "mul": "prod", "max": "max", "min": "min"}


def _joined(op: Op) -> str:
    word = op.text("reduction", "none")
    if word not in _JOINED:
        raise broken(f'reduction="{word}" of {op.name} is none of {", ".join(_JOINED)}')
    return _JOINED[word]


def _scatter(op: Op) -> Built:
    axis = position(op, op.integer("axis", 0), tensor(op).rank)
    if tensor(op, 1).shape != tensor(op, 2).shape:
        shapes = " and ".join([describe(tensor(op, place)) for place in (1, 2)])
        raise broken(f"{op.name} has indices and values of other shapes, {shapes}")
    return one(Scatter(axis, _joined(op)), 0, 1, 2)


def _scatter_many(op: Op) -> Built:
    """Each row of the indices names a place along the leading axes, which are laid out as one."""
    source, index, joined = tensor(op), tensor(op, 1), _joined(op)
    count = index.shape[-1] if index.rank else 0
    if type(count) is not int or not 1 <= count <= source.rank:
        raise broken(f"ScatterND with {count} places for {source.rank} axes")
    plan = Plan()
    if count == 1 and index.rank == 2:
        rows = plan.add(Squeeze((1,)), 1)
        return plan.built(plan.add(Scatter(0, joined), 0, rows, 2))
    leading, rest = source.shape[:count], source.shape[count:]
    sizes = [size for size in leading[1:] if type(size) is int]
    if len(sizes) < count - 1:
        raise NotClear("ScatterND at places of open axes")
    rows = plan.add(Reshape((-1,), with_batch=True), _counted(op, plan, sizes))
    whole = plan.add(Reshape((product_of(leading), *rest), with_batch=True), 0)
    parts = plan.add(Reshape((-1, *rest), with_batch=True), 2)
    made = plan.add(Scatter(0, joined), whole, rows, parts)
    return plan.built(plan.add(Reshape(source.shape, source.roles, with_batch=True), made))


def _counted(op: Op, plan: Plan, sizes: list[int]) -> Source:
    """The places of each row counted through all leading axes; those before 0 from the end."""
    index = tensor(op, 1)
    whole = ((None, None, None),) * (index.rank - 1)
    made: Source = plan.add(Slice((*whole, 0)), 1)
    for place, size in enumerate(sizes, 1):
        inner = plan.add(Unary("modulo", (size,)), plan.add(Slice((*whole, place)), 1))
        made = plan.add(Merge("add", False), plan.add(Unary("scale", (size,)), made), inner)
    return made


def _hardmax(op: Op) -> Built:
    """Zeros, and a one at the first of the largest values along an axis."""
    source = tensor(op)
    axis = position(op, op.integer("axis", -1 if op.version >= 13 else 1), source.rank)
    if op.version < 13 and axis != source.rank - 1:
        raise NotClear("Hardmax over several axes")
    plan = Plan()
    zeros = plan.add(Constant(source))
    largest = plan.add(Reduce("argmax", (axis,), True), 0)
    return plan.built(plan.add(Scatter(axis, "set", 1.0), zeros, largest))


def _one_hot(op: Op) -> Built:
    """One value everywhere, and another at the place that each index names on a new axis."""
    source, depth = tensor(op), _depth(op)
    off, on = _two(op)
    axis = position(op, op.integer("axis", -1), source.rank + 1)
    dtype = tensor(op, 2).dtype
    axes = (*source.axes[:axis], Axis(None, depth), *source.axes[axis:])
    plan = Plan()
    base: Source = plan.add(Constant(Tensor(axes, dtype)))
    base = plan.through(base, [Unary("add", (off,))] if off else [])
    index = plan.through(0, [] if source.dtype == "int64" else [Cast("int64")])
    places = plan.add(Unsqueeze(axis), index)
    return plan.built(plan.add(Scatter(axis, "set", on), base, places))


def _depth(op: Op) -> int:
    """How many places there are: a whole number of any type."""
    found = plain(only(op, 1, "the depth"))
    if found is None or not isfinite(found) or found != int(found):
        raise NotClear("the depth of OneHot")
    if found < 1:
        raise broken(f"OneHot makes {found} places, 1 or more are needed")
    return int(found)


def _two(op: Op) -> tuple[float, float]:
    """The value elsewhere, and the one at the places."""
    found = [plain(value) for value in values(op, 2, "the two values")]
    known = [value for value in found if value is not None]
    if len(known) != 2:
        raise NotClear("the two values of OneHot")
    return known[0], known[1]


ENTRIES = (
    Entry("Scatter", _scatter),
    Entry("ScatterElements", _scatter),
    Entry("ScatterND", _scatter_many),
    Entry("Hardmax", _hardmax),
    Entry("OneHot", _one_hot),
)

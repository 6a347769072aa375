"""Putting small arrays of exact numbers together, apart and in order, as ONNX's operators do it."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from convwise.dialects.onnx.folding.arithmetic import Fold
from convwise.dialects.onnx.folding.arrays import (
    axis_of,
    common_shape,
    fits,
    places,
    stretched,
    strides,
    taken,
)
from convwise.dialects.onnx.folding.numbers import as_dim
from convwise.dialects.onnx.known import Known
from convwise.dialects.onnx.op import Number, Op, TensorAttribute
from convwise.dialects.onnx.stored import MOST_VALUES


def _integers(known: Known) -> tuple[int, ...] | None:
    """Values that are all plain whole numbers."""
    found = tuple([one for one in known.values if type(one) is int])
    return found if len(found) == len(known.values) else None


def _axes(op: Op, given: Sequence[Known]) -> tuple[int, ...] | None:
    """Axes: an attribute in old versions, the second input since."""
    return _integers(given[1]) if len(given) > 1 else op.integers("axes")


def _gather(op: Op, given: Sequence[Known]) -> Known | None:
    source, wanted = given
    axis = axis_of(op.integer("axis", 0), len(source.shape))
    index = _integers(wanted)
    if axis is None or index is None:
        return None
    size = source.shape[axis]
    if any(not -size <= one < size for one in index):
        return None
    before, after = source.shape[:axis], source.shape[axis + 1 :]
    shape = (*before, *wanted.shape, *after)
    if not fits(shape):
        return None
    inner = prod(after)
    values: list[Number] = []
    for outer in range(prod(before)):
        for one in index:
            start = (outer * size + one % size) * inner
            values.extend(source.values[start : start + inner])
    return Known(shape, source.dtype, tuple(values))


def _slice(op: Op, given: Sequence[Known]) -> Known | None:
    source = given[0]
    told = [_integers(one) for one in given[1:]]
    if op.version < 10:
        told = [op.integers("starts"), op.integers("ends"), op.integers("axes")]
    starts, ends, axes, steps = (*told, None, None, None, None)[:4]
    if starts is None or ends is None or len(starts) != len(ends):
        return None
    axes = axes or tuple(range(len(starts)))
    steps = steps or (1,) * len(starts)
    rank = len(source.shape)
    apart = list(strides(source.shape))
    shape, first = list(source.shape), 0
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=False):
        place = axis_of(axis, rank)
        if place is None or not step:
            return None
        found = range(source.shape[place])[start:end:step]
        shape[place] = len(found)
        first += (found.start if found else 0) * apart[place]
        apart[place] *= step
    return taken(source, tuple(shape), apart, first)


def _concat(op: Op, given: Sequence[Known]) -> Known | None:
    rank = len(given[0].shape)
    axis = axis_of(op.integer("axis", 0), rank)
    if axis is None or any(len(one.shape) != rank for one in given):
        return None
    total = sum([one.shape[axis] for one in given])
    shape = (*given[0].shape[:axis], total, *given[0].shape[axis + 1 :])
    if not fits(shape) or any(one.shape[:axis] != shape[:axis] for one in given):
        return None
    values: list[Number] = []
    for outer in range(prod(shape[:axis])):
        for one in given:
            chunk = prod(one.shape[axis:])
            values.extend(one.values[outer * chunk : (outer + 1) * chunk])
    return Known(shape, given[0].dtype, tuple(values)) if len(values) == prod(shape) else None


def _reshape(op: Op, given: Sequence[Known]) -> Known | None:
    source = given[0]
    wanted = _integers(given[1])
    if wanted is None:
        return None
    sizes = list(wanted)
    for place, size in enumerate(sizes):
        if size == 0 and not op.integer("allowzero", 0) and place < len(source.shape):
            sizes[place] = source.shape[place]
    if sizes.count(-1) == 1:
        rest = prod([size for size in sizes if size != -1])
        if not rest:
            return None
        sizes[sizes.index(-1)] = len(source.values) // rest
    shape = tuple(sizes)
    return Known(shape, source.dtype, source.values) if _holds(shape, source) else None


def _holds(shape: tuple[int, ...], source: Known) -> bool:
    return fits(shape) and prod(shape) == len(source.values)


def _squeeze(op: Op, given: Sequence[Known]) -> Known | None:
    source = given[0]
    rank = len(source.shape)
    named = _axes(op, given)
    if named is None:
        named = tuple([place for place, size in enumerate(source.shape) if size == 1])
    gone = {axis_of(one, rank) for one in named}
    shape = tuple([size for place, size in enumerate(source.shape) if place not in gone])
    return Known(shape, source.dtype, source.values) if _holds(shape, source) else None


def _unsqueeze(op: Op, given: Sequence[Known]) -> Known | None:
    source = given[0]
    named = _axes(op, given)
    if named is None:
        return None
    rank = len(source.shape) + len(named)
    new = {axis_of(one, rank) for one in named}
    if None in new or len(new) != len(named):
        return None
    rest = iter(source.shape)
    shape = tuple([1 if place in new else next(rest) for place in range(rank)])
    return Known(shape, source.dtype, source.values)


def _transpose(op: Op, given: Sequence[Known]) -> Known | None:
    source = given[0]
    rank = len(source.shape)
    order = op.integers("perm", tuple(range(rank))[::-1]) or ()
    if sorted(order) != list(range(rank)):
        return None
    steps = strides(source.shape)
    shape = tuple([source.shape[place] for place in order])
    return taken(source, shape, [steps[place] for place in order], 0)


def _expand(op: Op, given: Sequence[Known]) -> Known | None:
    source = given[0]
    wanted = _integers(given[1])
    if wanted is None or not fits(wanted):
        return None
    shape = common_shape((source.shape, wanted))
    return None if shape is None else Known(shape, source.dtype, tuple(stretched(source, shape)))


def _tile(op: Op, given: Sequence[Known]) -> Known | None:
    source = given[0]
    times = _integers(given[1])
    if times is None or len(times) != len(source.shape) or not fits(times):
        return None
    shape = tuple([size * one for size, one in zip(source.shape, times, strict=True)])
    if not fits(shape):
        return None
    steps = strides(source.shape)
    values = []
    for index in places(shape):
        inside = [i % size for i, size in zip(index, source.shape, strict=True)]
        values.append(source.values[sum([i * s for i, s in zip(inside, steps, strict=True)])])
    return Known(shape, source.dtype, tuple(values))


def _filled(op: Op, given: Sequence[Known]) -> Known | None:
    shape = _integers(given[0])
    if shape is None or not fits(shape):
        return None
    value: Number = 0.0
    dtype = "float32"
    said = op.attributes.get("value")
    if type(said) is TensorAttribute:
        if said.values is None or len(said.values) != 1:
            return None
        value, dtype = said.values[0], said.dtype
    return Known(shape, dtype, (value,) * prod(shape))


def _range(op: Op, given: Sequence[Known]) -> Known | None:
    found = [as_dim(one.values[0]) for one in given if len(one.values) == 1]
    plain = [one for one in found if type(one) is int]
    if len(plain) != 3 or not plain[2]:
        return None
    values = range(*plain)
    if len(values) > MOST_VALUES:
        return None
    dtype = given[0].dtype
    whole = [float(one) for one in values] if dtype.startswith("float") else values
    return Known((len(values),), dtype, tuple(whole))


MOVING: dict[str, Fold] = {
    "Gather": _gather,
    "Slice": _slice,
    "Concat": _concat,
    "Reshape": _reshape,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Transpose": _transpose,
    "Expand": _expand,
    "Tile": _tile,
    "ConstantOfShape": _filled,
    "Range": _range,
    "Identity": lambda op, given: given[0],
}

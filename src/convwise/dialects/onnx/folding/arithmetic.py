"""Arithmetic on small arrays of exact numbers, as ONNX's operators do it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from convwise.dialects.onnx.folding.arrays import (
    axis_of,
    common_shape,
    places,
    stretched,
    strides,
)
from convwise.dialects.onnx.folding.numbers import BINARY, COMPARISONS, UNARY, Binary, cast
from convwise.dialects.onnx.known import Known
from convwise.dialects.onnx.op import Number, Op
from convwise.dialects.onnx.stored import element_type

Fold = Callable[[Op, Sequence[Known]], Known | None]


def _complete(shape: tuple[int, ...], dtype: str, values: list[Number | None]) -> Known | None:
    """The array, unless one of its values is not certain."""
    found = [one for one in values if one is not None]
    return Known(shape, dtype, tuple(found)) if len(found) == len(values) else None


def _dtype(op: Op, given: Sequence[Known]) -> str:
    return "bool" if op.name in COMPARISONS else given[-1].dtype


def _pairwise(function: Binary) -> Fold:
    def fold(op: Op, given: Sequence[Known]) -> Known | None:
        result = given[0]
        for other in given[1:]:
            shape = common_shape((result.shape, other.shape))
            if shape is None:
                return None
            pairs = zip(stretched(result, shape), stretched(other, shape), strict=True)
            made = _complete(shape, _dtype(op, given), [function(one, two) for one, two in pairs])
            if made is None:
                return None
            result = made
        return result

    return fold


def _each(op: Op, given: Sequence[Known]) -> Known | None:
    function = UNARY[op.name]
    one = given[0]
    return _complete(one.shape, one.dtype, [function(value) for value in one.values])


def _cast(op: Op, given: Sequence[Known]) -> Known | None:
    dtype = element_type(op.integer("to", 1))
    return None if dtype is None else cast_to(given[0], dtype)


def cast_to(known: Known, dtype: str) -> Known | None:
    """The values as another type."""
    return _complete(known.shape, dtype, [cast(value, dtype) for value in known.values])


def _where(op: Op, given: Sequence[Known]) -> Known | None:
    shape = common_shape([one.shape for one in given])
    if shape is None:
        return None
    rows = zip(*[stretched(one, shape) for one in given], strict=True)
    return Known(shape, given[1].dtype, tuple([b if a else c for a, b, c in rows]))


def _reduced(name: str) -> Fold:
    function = BINARY[name]

    def fold(op: Op, given: Sequence[Known]) -> Known | None:
        source = given[0]
        rank = len(source.shape)
        named = given[1].values if len(given) > 1 else op.integers("axes")
        if named is None or not len(named):
            if op.integer("noop_with_empty_axes", 0):
                return None
            named = tuple(range(rank))
        gone = {axis_of(one, rank) for one in named if type(one) is int}
        if None in gone:
            return None
        return _along(source, {one for one in gone if one is not None}, function, _keeps(op))

    return fold


def _keeps(op: Op) -> bool:
    return bool(op.integer("keepdims", 1))


def _along(source: Known, gone: set[int], function: Binary, keep: bool) -> Known | None:
    """All values along some axes made into one."""
    kept = tuple([1 if place in gone else size for place, size in enumerate(source.shape)])
    steps = strides(kept)
    made: dict[int, Number] = {}
    for index, value in zip(places(source.shape), source.values, strict=True):
        target = sum(
            [i * s for p, (i, s) in enumerate(zip(index, steps, strict=True)) if p not in gone]
        )
        if target not in made:
            made[target] = value
            continue
        result = function(made[target], value)
        if result is None:
            return None
        made[target] = result
    if not made:
        return None
    shape = kept if keep else tuple([n for p, n in enumerate(source.shape) if p not in gone])
    return Known(shape, source.dtype, tuple([made[one] for one in sorted(made)]))


ARITHMETIC: dict[str, Fold] = {
    **{name: _pairwise(function) for name, function in BINARY.items()},
    "Sum": _pairwise(BINARY["Add"]),
    **dict.fromkeys(UNARY, _each),
    "Cast": _cast,
    "Where": _where,
    "ReduceProd": _reduced("Mul"),
    "ReduceSum": _reduced("Add"),
    "ReduceMax": _reduced("Max"),
    "ReduceMin": _reduced("Min"),
}

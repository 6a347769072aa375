"""Operators that reduce axes, that rank values along one, or that sum up to each place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from convwise.dialects.onnx.op import Built, Op
from convwise.dialects.onnx.table.entry import (
    Entry,
    NotClear,
    broken,
    chain,
    integer,
    integers,
    one,
    position,
    positions,
    sizes,
    tensor,
)
from convwise.dialects.onnx.table.pooling import norm
from convwise.kinds.contract import Kind
from convwise.kinds.padding import Crop, Pad
from convwise.kinds.ranking import TopK
from convwise.kinds.reduce import Reduce
from convwise.kinds.rolling import Flip
from convwise.kinds.running import Running
from convwise.kinds.triangle import Triangle
from convwise.kinds.unary import Cast, Unary
from convwise.kinds.views import Identity

_Kinds = Callable[[tuple[int, ...], bool], list[Kind]]


def _plainly(op: str) -> _Kinds:
    return lambda places, keeps: [Reduce(op, places, keeps)]


#: ONNX's name -> the kinds; since which version its axes are an input.
_REDUCTIONS: Final[dict[str, tuple[_Kinds, int]]] = {
    "ReduceSum": (_plainly("sum"), 13),
    "ReduceMean": (_plainly("mean"), 18),
    "ReduceMax": (_plainly("max"), 18),
    "ReduceMin": (_plainly("min"), 18),
    "ReduceProd": (_plainly("prod"), 18),
    "ReduceLogSumExp": (_plainly("logsumexp"), 18),
    "ReduceL1": (lambda places, keeps: norm(1, places, keeps=keeps), 18),
    "ReduceL2": (lambda places, keeps: norm(2, places, keeps=keeps), 18),
    "ReduceLogSum": (lambda places, keeps: [Reduce("sum", places, keeps), Unary("log")], 18),
    "ReduceSumSquare": (lambda places, keeps: [Unary("square"), Reduce("sum", places, keeps)], 18),
}
#: What each does to a single value: the axes it reduces are none.
_ALONE: Final[dict[str, list[Kind]]] = {
    "ReduceL1": [Unary("abs")],
    "ReduceL2": [Unary("abs")],
    "ReduceLogSum": [Unary("log")],
    "ReduceSumSquare": [Unary("square")],
}


def _reduction(name: str, kinds: _Kinds, since: int) -> Entry:
    def make(op: Op) -> Built:
        source = tensor(op)
        if op.version < since:
            named = op.integers("axes") or ()
        else:
            named = integers(op, 1, "the axes") if op.has(1) else ()
        if not named and op.integer("noop_with_empty_axes", 0):
            return chain(*_ALONE.get(name, [Identity()]))
        places = positions(op, named, source.rank) if named else tuple(range(source.rank))
        if any(source.shape[place] == 0 for place in places):
            raise NotClear(f"{name} of a tensor without values")
        if not places:
            return chain(*_ALONE.get(name, [Identity()]))
        found = kinds(tuple(sorted(set(places))), bool(op.integer("keepdims", 1)))
        return chain(*found, *_back(source.dtype))

    return Entry(name, make)


def _back(dtype: str) -> list[Kind]:
    """Whole numbers keep their type."""
    return [] if dtype in ("float32", "float16", "bfloat16", "float64", "int64") else [Cast(dtype)]


def _place(name: str, op_name: str) -> Entry:
    def make(op: Op) -> Built:
        source = tensor(op)
        axis = position(op, op.integer("axis", 0), source.rank)
        kind = Reduce(op_name, (axis,), bool(op.integer("keepdims", 1)))
        if not op.integer("select_last_index", 0):
            return chain(kind)
        size = source.shape[axis]
        if type(size) is not int:
            raise NotClear(f"the last place of {name} along an open axis")
        return chain(Flip((axis,)), kind, Unary("negative"), Unary("add", (size - 1,)))

    return Entry(name, make)


def _top(op: Op) -> Built:
    """How many is an attribute before version 10, an input since."""
    source = tensor(op)
    axis = position(op, op.integer("axis", -1), source.rank)
    if op.version < 10:
        count = op.integer("k", 0)
    else:
        found = sizes(op, 1, "the number of values")
        if len(found) != 1:
            raise broken(f"TopK is told {len(found)} numbers of values, one is needed")
        count = found[0]  # type: ignore[assignment]
    return one(TopK(count, axis, bool(op.integer("largest", 1))), 0)


def _running(name: str, op_name: str, neutral: float) -> Entry:
    def make(op: Op) -> Built:
        """`exclusive`: each place without its own value; `reverse`: from the end."""
        source = tensor(op)
        axis = position(op, integer(op, 1, "the axis"), source.rank)
        kinds: list[Kind] = [Running(op_name, axis)]
        if op.integer("exclusive", 0):
            moved: list[Kind] = [
                Pad(((axis, (1, 0)),), "constant", neutral),
                Crop(((axis, (0, 1)),)),
            ]
            kinds = [*moved, *kinds]
        if op.integer("reverse", 0):
            kinds = [Flip((axis,)), *kinds, Flip((axis,))]
        return chain(*kinds, *_back(source.dtype))

    return Entry(name, make)


def _triangle(op: Op) -> Built:
    diagonal = integer(op, 1, "the diagonal") if op.has(1) else 0
    if any(size == 0 for size in tensor(op).shape):
        raise NotClear("Trilu of a tensor without values")
    return chain(Triangle(bool(op.integer("upper", 1)), diagonal))


ENTRIES = (
    *[_reduction(name, kinds, since) for name, (kinds, since) in _REDUCTIONS.items()],
    _place("ArgMax", "argmax"),
    _place("ArgMin", "argmin"),
    _running("CumSum", "sum", 0.0),
    _running("CumProd", "prod", 1.0),
    Entry("TopK", _top),
    Entry("Trilu", _triangle),
)

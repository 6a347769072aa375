"""Operators that make values of their own, or random ones; a graph knows only their shape."""

from __future__ import annotations

from typing import Final

from convwise.dialects.onnx.op import Built, Op, TensorAttribute
from convwise.dialects.onnx.table.elements import element_type
from convwise.dialects.onnx.table.entry import (
    Entry,
    NotClear,
    Plan,
    broken,
    integer,
    one,
    only,
    plain,
    size_of,
    sizes,
    tensor,
)
from convwise.graph.axes import BATCH, FREE_BATCH, Tensor
from convwise.graph.axes import tensor as made_of
from convwise.graph.dims import Dim, ceil_div
from convwise.kinds.noise import Dropout
from convwise.kinds.source import Constant

_FLOAT: Final = 1


def _fixed(dims: tuple[Dim, ...], dtype: str) -> Built:
    """A tensor of given sizes; the free batch is one."""
    roles = [BATCH if dim == FREE_BATCH else None for dim in dims]
    return one(Constant(made_of(dims, roles, dtype)))


def _shaped(op: Op) -> Built:
    """Random numbers of a shape that is an attribute."""
    shape = op.integers("shape") or ()
    if any(size < 1 for size in shape):
        raise NotClear(f"{op.name} of a tensor without values")
    return _fixed(shape, element_type(op.integer("dtype", _FLOAT), op.name))


def _like(op: Op) -> Built:
    """The same shape and axes as the input."""
    source = tensor(op)
    wanted = op.attributes.get("dtype")
    dtype = source.dtype if wanted is None else element_type(op.integer("dtype", _FLOAT), op.name)
    return one(Constant(Tensor(source.axes, dtype)))


def _filled(op: Op) -> Built:
    """One value everywhere: which one is an attribute."""
    found = op.attributes.get("value")
    dtype = found.dtype if type(found) is TensorAttribute else "float32"
    dims = sizes(op, 0, "the shape")
    if any(type(size) is int and size < 1 for size in dims):
        raise NotClear(f"{op.name} of a tensor without values")
    return _fixed(dims, dtype)


def _range(op: Op) -> Built:
    start, limit, step = [size_of(op, only(op, place, "a bound"), "a bound") for place in (0, 1, 2)]
    if type(step) is not int or step < 1:
        raise NotClear("Range of open sizes by an open step")
    return _fixed((ceil_div(limit - start, step),), tensor(op).dtype)


def _drawn(op: Op) -> Built:
    """So many draws for every row of chances."""
    source = tensor(op)
    count = op.integer("sample_size", 1)
    if source.rank != 2 or count < 1:
        raise broken("Multinomial takes rows of chances, and draws 1 or more of each")
    dtype = element_type(op.integer("dtype", 6), op.name)
    return _fixed((source.shape[0], count), dtype)


def _window(op: Op) -> Built:
    """The weights of a window of so many steps."""
    size = integer(op, 0, "the size")
    if size < 1:
        raise NotClear(f"{op.name} of {size} steps")
    return _fixed((size,), element_type(op.integer("output_datatype", _FLOAT), op.name))


def _dropout(op: Op) -> Built:
    """The share is an attribute before version 12, an input since."""
    if op.version < 12:
        rate = op.number("ratio", 0.5)
    elif op.has(1):
        found = plain(op.input(1).scalar)
        if found is None:
            raise NotClear("the share that Dropout sets to zero is computed by the network")
        rate = float(found)
    else:
        rate = 0.5
    plan = Plan()
    return plan.built(plan.add(Dropout(rate), 0), None)


_LIKE: Final = ("RandomNormalLike", "RandomUniformLike", "Bernoulli", "EyeLike")

ENTRIES = (
    *[Entry(name, _shaped) for name in ("RandomNormal", "RandomUniform")],
    *[Entry(name, _like) for name in _LIKE],
    *[Entry(name, _window) for name in ("BlackmanWindow", "HannWindow", "HammingWindow")],
    Entry("ConstantOfShape", _filled),
    Entry("Range", _range),
    Entry("Multinomial", _drawn),
    Entry("Dropout", _dropout),
)

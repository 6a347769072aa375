"""Small arrays of exact numbers: places, broadcasting, axes; must never know an operator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product as cartesian
from math import prod

from convwise.dialects.onnx.known import Known
from convwise.dialects.onnx.op import Number, Operand
from convwise.dialects.onnx.stored import MOST_VALUES
from convwise.graph.dims import Dim

Shape = tuple[int, ...]


def as_known(operand: Operand) -> Known | None:
    """The values of an operand that nothing learns; None where they are not known."""
    if operand.constant is None or operand.weight is not None:
        return None
    shape = plain(operand.shape)
    return None if shape is None else Known(shape, operand.tensor.dtype, operand.constant)


def plain(shape: Sequence[Dim]) -> Shape | None:
    """Sizes that are all numbers; None where one is a symbol."""
    found = tuple([size for size in shape if type(size) is int])
    return found if len(found) == len(shape) else None


def row(values: Sequence[Number], dtype: str = "int64") -> Known:
    """One axis of values."""
    return Known((len(values),), dtype, tuple(values))


def fits(shape: Shape) -> bool:
    """Whether an array of this shape is small enough to be worked out."""
    return all(size >= 0 for size in shape) and prod(shape) <= MOST_VALUES


def places(shape: Shape) -> Iterator[Shape]:
    """The indices of all values in order of memory."""
    return cartesian(*[range(size) for size in shape])


def strides(shape: Shape) -> Shape:
    """How far apart in memory neighbours along each axis are."""
    found = [1] * len(shape)
    for place in range(len(shape) - 2, -1, -1):
        found[place] = found[place + 1] * shape[place + 1]
    return tuple(found)


def offset(index: Sequence[int], steps: Sequence[int]) -> int:
    return sum([one * step for one, step in zip(index, steps, strict=True)])


def common_shape(shapes: Sequence[Shape]) -> Shape | None:
    """The shape of arrays that are broadcast against each other; None where they do not fit."""
    rank = max([len(shape) for shape in shapes])
    found = [1] * rank
    for shape in shapes:
        for place, size in enumerate(shape, rank - len(shape)):
            if size not in (found[place], 1) and found[place] != 1:
                return None
            found[place] = size if found[place] == 1 else found[place]
    return tuple(found) if fits(tuple(found)) else None


def stretched(known: Known, shape: Shape) -> list[Number]:
    """The values repeated to a shape that `common_shape` has found."""
    before = len(shape) - len(known.shape)
    steps = [0] * before
    for size, step in zip(known.shape, strides(known.shape), strict=True):
        steps.append(0 if size == 1 else step)
    return [known.values[offset(index, steps)] for index in places(shape)]


def taken(known: Known, shape: Shape, steps: Sequence[int], start: int) -> Known:
    """The values that lie `steps` apart from `start` on, as an array of this shape."""
    values = [known.values[start + offset(index, steps)] for index in places(shape)]
    return Known(shape, known.dtype, tuple(values))


def axis_of(axis: int, rank: int) -> int | None:
    """An axis counted from the front; None for one that does not exist."""
    return axis % rank if -rank <= axis < rank else None

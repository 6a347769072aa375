"""Several arrays combined value by value, joined, or chosen from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from convwise.graph.axes import BATCH, Tensor
from convwise.kinds.choose import Where
from convwise.kinds.merge import Concatenate, Merge, Stack
from convwise.reference.arrays import summed_to
from convwise.reference.contract import Array, Gradients, Pass, Use

#: What two values make, and the slopes in each of them, from (a, b, y).
Pair = tuple[Callable[[Array, Array], Array], Callable[[Array, Array, Array], tuple[Array, Array]]]


def _ones(a: Array, b: Array, y: Array) -> tuple[Array, Array]:
    return np.ones_like(y), np.ones_like(y)


def _larger(a: Array, b: Array, y: Array) -> tuple[Array, Array]:
    """Equal values share the gradient."""
    return (a == y) / (1.0 + (a == b)), (b == y) / (1.0 + (a == b))


def _power(a: Array, b: Array, y: Array) -> tuple[Array, Array]:
    with np.errstate(divide="ignore", invalid="ignore"):
        in_exponent = np.where((a == 0) & (b >= 0), 0.0, y * np.log(a))
        return np.where(b == 0, 0.0, b * a ** (b - 1)), in_exponent


def _angle(a: Array, b: Array, y: Array) -> tuple[Array, Array]:
    """b/(a^2 + b^2) and -a/(a^2 + b^2); 0 for both at the origin, which has no angle."""
    square = a**2 + b**2
    under = np.where(square == 0, 1.0, square)
    return b / under, -a / under


def _exponentials(a: Array, b: Array, y: Array) -> tuple[Array, Array]:
    return np.exp(a - y), np.exp(b - y)


_PAIRS: Final[dict[str, Pair]] = {
    "add": (np.add, _ones),
    "subtract": (np.subtract, lambda a, b, y: (np.ones_like(y), -np.ones_like(y))),
    "multiply": (np.multiply, lambda a, b, y: (b + 0.0, a + 0.0)),
    "divide": (np.divide, lambda a, b, y: (1 / b, -y / b)),
    "maximum": (np.maximum, _larger),
    "minimum": (np.minimum, _larger),
    "power": (np.power, _power),
    "modulo": (np.mod, lambda a, b, y: (np.ones_like(y), -np.floor_divide(a, b))),
    "arctan2": (np.arctan2, _angle),
    "logaddexp": (np.logaddexp, _exponentials),
}

#: What gives whole numbers, or yes and no: no gradient.
_FLAT: Final[dict[str, Callable[[Array, Array], Array]]] = {
    "floor_divide": np.floor_divide,
    "equal": np.equal,
    "not_equal": np.not_equal,
    "less": np.less,
    "less_equal": np.less_equal,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
    "logical_and": np.logical_and,
    "logical_or": np.logical_or,
    "logical_xor": np.logical_xor,
    "bitwise_and": np.bitwise_and,
    "bitwise_or": np.bitwise_or,
    "bitwise_xor": np.bitwise_xor,
}


def merge(use: Use[Merge]) -> Pass:
    """One operand after the other; those of size 1 are stretched, their gradients summed up."""
    operation = use.kind.operation
    shapes = stretched(use)
    values = [one.reshape(shape) for one, shape in zip(use.inputs, shapes, strict=True)]
    if operation in _FLAT:
        y = values[0]
        for other in values[1:]:
            y = _FLAT[operation](y, other)
        return Pass((y,), lambda grads: Gradients((None,) * len(values)))
    if operation == "average":
        return _averaged(use, values)
    combine, slopes = _PAIRS[operation]
    partial = [values[0]]
    for other in values[1:]:
        partial.append(combine(_number(partial[-1]), _number(other)))

    def backward(grads: tuple[Array, ...]) -> Gradients:
        d, found = grads[0], []
        for place in range(len(values) - 1, 0, -1):
            before, other = _number(partial[place - 1]), _number(values[place])
            left, right = slopes(before, other, partial[place])
            found.append(summed_to(d * right, other.shape))
            d = summed_to(d * left, before.shape)
        return _back(use, [d, *reversed(found)])

    return Pass((partial[-1],), backward)


def _number(values: Array) -> Array:
    """Yes and no as 1 and 0."""
    return values.astype(np.int64) if values.dtype == bool else values


def _averaged(use: Use[Merge], values: list[Array]) -> Pass:
    count = len(values)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return _back(use, [summed_to(grads[0] / count, one.shape) for one in values])

    total = values[0] + 0.0
    for other in values[1:]:
        total = total + other
    return Pass((total / count,), backward)


def _back(use: Use[Merge], gradients: list[Array]) -> Gradients:
    pairs = zip(gradients, use.inputs, strict=True)
    return Gradients(
        tuple([d.reshape(one.shape) if one.dtype == np.float64 else None for d, one in pairs])
    )


def stretched(use: Use[Merge]) -> list[tuple[int, ...]]:
    """Each operand's shape with axes of size 1 put in, as NumPy does or behind the batch."""
    rank = max([tensor.rank for tensor in use.operands])
    return [_raised(tensor, rank, use.kind.keeps_batch) for tensor in use.operands]


def _raised(tensor: Tensor, rank: int, keeps_batch: bool) -> tuple[int, ...]:
    shape: tuple[int, ...] = tensor.shape  # type: ignore[assignment]
    ones = (1,) * (rank - len(shape))
    if keeps_batch and ones and tensor.roles[:1] == (BATCH,):
        return (shape[0], *ones, *shape[1:])
    return (*ones, *shape)


def concatenate(use: Use[Concatenate]) -> Pass:
    """One behind the other; each gets its part of the gradient."""
    axis = use.source.locate(use.kind.axis)
    ends = np.cumsum([one.shape[axis] for one in use.inputs])[:-1]

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients(tuple(np.split(grads[0], ends, axis=axis)))

    return Pass((np.concatenate(use.inputs, axis=axis),), backward)


def stack(use: Use[Stack]) -> Pass:
    """Side by side along a new axis."""
    axis = use.kind.position % (use.x.ndim + 1)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients(tuple([grads[0].take(one, axis) for one in range(len(use.inputs))]))

    return Pass((np.stack(use.inputs, axis=axis),), backward)


def where(use: Use[Where]) -> Pass:
    """`chosen` where the condition holds, `other` elsewhere; each gets the gradient there."""
    *given, mask = use.inputs
    condition = mask.astype(bool)
    rest = iter(given)
    sides = [next(rest) if fixed is None else fixed for fixed in (use.kind.chosen, use.kind.other)]
    y = np.where(condition, *sides)
    if use.outputs[0].dtype.startswith("float"):
        y = y.astype(np.float64)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        found: list[Array | None] = []
        for side, there in zip(sides, (condition, ~condition), strict=True):
            if isinstance(side, np.ndarray):
                d = summed_to(np.where(there, dy, 0.0), side.shape)
                found.append(d if side.dtype == np.float64 else None)
        return Gradients((*found, None))

    return Pass((y,), backward)

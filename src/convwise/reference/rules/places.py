"""Values taken from and put at places that whole numbers name."""

from __future__ import annotations

from typing import Any

import numpy as np

from convwise.errors import RuleError
from convwise.kinds.assigning import Assign
from convwise.kinds.gathering import Gather, Pick, Scatter
from convwise.kinds.slicing import Cut
from convwise.kinds.triangle import Triangle
from convwise.reference.arrays import summed_to
from convwise.reference.contract import Array, Gradients, Pass, Use
from convwise.reference.scattering import Joined, scattered, scattered_back


def gather(use: Use[Gather]) -> Pass:
    """y[i, j, k] = x[i, index[i, j, k], k] along the second of three axes.

    Backward: dx at a place is the sum of dy over all that read it.
    """
    x, index = use.inputs
    along = use.source.locate(use.kind.axis)
    must_exist(index, x.shape[along])
    named = named_places(index, along)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dx = np.zeros(x.shape)
        np.add.at(dx, named, grads[0])
        return Gradients((dx, None))

    return Pass((x[named],), backward)


def named_places(index: Array, along: int) -> tuple[Array, ...]:
    """Per axis the place that every entry of an index names: its own, but along one axis."""
    found: list[Array] = list(np.ogrid[tuple([slice(size) for size in index.shape])])
    found[along] = index
    return tuple(found)


def must_exist(index: Array, size: int) -> None:
    """RuleError for a place that is not there; negative ones count from the end."""
    wrong = index[(index < -size) | (index >= size)]
    if wrong.size:
        raise RuleError(
            f"there is no place {wrong.flat[0]} along an axis with {size}",
            hint=f"places are 0 to {size - 1}",
        )


def pick(use: Use[Pick]) -> Pass:
    """y[n, ...] = x[i[n], j[n], ...], indices i, j, ... for the axes that are picked from.

    The axes n of the indices stand where the first picked axis was, or in front. Backward: dx at a
    place is the sum of dy over all n that read it.
    """
    x, *indices = use.inputs
    picked = [use.source.locate(ref) for ref in use.kind.axes]
    for place, index in zip(picked, indices, strict=True):
        must_exist(index, x.shape[place])
    front = list(range(len(picked)))
    named = list(range(np.broadcast(*indices).ndim))
    first = 0 if use.kind.front else min(picked)
    there = [first + place for place in named]
    values = np.moveaxis(x, picked, front)  # (picked axes, the others)
    y = np.moveaxis(values[tuple(indices)], named, there)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dx = np.zeros(values.shape)
        np.add.at(dx, tuple(indices), np.moveaxis(grads[0], there, named))
        return Gradients((np.moveaxis(dx, front, picked), *[None] * len(indices)))

    return Pass((y,), backward)


def scatter(use: Use[Scatter]) -> Pass:
    """y = x, in which each value v[k] is put at, or joined to, the place p(k) that the index names.

    set: y[p] = v[k], of several the last; add: y[p] = x[p] + sum of v[k]; mean: that sum divided by
    1 + how many; prod: x[p] times all v[k]; max, min: the largest or smallest of x[p] and all v[k].
    Backward: the derivatives of these; a value that another one replaced gets 0, as do those that
    no place of the index asks for, and equal extremes share their gradient evenly.
    """
    kind, (x, index, *values) = use.kind, use.inputs
    along = use.source.locate(kind.axis)
    must_exist(index, x.shape[along])
    named, used = _targets(x, index, values, along)
    shape = np.broadcast_shapes(*[one.shape for one in named])
    v = values[0][used] if values else np.full(shape, kind.number)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dx, dv = scattered_back(kind.op, grads[0], Joined(x, v, y, named))
        if not values:
            return Gradients((dx, None))
        whole = np.zeros(values[0].shape)
        whole[used] = dv
        return Gradients((dx, None, whole))

    y = scattered(kind.op, x, v, named)
    return Pass((y,), backward)


def _targets(
    x: Array, index: Array, values: list[Array], along: int
) -> tuple[tuple[Array, ...], tuple[slice, ...]]:
    """The places per axis, and which of the values are used: as many as the index has."""
    if index.ndim == x.ndim:
        return named_places(index, along), tuple([slice(size) for size in index.shape])
    shape = list(x.shape)
    shape[along] = len(index)
    row = index.reshape([-1 if place == along else 1 for place in range(x.ndim)])
    named = named_places(np.broadcast_to(row, shape), along)
    return named, (slice(None),) * x.ndim


def assign(use: Use[Assign]) -> Pass:
    """y = x, but v or a number in the part under `cuts`; v is repeated along axes of size 1.

    Backward: dx = dy, but 0 in the part; dv = dy in the part, summed over repetitions.
    """
    x, *values = use.inputs
    cuts = tuple([_cut(cut) for cut in use.kind.cuts])
    y = x.copy()
    y[cuts] = use.kind.number if use.kind.number is not None else values[0]

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        dx = dy.copy()
        dx[cuts] = 0.0
        return Gradients((dx, *[_repeated_back(np.asarray(dy[cuts]), v.shape) for v in values]))

    return Pass((y,), backward)


def _cut(cut: Cut) -> Any:
    """As Python's own index."""
    return cut if isinstance(cut, int) else slice(*cut)


def _repeated_back(part: Array, shape: tuple[int, ...]) -> Array:
    """The gradient of values that fill a part; they may have more leading axes, of size 1."""
    more = max(len(shape) - part.ndim, 0)
    return summed_to(part, shape[more:]).reshape(shape)


def triangle(use: Use[Triangle]) -> Pass:
    """y[..., i, j] = x[..., i, j] where j - i <= diagonal (upper: >=), elsewhere 0.

    Backward: the same triangle of dy.
    """
    kind = use.kind
    rows, columns = use.x.shape[-2:]
    ahead = np.arange(columns) - np.arange(rows)[:, None]  # (rows, columns): j - i
    kept = ahead >= kind.diagonal if kind.upper else ahead <= kind.diagonal

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients((np.where(kept, grads[0], 0.0),))

    return Pass((np.where(kept, use.x, use.x.dtype.type(0)),), backward)

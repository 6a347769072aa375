"""Pooling to a given size: windows that divide an axis into parts as equal as possible."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from convwise.kinds.adaptive import AdaptivePool, GlobalPool
from convwise.reference.contract import Array, Gradients, Pass, Use

#: Per output position along an axis, where its window begins and ends.
Bounds = list[tuple[int, int]]


def bounds(size: int, out: int) -> Bounds:
    """Output o sees pixels floor(o*size/out) up to, not including, ceil((o + 1)*size/out)."""
    return [(o * size // out, -(-(o + 1) * size // out)) for o in range(out)]


def _part(parts: list[Bounds], spot: tuple[int, ...]) -> tuple[Any, ...]:
    """The pixels under the window of one output position."""
    return (..., *[slice(*part[o]) for part, o in zip(parts, spot, strict=True)])


def _at(spot: tuple[int, ...]) -> tuple[Any, ...]:
    return (..., *spot)


def adaptive_pool(use: Use[AdaptivePool]) -> Pass:
    """The maximum or mean of every part; gradients go to the first maximum, or evenly."""
    kind = use.kind
    places = use.source.spatial(len(kind.sizes))
    made: tuple[int, ...] = use.outputs[0].shape  # type: ignore[assignment]
    parts = [bounds(use.x.shape[place], made[place]) for place in places]
    x = np.moveaxis(use.x, places, range(-len(places), 0))
    outs = tuple([len(part) for part in parts])
    y = np.zeros((*x.shape[: x.ndim - len(places)], *outs))
    where = np.zeros(y.shape, dtype=np.int64)
    plane = np.arange(int(np.prod(x.shape[-len(places) :]))).reshape(x.shape[-len(places) :])
    for spot in product(*[range(out) for out in outs]):
        cut, at = _part(parts, spot), _at(spot)
        window = x[cut].reshape(*y.shape[: y.ndim - len(places)], -1)
        if kind.mode == "average":
            y[at] = window.mean(axis=-1)
            continue
        first = window.argmax(axis=-1)
        y[at] = np.take_along_axis(window, first[..., None], axis=-1)[..., 0]
        where[at] = plane[cut[1:]].reshape(-1)[first]

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dy = np.moveaxis(grads[0], places, range(-len(places), 0))
        if kind.mode == "max":
            d = _spread(dy, where, x.shape, len(places))
        else:
            d = _evenly(dy, parts, x.shape)
        return Gradients((np.moveaxis(d, range(-len(places), 0), places),))

    def back(values: Array) -> Array:
        return np.moveaxis(values, range(-len(places), 0), places)

    return Pass((back(y), back(where)) if kind.indices else (back(y),), backward)


def _spread(dy: Array, where: Array, shape: tuple[int, ...], space: int) -> Array:
    """Each gradient to the pixel that was the largest."""
    count = int(np.prod(dy.shape[: dy.ndim - space]))
    d = np.zeros((count, int(np.prod(shape)) // count))
    np.add.at(d, (np.arange(count)[:, None], where.reshape(count, -1)), dy.reshape(count, -1))
    return d.reshape(shape)


def _evenly(dy: Array, parts: list[Bounds], shape: tuple[int, ...]) -> Array:
    """Each gradient divided among all pixels of its window."""
    d = np.zeros(shape)
    for spot in product(*[range(len(part)) for part in parts]):
        window = d[_part(parts, spot)]
        share = dy[_at(spot)] / np.prod(window.shape[d.ndim - len(parts) :])
        window += share.reshape(*share.shape, *[1] * len(parts))
    return d


def global_pool(use: Use[GlobalPool]) -> Pass:
    """The maximum or mean of each map; gradients evenly, among equal maxima too."""
    places = use.source.spatial()
    made: tuple[int, ...] = use.outputs[0].shape  # type: ignore[assignment]
    if use.kind.mode == "average":
        y = use.x.mean(axis=places, keepdims=True)
        share = np.full((), y.size / use.x.size)
    else:
        y = use.x.max(axis=places, keepdims=True)
        share = (use.x == y) / (use.x == y).sum(axis=places, keepdims=True)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients((np.broadcast_to(grads[0].reshape(y.shape) * share, use.x.shape),))

    return Pass((y.reshape(made),), backward)

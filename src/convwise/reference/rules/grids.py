"""Reading an image at the places of a grid, and grids from affine maps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from convwise.kinds.grid import AffineGrid, GridSample
from convwise.reference.arrays import moved_back, moved_last
from convwise.reference.contract import Array, Gradients, Pass, Use
from convwise.reference.grid_places import Tap, taps


class _Read(NamedTuple):
    """One pixel of those that make a value: where it lies, and the tap along each axis."""

    flat: Array  # (N, P): its number in the image laid out as one axis
    along: tuple[Tap, ...]

    @property
    def weight(self) -> Array:
        """The product of the weights along all axes: (N, P)."""
        return prod([tap.weight for tap in self.along[1:]], start=self.along[0].weight)

    def slope(self, axis: int) -> Array:
        """How the weight changes with the coordinate of one axis: (N, P)."""
        others = [tap.weight for place, tap in enumerate(self.along) if place != axis]
        return prod(others, start=self.along[axis].slope)


def grid_sample(use: Use[GridSample]) -> Pass:
    """y[n, c, p] = sum over pixels q near the place g[n, p] of w(g[n, p], q) x[n, c, q].

    The weight w is a product over the axes. Backward: dx[n, c, q] = sum over p of w dy[n, c, p];
    dg[n, p] = sum over q and c of dw/dg x[n, c, q] dy[n, c, p].
    Source: Jaderberg et al. (arXiv:1506.02025), equations 3, 6 and 7.
    """
    x, grid = use.inputs
    axes = use.source.spatial(grid.shape[-1])
    image = moved_last(x, axes)  # (N, ..., *space)
    values = _as_rows(image, len(axes))  # (N, S, C): S places of the image
    reads = list(_reads(use.kind, grid, image.shape[-len(axes) :]))
    examples = np.arange(len(x))[:, None]
    y = sum([read.weight[..., None] * values[examples, read.flat] for read in reads])  # (N, P, C)
    made = (*image.shape[: -len(axes)], *grid.shape[1:-1])

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dy = _as_rows(moved_last(grads[0], axes), len(axes))  # (N, P, C)
        dx, dg = np.zeros(values.shape), np.zeros((*dy.shape[:2], len(axes)))
        for read in reads:
            np.add.at(dx, (examples, read.flat), read.weight[..., None] * dy)
            both = (values[examples, read.flat] * dy).sum(axis=-1)  # (N, P)
            for axis in range(len(axes)):
                dg[..., -1 - axis] += read.slope(axis) * both  # the last axis comes first
        back = moved_back(np.moveaxis(dx, -1, 1).reshape(image.shape), axes)
        return Gradients((back, dg.reshape(grid.shape)))

    return Pass((moved_back(np.moveaxis(np.asarray(y), -1, 1).reshape(made), axes),), backward)


def _as_rows(image: Array, count: int) -> Array:
    """The last `count` axes as places, all between them and the batch as channels: (N, S, C)."""
    space = prod(image.shape[-count:])
    return np.moveaxis(image.reshape(len(image), -1, space), 1, -1)


def _reads(kind: GridSample, grid: Array, sizes: tuple[int, ...]) -> Iterator[_Read]:
    """All pixels that make one value, each for all places at once."""
    places = grid.reshape(len(grid), -1, len(sizes))  # (N, P, coordinates)
    along = [
        taps(places[..., -1 - axis], size, kind.method, kind.padding, kind.aligned_corners)
        for axis, size in enumerate(sizes)
    ]
    for one in product(*along):
        yield _Read(np.ravel_multi_index(tuple([tap.pixel for tap in one]), sizes), one)


def affine_grid(use: Use[AffineGrid]) -> Pass:
    """g[n, p] = A[n] (p, 1): the places p, the last axis first, sent through an affine map.

    Pixel i of n lies at (2 i + 1) / n - 1, with aligned corners at 2 i / (n - 1) - 1. Backward:
    dA[n] = sum over p of dg[n, p] (p, 1)^T. Source: as of `grid_sample`, equation 1.
    """
    kind, maps = use.kind, use.x  # (N, k, k + 1)
    sizes = [int(size) for size in kind.sizes]  # type: ignore[arg-type]
    lines = [_line(size, kind.aligned_corners) for size in sizes]
    meshes = np.meshgrid(*lines, indexing="ij")
    columns = [mesh.ravel() for mesh in meshes[::-1]]
    places = np.stack([*columns, np.ones(len(columns[0]))], axis=-1)  # (P, k + 1)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dy = grads[0].reshape(len(maps), -1, len(sizes))  # (N, P, k)
        return Gradients((np.einsum("npi,pj->nij", dy, places),))

    y = np.einsum("nij,pj->npi", maps, places)  # (N, P, k)
    return Pass((y.reshape(len(maps), *sizes, len(sizes)),), backward)


def _line(size: int, aligned: bool) -> Array:
    """The coordinates, from -1 to 1, of the pixels of one axis: (size,)."""
    if not aligned:
        return (2 * np.arange(size) + 1) / size - 1
    return np.linspace(-1.0, 1.0, size) if size > 1 else np.zeros(1)

"""Which pixels of one axis a coordinate reads, and how strongly; must never know a kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from convwise.reference.contract import Array

#: Keys's a of cubic convolution, as PyTorch has it.
_CUBIC: Final = -0.75


class Tap(NamedTuple):
    """One of the pixels that a coordinate reads: all of the shape of the coordinates."""

    pixel: Array  # inside of the axis, also where its weight is 0
    weight: Array
    slope: Array  # of the weight, along the coordinate


class _Placed(NamedTuple):
    """Where a coordinate lies, in pixels, and how that changes with it."""

    place: Array
    slope: Array


def taps(coordinate: Array, size: int, method: str, padding: str, aligned: bool) -> list[Tap]:
    """The pixels that a coordinate from -1 to 1 reads along an axis of `size` pixels.

    -1 and 1 are the outer edges of the border pixels; with `aligned` corners their centres. Beyond
    them lie zeros, or pixels of the `padding`: those of the border, or mirrored ("reflection").
    """
    scale = (size - 1) / 2 if aligned else size / 2
    place = (coordinate + 1) * scale - (0.0 if aligned else 0.5)
    placed = _Placed(place, np.full(place.shape, scale))
    if method == "bicubic":
        return list(_cubic(placed, size, padding, aligned))
    placed = _padded(placed, size, padding, aligned)
    if method == "nearest":
        one, none = np.ones(place.shape), np.zeros(place.shape)
        return [_inside(np.rint(placed.place), one, none, size)]
    first = np.floor(placed.place)
    t = placed.place - first
    return [
        _inside(first, 1 - t, -placed.slope, size),
        _inside(first + 1, t, placed.slope, size),
    ]


def _cubic(placed: _Placed, size: int, padding: str, aligned: bool) -> Iterator[Tap]:
    """Four pixels, of which each is looked up beyond the border on its own."""
    first = np.floor(placed.place) - 1
    for step in range(4):
        distance = placed.place - (first + step)
        weight, slope = _keys(distance)
        pixel = _padded(_Placed(first + step, placed.slope), size, padding, aligned).place
        yield _inside(pixel, weight, slope * placed.slope, size)


def _keys(distance: Array) -> tuple[Array, Array]:
    """The kernel of cubic convolution and its slope. Source: Keys (1981)."""
    a, d = _CUBIC, np.abs(distance)
    near = d < 1
    weight = np.where(
        near,
        ((a + 2) * d - (a + 3)) * d * d + 1,
        ((a * d - 5 * a) * d + 8 * a) * d - 4 * a,
    )
    slope = np.where(
        near,
        (3 * (a + 2) * d - 2 * (a + 3)) * d,
        (3 * a * d - 10 * a) * d + 8 * a,
    )
    return weight, slope * np.sign(distance)


def _inside(pixel: Array, weight: Array, slope: Array, size: int) -> Tap:
    """A tap whose weight is 0 where there is no pixel."""
    there = (pixel >= 0) & (pixel <= size - 1)
    number = np.where(there, pixel, 0).astype(np.int64)
    return Tap(number, np.where(there, weight, 0.0), np.where(there, slope, 0.0))


def _padded(placed: _Placed, size: int, padding: str, aligned: bool) -> _Placed:
    """Places beyond the border moved to the pixels that lie there; zeros stay beyond."""
    if padding == "zeros":
        return placed
    if padding == "reflection":
        placed = _mirrored(placed, size, aligned)
    between = (placed.place > 0) & (placed.place < size - 1)
    return _Placed(np.clip(placed.place, 0, size - 1), np.where(between, placed.slope, 0.0))


def _mirrored(placed: _Placed, size: int, aligned: bool) -> _Placed:
    """Mirrored at the edges of the border pixels, or at their centres, as often as needed."""
    low, span = (0.0, float(size - 1)) if aligned else (-0.5, float(size))
    if span == 0:
        return _Placed(np.zeros(placed.place.shape), np.zeros(placed.slope.shape))
    beyond = placed.place - low
    rest = np.mod(np.abs(beyond), span)
    back = np.floor(np.abs(beyond) / span) % 2 == 1
    place = np.where(back, span - rest, rest) + low
    turns = np.where(back, -1.0, 1.0) * np.where(beyond < 0, -1.0, 1.0)
    return _Placed(place, placed.slope * turns)

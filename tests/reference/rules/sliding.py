"""Windows place by place in plain loops: what rules that slide windows are held to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from convwise.graph.axes import tensor
from convwise.kinds.contract import Example, Kind
from convwise.reference.contract import Array

ROLES = ("batch", "channel", "height", "width")
SEQUENCE = ("batch", "channel", "time")
FILM = ("batch", "channel", "depth", "height", "width")


class Line(NamedTuple):
    """A window along one axis, its padding in front, and how many places it has."""

    kernel: int
    stride: int
    dilation: int
    before: int
    outs: int


def same(size: int, kernel: int, stride: int, dilation: int, odd: str) -> Line:
    """The window of "same": ceil(size/stride) places, the odd pixel of padding at one end."""
    outs = -(-size // stride)
    extent = (kernel - 1) * dilation + 1
    total = max((outs - 1) * stride + extent - size, 0)
    return Line(
        kernel, stride, dilation, total - total // 2 if odd == "start" else total // 2, outs
    )


def slid(x: Array, lines: Sequence[Line], kept: Callable[[Array, Array, Array], Array]) -> Array:
    """kept(pixels, taps, place) of every place.

    x: (..., *space). pixels: (..., taps inside of x); taps: which of the window's they are, counted
    in order.
    """
    front, space = x.shape[: x.ndim - len(lines)], x.shape[x.ndim - len(lines) :]
    flat = x.reshape(*front, prod(space))
    found = []
    for place in product(*[range(line.outs) for line in lines]):
        pixels, taps = [], []
        for number, tap in enumerate(product(*[range(line.kernel) for line in lines])):
            rows = zip(place, tap, lines, strict=True)
            at = [p * one.stride + t * one.dilation - one.before for p, t, one in rows]
            if all(0 <= a < size for a, size in zip(at, space, strict=True)):
                pixels.append(int(np.ravel_multi_index(at, space)))
                taps.append(number)
        found.append(kept(flat[..., pixels], np.array(taps, dtype=int), np.array(place)))
    y = np.stack(found, axis=-1)
    return y.reshape(*y.shape[:-1], *[line.outs for line in lines])


def weighed(x: Array, w: Array, lines: Sequence[Line]) -> Array:
    """Cross-correlation of (batch, channel, *space) with (filters, channel, *taps)."""
    flat = w.reshape(*w.shape[:2], -1)
    return slid(x, lines, lambda seen, taps, _: np.einsum("bct,fct->bf", seen, flat[:, :, taps]))


def example(kind: Kind, *shape: int, roles: Sequence[str] = ROLES) -> Example:
    """A use of a kind on one image."""
    return Example(kind, (tensor(shape, roles),))

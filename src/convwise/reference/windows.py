"""Sliding windows over arrays laid out (other axes, space, channels); knows no kind.

Everything is a loop over the taps of a window: for one tap, the pixels under it at all places of
the window are a strided slice of the padded input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from convwise.graph.axes import CHANNEL, Tensor
from convwise.kinds.windows import Window
from convwise.reference.contract import Array

Slices = tuple[Any, ...]
_MODES: dict[str, Any] = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


class Frame(NamedTuple):
    """How an array is turned so that its windowed axes and then its channels stand last."""

    order: tuple[int, ...]
    space: int

    def turned(self, values: Array) -> Array:
        return values.transpose(self.order)

    def back(self, values: Array) -> Array:
        return values.transpose(np.argsort(self.order))


def frame(source: Tensor, space: int) -> Frame:
    """The turn for windows over the last `space` spatial axes of a tensor."""
    spatial = source.spatial(space)
    channel = source.position(CHANNEL)
    others = [axis for axis in range(source.rank) if axis not in (*spatial, channel)]
    return Frame((*others, *spatial, channel), space)


def padded(values: Array, amounts: Sequence[tuple[int, int]], mode: str = "zeros") -> Array:
    """Borders around the axes before the last, by PyTorch's names of modes; negative ones cut."""
    for axis, index in _borders(values.shape, amounts, mode):
        taken = np.take(values, np.maximum(index, 0), axis=axis)
        values = taken * _there(index, axis, values.ndim) if mode == "zeros" else taken
    return values


def unpadded(gradient: Array, shape: Sequence[int], amounts: Any, mode: str = "zeros") -> Array:
    """The gradient of what was padded: border pixels give theirs to the pixel they repeat."""
    for axis, index in _borders(shape, amounts, mode):
        passed = np.zeros((*gradient.shape[:axis], shape[axis], *gradient.shape[axis + 1 :]))
        real = index >= 0
        target = np.moveaxis(passed, axis, 0)
        np.add.at(target, index[real], np.moveaxis(gradient, axis, 0)[real])
        gradient = passed
    return gradient


def _borders(
    shape: Sequence[int], amounts: Sequence[tuple[int, int]], mode: str
) -> Iterator[tuple[int, Array]]:
    """Per padded axis: which pixel each place of the padded axis shows, -1 for none."""
    first = len(shape) - 1 - len(amounts)
    for axis, (before, after) in enumerate(amounts, first):
        if before or after:
            size = shape[axis]
            pixels = np.arange(size)
            wide = (max(before, 0), max(after, 0))
            if mode == "zeros":
                index = np.pad(pixels, wide, constant_values=-1)
            else:
                index = np.pad(pixels, wide, mode=_MODES[mode])
            yield axis, index[max(-before, 0) : len(index) - max(-after, 0)]


def _there(index: Array, axis: int, rank: int) -> Array:
    seen: Array = (index >= 0).reshape([-1 if one == axis else 1 for one in range(rank)])
    return seen


def taps(windows: Sequence[Window], outs: Sequence[int]) -> Iterator[tuple[Any, Slices]]:
    """Each tap of the window, and the slice of the padded input that it meets at all places."""
    for tap in product(*[range(window.kernel) for window in windows]):
        slices = [
            slice(j * w.dilation, j * w.dilation + (out - 1) * w.stride + 1, w.stride)
            for j, w, out in zip(tap, windows, outs, strict=True)
        ]
        yield tap, (..., *slices, slice(None))


def covered(windows: Sequence[Window], outs: Sequence[int]) -> tuple[int, ...]:
    """Pixels from the first tap of the first window to the last tap of the last."""
    pairs = zip(windows, outs, strict=True)
    return tuple([(out - 1) * w.stride + w.extent for w, out in pairs])


def correlated(x: Array, w: Array, windows: Sequence[Window], outs: Sequence[int]) -> Array:
    """y[p, g, f] = sum over taps t and channels c of x[p*stride + t*dilation, g, c] w[g, f, c, t].

    x: (..., space, channels), w: (groups, filters, channels of a group, *taps). Returns
    (..., *outs, groups*filters). Cross-correlation, as all frameworks have it.
    """
    groups, filters = w.shape[:2]
    y = np.zeros((*x.shape[: x.ndim - 1 - len(outs)], *outs, groups * filters))
    for tap, slices in taps(windows, outs):
        y += _mixed(x[slices], w[(..., *tap)])
    return y


def stamped(dy: Array, w: Array, windows: Sequence[Window], space: Sequence[int]) -> Array:
    """The adjoint of `correlated` in x: every pixel of dy stamps the window, overlaps add up.

    dx[p*stride + t*dilation, g, c] += sum over f of dy[p, g, f] w[g, f, c, t].
    """
    groups, _, deep = w.shape[:3]
    outs = dy.shape[dy.ndim - 1 - len(windows) : -1]
    dx = np.zeros((*dy.shape[: dy.ndim - 1 - len(windows)], *space, groups * deep))
    for tap, slices in taps(windows, outs):
        dx[slices] += _mixed(dy, w[(..., *tap)].swapaxes(1, 2))
    return dx


def gathered(x: Array, dy: Array, shape: Sequence[int], windows: Sequence[Window]) -> Array:
    """The adjoint of `correlated` in w: every weight gathers over all places.

    dw[g, f, c, t] = sum over p of dy[p, g, f] x[p*stride + t*dilation, g, c].
    """
    groups, filters, deep = shape[:3]
    outs = dy.shape[dy.ndim - 1 - len(windows) : -1]
    dw = np.zeros(tuple(shape))
    right = dy.reshape(-1, groups, filters)
    for tap, slices in taps(windows, outs):
        left = x[slices].reshape(-1, groups, deep)
        for group in range(groups):
            dw[(group, ..., *tap)] = right[:, group].T @ left[:, group]
    return dw


def _mixed(x: Array, w: Array) -> Array:
    """(..., groups*channels) with (groups, filters, channels) to (..., groups*filters)."""
    groups, filters, deep = w.shape
    if groups == 1:
        single: Array = x * w[0, 0, 0] if filters == deep == 1 else x @ w[0].T
        return single
    parts = x.reshape(*x.shape[:-1], groups, deep)
    if deep == 1:
        mixed = parts * w[:, :, 0]
    else:
        mixed = np.moveaxis(np.moveaxis(parts, -2, 0) @ _alone(w, x.ndim), 0, -2)
    joined: Array = mixed.reshape(*x.shape[:-1], groups * filters)
    return joined


def _alone(w: Array, rank: int) -> Array:
    """(groups, filters, channels) as (groups, 1, ..., channels, filters), to be multiplied."""
    groups, filters, deep = w.shape
    return w.swapaxes(1, 2).reshape(groups, *[1] * (rank - 2), deep, filters)


class Slid(NamedTuple):
    """A convolution's output, and the gradients of its input and its grouped weights."""

    y: Array
    back: Callable[[Array], tuple[Array, Array]]


def slid(
    source: Tensor,
    x: Array,
    w: Array,
    windows: Sequence[Window],
    amounts: Sequence[tuple[int, int]],
    outs: Sequence[int],
    mode: str = "zeros",
) -> Slid:
    """`correlated` on the padded input, with axes as in `source`; w as there."""
    laid = frame(source, len(windows))
    turned = laid.turned(x)
    wide = padded(turned, amounts, mode)

    def back(dy: Array) -> tuple[Array, Array]:
        d = laid.turned(dy)
        space = wide.shape[wide.ndim - 1 - len(windows) : -1]
        dx = unpadded(stamped(d, w, windows, space), turned.shape, amounts, mode)
        return laid.back(dx), gathered(wide, d, w.shape, windows)

    return Slid(laid.back(correlated(wide, w, windows, outs)), back)


def stamps(
    source: Tensor,
    x: Array,
    w: Array,
    windows: Sequence[Window],
    crop: Sequence[tuple[int, int]],
) -> Slid:
    """`stamped` by every pixel of the input, borders cropped; w: (groups, in, out, *taps)."""
    laid = frame(source, len(windows))
    turned = laid.turned(x)
    sizes = turned.shape[turned.ndim - 1 - len(windows) : -1]
    whole = stamped(turned, w, windows, covered(windows, sizes))
    cut = [(-before, -after) for before, after in crop]

    def back(dy: Array) -> tuple[Array, Array]:
        d = unpadded(laid.turned(dy), whole.shape, cut)
        return laid.back(correlated(d, w, windows, sizes)), gathered(d, turned, w.shape, windows)

    return Slid(laid.back(padded(whole, cut)), back)

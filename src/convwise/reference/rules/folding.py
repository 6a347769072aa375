"""Windows laid out as channels (im2col), summed back (col2im), or shown on an axis of their own."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from convwise.graph.axes import CHANNEL, FEATURE
from convwise.graph.dims import Dim
from convwise.kinds.fold import Fold, SlidingWindows, Unfold
from convwise.kinds.windows import VALID, Padding, Window, out_size, pads
from convwise.reference.contract import Array, Gradients, Pass, Use
from convwise.reference.windows import frame, padded, taps, unpadded


def unfold(use: Use[Unfold]) -> Pass:
    """y[p, c*T + t] = x[p*stride + t*dilation - before, c], of T taps; 0 in the padding.

    "block first" numbers the channels t*C + c instead. Places stand in one row, or on their axes.
    Backward: every pixel gathers dy over the windows that it lies in (col2im).
    """
    kind, laid = use.kind, frame(use.source, len(use.kind.kernel))
    places, windows = kind.places(use.source), kind.windows()
    amounts = _plain([pads(one.window, kind.padding, one.order, one.size) for one in places])
    counts = [out_size(one.window, kind.padding, one.order, one.size) for one in places]
    outs = [int(count) for count in counts]  # type: ignore[arg-type]
    turned = laid.turned(use.x)
    wide = padded(turned, amounts)
    spatial = [place.position for place in places]
    front = list(range(spatial[0], spatial[0] + len(spatial)))
    first = kind.order == "channel first"
    made: tuple[int, ...] = use.outputs[0].shape  # type: ignore[assignment]
    y = laid.back(_laid_out(wide, windows, outs, first))
    side_by_side = np.moveaxis(y, spatial, front) if kind.in_row else y

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dy = grads[0].reshape(side_by_side.shape)
        d = laid.turned(np.moveaxis(dy, front, spatial) if kind.in_row else dy)
        space = wide.shape[wide.ndim - 1 - len(windows) :]
        dx = unpadded(_summed(d, windows, space, first), turned.shape, amounts)
        return Gradients((laid.back(dx) if use.x.dtype == np.float64 else None,))

    return Pass((side_by_side.reshape(made),), backward)


def _plain(amounts: Sequence[tuple[Dim, Dim]]) -> list[tuple[int, int]]:
    return [(int(before), int(after)) for before, after in amounts]  # type: ignore[arg-type]


def _laid_out(x: Array, windows: Sequence[Window], outs: Sequence[int], first: bool) -> Array:
    """(..., space, channels) to (..., *outs, channels * taps)."""
    pixels = [x[slices] for _, slices in taps(windows, outs)]
    blocks = np.stack(pixels, axis=-1 if first else -2)  # (..., C, T) or (..., T, C)
    flat: Array = blocks.reshape(*blocks.shape[:-2], -1)
    return flat


def _summed(y: Array, windows: Sequence[Window], space: Sequence[int], first: bool) -> Array:
    """(..., *outs, channels * taps) to (..., *space): every pixel sums what lies on it.

    space: sizes of the padded axes, then of the channels.
    """
    count, deep = prod([window.kernel for window in windows]), space[-1]
    outs = y.shape[y.ndim - 1 - len(windows) : -1]
    split = (deep, count) if first else (count, deep)
    blocks = y.reshape(*y.shape[:-1], *split).swapaxes(-1, -1 if first else -2)
    x = np.zeros((*y.shape[: y.ndim - 1 - len(windows)], *space), dtype=y.dtype)
    for number, (_, slices) in enumerate(taps(windows, outs)):
        x[slices] += blocks[..., number]
    return x


def fold(use: Use[Fold]) -> Pass:
    """y[p*stride + t*dilation - padding, c] += x[p, c*T + t], over all places p and taps t.

    Backward: dx[p, c*T + t] = dy[p*stride + t*dilation - padding, c], 0 in the padding: im2col.
    """
    kind, source = use.kind, use.source
    channel, row = source.position(CHANNEL), source.position(FEATURE)
    others = [place for place in range(source.rank) if place not in (channel, row)]
    sizes = [int(size) for size in kind.sizes]  # type: ignore[arg-type]
    amounts = [(padding, padding) for padding in kind.padding]
    windows = kind.windows()
    outs = _counts(windows, amounts, sizes)
    deep = use.x.shape[channel] // prod(kind.kernel)
    turned = use.x.transpose(*others, row, channel)
    columns = turned.reshape(*turned.shape[:-2], *outs, turned.shape[-1])  # (..., *outs, C*T)
    space = [size + 2 * padding for size, padding in zip(sizes, kind.padding, strict=True)]
    whole = _summed(columns, windows, (*space, deep), first=True)
    cut = [(-before, -after) for before, after in amounts]
    now = _places_of(others, channel, row, len(windows))

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dy = unpadded(grads[0].transpose(now), whole.shape, cut)
        d = _laid_out(dy, windows, outs, first=True).reshape(turned.shape)
        dx = d.transpose(np.argsort((*others, row, channel)))
        return Gradients((dx if use.x.dtype == np.float64 else None,))

    return Pass((padded(whole, cut).transpose(np.argsort(now)),), backward)


def _counts(
    windows: Sequence[Window], amounts: Sequence[tuple[int, int]], sizes: Sequence[int]
) -> list[int]:
    """Windows along each axis of the output."""
    padding = Padding("explicit", tuple(amounts))
    found = [out_size(windows[axis], padding, axis, size) for axis, size in enumerate(sizes)]
    return [int(count) for count in found]  # type: ignore[arg-type]


def _places_of(others: Sequence[int], channel: int, row: int, space: int) -> list[int]:
    """Where the other axes, those of space and the channels stand once space took the row's."""
    moved = [place + space - 1 if place > row else place for place in (*others, channel)]
    return [*moved[:-1], *range(row, row + space), moved[-1]]


def sliding_windows(use: Use[SlidingWindows]) -> Pass:
    """y[..., p, ..., j] = x[..., p*step + j, ...]: the place p on the axis, the tap j on a new one.

    Backward: every value gathers dy over the windows that it lies in.
    """
    kind, place = use.kind, use.source.locate(use.kind.axis)
    count = out_size(Window(kind.size, kind.step), VALID, 0, use.x.shape[place])
    assert isinstance(count, int)
    reach = (count - 1) * kind.step + 1
    front = (slice(None),) * place
    cuts = [(*front, slice(j, j + reach, kind.step)) for j in range(kind.size)]
    y = np.stack([use.x[cut] for cut in cuts], axis=-1)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        if use.x.dtype != np.float64:
            return Gradients((None,))
        dx = np.zeros(use.x.shape)
        for j, cut in enumerate(cuts):
            dx[cut] += grads[0][..., j]
        return Gradients((dx,))

    return Pass((y,), backward)

"""Pooling: sliding windows that keep a maximum, a mean or a norm of what is under them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import numpy as np

from convwise.kinds.pooling import AveragePool, LpPool, MaxPool, Pooling
from convwise.kinds.windowed import taps
from convwise.kinds.windows import VALID, Window, pads
from convwise.reference.arrays import along
from convwise.reference.contract import Array, Gradients, Pass, Use

Cut = tuple[slice, ...]
Sums = Callable[[Array], Array]


class Slid(NamedTuple):
    """Windows over some axes of an array: their places, and the borders that they reach into.

    `borders`: the padding (before, after) of each axis. `widths`: the same with pixels behind the
    padding that the last windows of `ceil` reach, for np.pad.
    """

    places: tuple[int, ...]
    windows: tuple[Window, ...]
    sizes: tuple[int, ...]
    outs: tuple[int, ...]
    borders: tuple[tuple[int, int], ...]
    widths: list[tuple[int, int]]

    def taps(self, rank: int) -> list[tuple[tuple[int, ...], Cut]]:
        """Every pixel of the window, and the slice of the padded array it meets at all places."""
        found = []
        for tap in product(*[range(window.kernel) for window in self.windows]):
            cut = [slice(None)] * rank
            for j, place, window, out in zip(
                tap, self.places, self.windows, self.outs, strict=True
            ):
                first = j * window.dilation
                cut[place] = slice(first, first + (out - 1) * window.stride + 1, window.stride)
            found.append((tap, tuple(cut)))
        return found

    def inside(self, values: Array) -> Array:
        """What lies in the input of a padded array."""
        cut = [slice(None)] * values.ndim
        for place, size in zip(self.places, self.sizes, strict=True):
            before = self.widths[place][0]
            cut[place] = slice(before, before + size)
        return values[tuple(cut)]


def slid(use: Use[Pooling]) -> Slid:
    """The windows of a pooling over its input."""
    found = use.kind.places(use.source)
    widths = [(0, 0)] * use.x.ndim
    borders, outs = [], []
    for index, place, _, _, window in found:
        size = use.x.shape[place]
        before, after = pads(window, use.kind.padding, index, size)
        out = use.outputs[0].axes[place].dim
        assert isinstance(before, int)
        assert isinstance(after, int)
        assert isinstance(out, int)
        covered = (out - 1) * window.stride + window.extent
        widths[place] = (before, max(after, covered - size - before))
        borders.append((before, after))
        outs.append(out)
    places = tuple([one.position for one in found])
    sizes = tuple([use.x.shape[place] for place in places])
    windows = tuple([one.window for one in found])
    return Slid(places, windows, sizes, tuple(outs), tuple(borders), widths)


def max_pool(use: Use[MaxPool]) -> Pass:
    """y[p] = max over taps j of x[p*stride + j*dilation - before]; padding never wins.

    Backward: dy[p] goes to the first of the largest pixels under the window.
    """
    found = slid(use)
    wide = np.pad(use.x, found.widths, constant_values=_lowest(use.x))
    pixels = found.taps(use.x.ndim)
    seen = np.stack([wide[cut] for _, cut in pixels])  # (taps, *output)
    winner = seen.argmax(axis=0)
    y = np.take_along_axis(seen, winner[None], axis=0)[0]
    outputs = (y, _where(found, winner, use.x.ndim)) if use.kind.indices else (y,)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        d = np.zeros(wide.shape)
        for number, (_, cut) in enumerate(pixels):
            d[cut] += np.where(winner == number, grads[0], 0.0)
        return Gradients((found.inside(d),))

    return Pass(outputs, backward)


def _lowest(x: Array) -> float:
    """What is never larger than a value: minus infinity, of whole numbers the smallest."""
    return -np.inf if x.dtype == np.float64 else float(np.iinfo(np.int64).min)


def _where(found: Slid, winner: Array, rank: int) -> Array:
    """Where each maximum stood, counted through the pooled axes of the input in order."""
    flat = np.zeros(winner.shape, dtype=np.int64)
    kernel = [window.kernel for window in found.windows]
    rows = zip(
        np.unravel_index(winner, kernel), found.places, found.windows, found.sizes, strict=True
    )
    for tap, place, window, size in rows:
        first = np.arange(winner.shape[place]) * window.stride - found.widths[place][0]
        flat = flat * size + along(first, place, rank) + tap * window.dilation
    return flat


def average_pool(use: Use[AveragePool]) -> Pass:
    """y[p] = the sum over the window, divided by how many pixels are meant to be under it.

    Backward: every pixel under the window gets dy[p] divided by the same number.
    """
    found = slid(use)
    over = _divisor(use.kind.divisor, found, use.x.ndim)
    y, back = _summed(use.x, found)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients((back(grads[0] / over),))

    return Pass((y / over,), backward)


def _divisor(rule: str | int, found: Slid, rank: int) -> Array:
    """Pixels of each window inside of the input, or of the padded input; or a number."""
    total = np.ones(())
    if isinstance(rule, int):
        return total * rule
    rows = zip(found.places, found.windows, found.sizes, found.outs, found.borders, strict=True)
    for place, window, size, out, (before, after) in rows:
        low, high = (0, size) if rule == "valid" else (-before, size + after)
        first = np.arange(out) * window.stride - before
        seen = first[:, None] + np.arange(window.kernel) * window.dilation  # (out, kernel)
        count = ((seen >= low) & (seen < high)).sum(axis=1)
        total = total * along(count, place, rank)
    return total


def _summed(x: Array, found: Slid) -> tuple[Array, Sums]:
    """The sum under every window, and its way back."""
    wide = np.pad(x, found.widths)
    (_, first), *others = found.taps(x.ndim)
    y = wide[first] + 0.0
    for _, cut in others:
        y = y + wide[cut]

    def back(dy: Array) -> Array:
        d = np.zeros(wide.shape)
        for _, cut in found.taps(x.ndim):
            d[cut] += dy
        return found.inside(d)

    return y, back


def lp_pool(use: Use[LpPool]) -> Pass:
    """y[p] = (sum over the window of x^p)^(1/p).

    A last window that hangs over (ceil) is scaled up to the pixels of a whole one. Backward: dx
    gathers dy y^(1 - p) x^(p - 1) over the windows that see it.
    """
    p, found = use.kind.p, slid(use)
    sums, back = _summed(use.x**p, found)
    valid = use.kind.padding == VALID
    scale = taps(use.kind.window) / _divisor("padded", found, use.x.ndim) if valid else 1.0
    total = sums * scale
    with np.errstate(invalid="ignore"):
        y = total ** (1 / p)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        with np.errstate(divide="ignore", invalid="ignore"):
            passed = np.where(total != 0, grads[0] * y ** (1 - p), 0.0)
        return Gradients((back(passed * scale) * use.x ** (p - 1),))

    return Pass((y,), backward)

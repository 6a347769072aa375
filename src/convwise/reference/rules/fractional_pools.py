"""Max pooling with windows at places that are drawn, in training and afterwards."""

from __future__ import annotations

import numpy as np

from convwise.kinds.fractional import FractionalMaxPool
from convwise.reference.arrays import moved_back, moved_last
from convwise.reference.contract import Array, Gradients, Pass, Use


def fractional_max_pool(use: Use[FractionalMaxPool]) -> Pass:
    """y[p] = max over taps j of x[s[p] + j], the first pixels s of the windows being drawn.

    Anew for every plane (all axes but the pooled ones) and along every axis, see `starts`.
    Backward: dy[p] goes to the first of the largest pixels under the window.
    Source: Graham (arXiv:1412.6071), as PyTorch draws them.
    """
    places = use.source.spatial(len(use.kind.window))
    moved = moved_last(use.x, places)  # (..., *space)
    front, space = moved.shape[: -len(places)], moved.shape[-len(places) :]
    outs = [use.outputs[0].axes[place].dim for place in places]
    samples = use.random.random((int(np.prod(front)), len(places)))
    planes = moved.reshape(len(samples), -1)  # (planes, pixels)
    pixels = _pixels(use.kind, samples, space, outs)  # type: ignore[arg-type]
    where = _largest(planes, pixels)  # (planes, windows)
    y = np.take_along_axis(planes, where, axis=1)

    def back(values: Array) -> Array:
        return moved_back(values.reshape(*front, *outs), places)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dy = moved_last(grads[0], places).reshape(where.shape)
        d = np.zeros(planes.shape)
        np.add.at(d, (np.arange(len(d))[:, None], where), dy)
        return Gradients((moved_back(d.reshape(moved.shape), places),))

    return Pass((back(y), back(where)) if use.kind.indices else (back(y),), backward)


def starts(size: int, kernel: int, out: int, sample: Array) -> Array:
    """The first pixel of each window: s[p] = floor((p + u) a) - floor(u a), the last at the end.

    a = (size - kernel)/(out - 1); sample: a number u in [0, 1) of each plane. Steps of floor(a)
    and ceil(a) pixels, in an order that u decides. Returns (planes, out).
    """
    last = size - kernel
    if out == 1:
        return np.full((len(sample), 1), last)
    step, u = last / (out - 1), sample[:, None]
    found = np.floor((np.arange(out) + u) * step) - np.floor(u * step)
    found[:, -1] = last
    whole: Array = found.astype(np.int64)
    return whole


def _pixels(
    kind: FractionalMaxPool, samples: Array, space: tuple[int, ...], outs: list[int]
) -> Array:
    """Per plane, window and tap the number of the pixel that it meets in its plane."""
    flat = np.zeros((len(samples), 1, 1), dtype=np.int64)
    for axis, (size, kernel, out) in enumerate(zip(space, kind.window, outs, strict=True)):
        first = starts(size, kernel, out, samples[:, axis])  # (planes, out)
        seen = first[:, :, None] + np.arange(kernel)  # (planes, out, kernel)
        joined = flat[:, :, None, :, None] * size + seen[:, None, :, None, :]
        flat = joined.reshape(len(samples), flat.shape[1] * out, flat.shape[2] * kernel)
    return flat


def _largest(planes: Array, pixels: Array) -> Array:
    """Which pixel of each window is the first of the largest."""
    seen = np.take_along_axis(planes[:, None, :], pixels, axis=2)  # (planes, windows, taps)
    first = seen.argmax(axis=2)[..., None]
    found: Array = np.take_along_axis(pixels, first, axis=2)[..., 0]
    return found

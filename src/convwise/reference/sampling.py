"""Reading an axis at other places: the matrices of interpolation; must never know a kind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from convwise.reference.contract import Array

#: Weight of a pixel by its distance from the place that is read, in pixels.
Kernel = Callable[[Array], Array]


def mixed(x: Array, position: int, matrix: Array) -> Array:
    """y[..., o, ...] = sum over i of matrix[o, i] x[..., i, ...] along one axis.

    Its backward is `mixed` with the transposed matrix.
    """
    summed: Array = np.tensordot(x, matrix, axes=(position, 1))  # the new axis last
    y: Array = np.moveaxis(summed, -1, position)
    return y


def lines(distance: Array) -> Array:
    """Of linear interpolation: 1 - |d|, over 2 pixels."""
    weight: Array = np.maximum(1 - np.abs(distance), 0.0)
    return weight


def cubics(sharpness: float) -> Kernel:
    """Of cubic convolution, over 4 pixels.

    (a + 2)|d|^3 - (a + 3)|d|^2 + 1 for |d| < 1, a|d|^3 - 5a|d|^2 + 8a|d| - 4a for |d| < 2, where a
    is the slope at 1: the negative `sharpness`. Source: Keys, Cubic convolution interpolation for
    digital image processing (1981).
    """
    a = -sharpness

    def kernel(distance: Array) -> Array:
        d = np.abs(distance)
        near = ((a + 2) * d - (a + 3)) * d * d + 1
        far = ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
        return np.where(d < 1, near, np.where(d < 2, far, 0.0))

    return kernel


def lanczos(lobes: int) -> Kernel:
    """Of Lanczos's window over 2 * lobes pixels: sinc(d) sinc(d / lobes).

    sinc(d) = sin(pi d) / (pi d). Source: Duchon, Lanczos filtering in one and two dimensions
    (1979).
    """

    def kernel(distance: Array) -> Array:
        inside = np.sinc(distance) * np.sinc(distance / lobes)
        return np.where(np.abs(distance) < lobes, inside, 0.0)

    return kernel


def nearest(size: int, out: int) -> Array:
    """Row o reads pixel floor(o * size / out): (out, size)."""
    matrix = np.zeros((out, size))
    matrix[np.arange(out), np.arange(out) * size // out] = 1.0
    return matrix


def places(size: int, out: int, aligned: bool) -> Array:
    """Where in the input, in pixels, output o lies: (out,).

    (o + 1/2) size / out - 1/2; with `aligned` corners o (size - 1) / (out - 1).
    """
    steps = np.arange(out)
    if aligned:
        return steps * ((size - 1) / (out - 1) if out > 1 else 0.0)
    return (steps + 0.5) * (size / out) - 0.5


def clamped(kernel: Kernel, reach: int, where: Array, size: int) -> Array:
    """Weights of the 2 * reach pixels around each place, those outside read at the border.

    matrix[o, i] = sum over pixels j that are read as i of kernel(where[o] - j): (out, size).
    """
    rows = np.arange(len(where))
    matrix = np.zeros((len(where), size))
    first = np.floor(where).astype(np.int64) - reach + 1
    for step in range(2 * reach):
        pixel = first + step
        np.add.at(matrix, (rows, np.clip(pixel, 0, size - 1)), kernel(where - pixel))
    return matrix


def normalised(kernel: Kernel, where: Array, width: float, size: int) -> Array:
    """Weights of the pixels that exist, made to sum to 1: (out, size).

    matrix[o, i] is proportional to kernel((where[o] - i) / width): a kernel `width` times as wide
    averages over the pixels that a shrinking axis would otherwise pass over.
    """
    weights = kernel((where[:, None] - np.arange(size)) / width)
    shares: Array = weights / weights.sum(axis=1, keepdims=True)
    return shares

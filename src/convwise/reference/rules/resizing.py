"""Interpolation as one matrix per axis, and pixel shuffling as a permutation."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL
from convwise.kinds.resize import Resize, Upsample
from convwise.kinds.shuffle import PixelShuffle, PixelUnshuffle
from convwise.reference.arrays import moved_back, moved_last
from convwise.reference.contract import Array, Gradients, Pass, Use
from convwise.reference.sampling import (
    Kernel,
    clamped,
    cubics,
    lanczos,
    lines,
    mixed,
    nearest,
    normalised,
    places,
)

#: Slopes of the cubic kernel at 1 as PyTorch has them: plainly and where a shrinking is smoothed.
_PLAIN_CUBIC: Final = 0.75
_SMOOTH_CUBIC: Final = 0.5


class _Method(NamedTuple):
    """How an axis is read: by which kernel, which corners coincide, whether it is smoothed."""

    name: str
    aligned: bool
    smooth: bool = False


def upsample(use: Use[Upsample]) -> Pass:
    """y[..., o] = sum over pixels i of M[o, i] x[..., i] along every axis that grows.

    Output o lies at (o + 1/2) / factor - 1/2 of the input; rows of M weigh the pixels around it.
    Backward: the transposed matrices, dx[..., i] = sum over o of M[o, i] dy[..., o].
    """
    kind = use.kind
    method = _Method(kind.method, kind.aligned_corners)
    pairs = zip(use.source.spatial(len(kind.factors)), kind.factors, strict=True)
    found = {}
    for place, factor in pairs:
        size = use.x.shape[place]
        found[place] = _matrix(method, size, size * factor)
    return _mixed(use.x, found)


def resize(use: Use[Resize]) -> Pass:
    """y[..., o] = sum over pixels i of M[o, i] x[..., i] along every axis, M of (out, size).

    Output o lies at (o + 1/2) size / out - 1/2 of the input; aspects are kept by reading only the
    middle of the longer axis (crop), or zeros around the shorter one (pad). Backward: transposed.
    """
    kind = use.kind
    method = _Method(kind.method, kind.aligned_corners, kind.antialias)
    axes = [place for place, _ in kind.sizes_out(use.source)]
    sizes = [use.x.shape[place] for place in axes]
    outs = [int(out) for _, out in kind.sizes_out(use.source)]  # type: ignore[arg-type]
    seen = _seen(kind.aspect, sizes, outs)
    found = {}
    for place, size, out, (start, length) in zip(axes, sizes, outs, seen, strict=True):
        found[place] = _placed(_matrix(method, length, out), start, size)
    return _mixed(use.x, found)


def _mixed(x: Array, matrices: dict[int, Array]) -> Pass:
    """One matrix along each axis, one axis after the other."""
    y = x
    for place, matrix in matrices.items():
        y = mixed(y, place, matrix)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dx,) = grads
        for place, matrix in matrices.items():
            dx = mixed(dx, place, matrix.T)
        return Gradients((dx,))

    return Pass((y,), backward)


def _matrix(method: _Method, size: int, out: int) -> Array:
    """How the pixels of one axis become other ones: (out, size)."""
    if method.name == "nearest":
        return nearest(size, out)
    kernel, reach, own = _kernel(method)
    if not method.smooth and not own:
        return clamped(kernel, reach, places(size, out, method.aligned), size)
    scale = size / out
    if method.aligned:
        scale = (size - 1) / (out - 1) if out > 1 else 0.0
    where = (np.arange(out) + 0.5) * scale - 0.5
    return normalised(kernel, where, max(scale, 1.0) if method.smooth else 1.0, size)


def _kernel(method: _Method) -> tuple[Kernel, int, bool]:
    """The kernel, its pixels on each side, and whether pixels outside are always left out."""
    if method.name == "bilinear":
        return lines, 1, False
    if method.name == "bicubic":
        return cubics(_SMOOTH_CUBIC if method.smooth else _PLAIN_CUBIC), 2, False
    lobes = {"lanczos3": 3, "lanczos5": 5}[method.name]
    return lanczos(lobes), lobes, True


def _seen(aspect: str, sizes: list[int], outs: list[int]) -> list[tuple[int, int]]:
    """Per axis the first pixel that is read and how many are; outside of the image when negative.

    For an image of h x w that becomes H x W: "crop" reads floor(w H / W) of the h rows and
    floor(h W / H) of the w columns, never more than there are, from the middle; "pad" fills up to
    as many, with zeros in front and as many behind.
    """
    if aspect == "stretch":
        return [(0, size) for size in sizes]
    if len(sizes) != 2:
        raise RuleError(f"an aspect is one of 2 axes, {len(sizes)} are resized")
    found = []
    for axis, (size, out) in enumerate(zip(sizes, outs, strict=True)):
        wanted = int(sizes[1 - axis] * out / outs[1 - axis])
        if aspect == "crop":
            length = max(min(size, wanted), 1)
            found.append(((size - length) // 2, length))
        else:
            frame = (max(size, wanted) - size) // 2
            found.append((-frame, size + 2 * frame))
    return found


def _placed(matrix: Array, start: int, size: int) -> Array:
    """A matrix that reads from pixel `start` on, as one that reads all pixels: (out, size)."""
    out, length = matrix.shape
    if start < 0:
        return matrix[:, -start : size - start]
    whole = np.zeros((out, size))
    whole[:, start : start + length] = matrix
    return whole


def pixel_shuffle(use: Use[PixelShuffle]) -> Pass:
    """y[c, h r + i, w r + j] = x[(c r + i) r + j, h, w], block first x[(i r + j) C + c, h, w].

    Backward: `pixel_unshuffle` of dy: every value goes back to where it came from.
    """
    kind, axes = use.kind, [use.source.position(CHANNEL), *use.source.spatial(2)]

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        return Gradients((_into_channels(dy, axes, kind.factor, kind.order),))

    return Pass((_into_space(use.x, axes, kind.factor, kind.order),), backward)


def pixel_unshuffle(use: Use[PixelUnshuffle]) -> Pass:
    """y[(c r + i) r + j, h, w] = x[c, h r + i, w r + j], block first y[(i r + j) C + c, h, w].

    Backward: `pixel_shuffle` of dy.
    """
    kind, axes = use.kind, [use.source.position(CHANNEL), *use.source.spatial(2)]

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        return Gradients((_into_space(dy, axes, kind.factor, kind.order),))

    return Pass((_into_channels(use.x, axes, kind.factor, kind.order),), backward)


def _into_space(x: Array, axes: list[int], r: int, order: str) -> Array:
    values = moved_last(x, axes)  # (..., channels, height, width)
    *rest, channels, height, width = values.shape
    c = channels // (r * r)
    if order == "channel first":
        blocks = values.reshape(*rest, c, r, r, height, width)
    else:
        blocks = np.moveaxis(values.reshape(*rest, r, r, c, height, width), -3, -5)
    apart = np.moveaxis(blocks, (-4, -3), (-3, -1))  # (..., c, height, r, width, r)
    return moved_back(apart.reshape(*rest, c, height * r, width * r), axes)


def _into_channels(x: Array, axes: list[int], r: int, order: str) -> Array:
    values = moved_last(x, axes)  # (..., c, rows, columns)
    *rest, c, rows, columns = values.shape
    apart = values.reshape(*rest, c, rows // r, r, columns // r, r)
    blocks = np.moveaxis(apart, (-3, -1), (-4, -3))  # (..., c, r, r, height, width)
    if order != "channel first":
        blocks = np.moveaxis(blocks, -5, -3)  # (..., r, r, c, height, width)
    return moved_back(blocks.reshape(*rest, c * r * r, rows // r, columns // r), axes)

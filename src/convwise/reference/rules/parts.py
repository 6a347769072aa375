"""Parts, copies and borders of arrays: values are moved, none is computed."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from convwise.graph.axes import AxisRef, Tensor
from convwise.kinds.padding import CenterCrop, Crop, Pad
from convwise.kinds.rolling import Flip, Roll
from convwise.kinds.slicing import Cut, Repeat, Slice
from convwise.reference.contract import Array, Gradients, Pass, Use
from convwise.reference.moving import moved

_MODES: dict[str, Any] = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def slice(use: Use[Slice]) -> Pass:
    """x[start:stop:step, index, ...], cut by cut."""
    cuts = tuple([_cut(cut) for cut in use.kind.cuts])
    return moved(use.x, lambda values: values[cuts])


def _cut(cut: Cut) -> int | builtins.slice:
    return cut if isinstance(cut, int) else builtins.slice(*cut)


def repeat(use: Use[Repeat]) -> Pass:
    """Copies along a new axis, whole copies of an axis, or value by value."""
    kind = use.kind
    if kind.axis is None:
        place = kind.position % (use.x.ndim + 1)
        return moved(use.x, lambda values: np.stack([values] * kind.count, axis=place))
    axis = use.source.locate(kind.axis)
    if kind.interleaved:
        return moved(use.x, lambda values: np.repeat(values, kind.count, axis=axis))
    return moved(use.x, lambda values: np.concatenate([values] * kind.count, axis=axis))


def roll(use: Use[Roll]) -> Pass:
    """What leaves at one end enters at the other."""
    axes = [use.source.locate(ref) for ref in use.kind.axes]
    shifts = [int(shift) for shift in use.kind.shifts]  # type: ignore[arg-type]
    return moved(use.x, lambda values: np.roll(values, shifts, axes))


def flip(use: Use[Flip]) -> Pass:
    """The axes in reverse."""
    axes = tuple([use.source.locate(ref) for ref in use.kind.axes])
    return moved(use.x, lambda values: np.flip(values, axes))


def pad(use: Use[Pad]) -> Pass:
    """A border of one number, or of pixels repeated: mirrored, the last one, or from around."""
    widths = _widths(use.source, use.kind.amounts)
    if use.kind.mode != "constant":
        mode = _MODES[use.kind.mode]
        return moved(use.x, lambda values: np.pad(values, widths, mode=mode))
    inside = tuple(
        [
            builtins.slice(before, before + size)
            for (before, _), size in zip(widths, use.x.shape, strict=True)
        ]
    )

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients((grads[0][inside],))

    return Pass((np.pad(use.x, widths, constant_values=use.kind.value),), backward)


def _widths(
    source: Tensor, amounts: tuple[tuple[AxisRef, tuple[int, int]], ...]
) -> list[tuple[int, int]]:
    widths = [(0, 0)] * source.rank
    for ref, sides in amounts:
        widths[source.locate(ref)] = sides
    return widths


def crop(use: Use[Crop]) -> Pass:
    """Without the pixels at the sides."""
    pairs = zip(_widths(use.source, use.kind.amounts), use.x.shape, strict=True)
    inside = tuple([builtins.slice(before, size - after) for (before, after), size in pairs])
    return moved(use.x, lambda values: values[inside])


def center_crop(use: Use[CenterCrop]) -> Pass:
    """The middle; the odd pixel goes at the end."""
    inside: list[builtins.slice] = [builtins.slice(None)] * use.x.ndim
    for place, out in zip(use.source.spatial(len(use.kind.sizes)), use.kind.sizes, strict=True):
        first = (use.x.shape[place] - out) // 2
        inside[place] = builtins.slice(first, first + out)
    return moved(use.x, lambda values: values[tuple(inside)])

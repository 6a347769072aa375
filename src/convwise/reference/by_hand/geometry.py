"""Which inputs a window sees and which windows see an input, axis by axis; knows no operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from convwise.graph.axes import CHANNEL, Tensor
from convwise.kinds.windowed import Windowed
from convwise.kinds.windows import out_size, pads
from convwise.reference.contract import Array

#: Per axis, by position: the index into it, or several, None where there is only padding.
Indices = Mapping[int, Sequence[int | None]]


class Line(NamedTuple):
    """A window along one axis: what each tap of each output reads, None outside of the input."""

    position: int
    role: str
    reads: tuple[tuple[int | None, ...], ...]

    def readers(self, index: int) -> list[tuple[int, int]]:
        """Outputs that read an input pixel, each with the tap that does."""
        return [
            (output, tap)
            for output, taps in enumerate(self.reads)
            for tap, read in enumerate(taps)
            if read == index
        ]


def lines(kind: Windowed, source: Tensor, mode: str = "zeros") -> list[Line]:
    """The windows of a kind on an input; `mode`: what stands at padded pixels."""
    found = []
    for order, position, role, dim, window in kind.places(source):
        size = int(dim)  # type: ignore[arg-type]
        before = int(pads(window, kind.padding, order, size)[0])  # type: ignore[arg-type]
        outputs = int(out_size(window, kind.padding, order, size))  # type: ignore[arg-type]
        reads = [
            tuple(
                [
                    _read(output * window.stride - before + tap * window.dilation, size, mode)
                    for tap in range(window.kernel)
                ]
            )
            for output in range(outputs)
        ]
        found.append(Line(position, role, tuple(reads)))
    return found


def _read(index: int, size: int, mode: str) -> int | None:
    """The pixel that is read at an index which may lie outside."""
    if 0 <= index < size:
        return index
    match mode:
        case "reflect":
            period = max(2 * (size - 1), 1)
            folded = index % period
            return min(folded, period - folded)
        case "replicate":
            return min(max(index, 0), size - 1)
        case "circular":
            return index % size
        case _:
            return None


class Picked(NamedTuple):
    """Values at some indices, zero where there is padding, which `padding` marks."""

    values: Array
    padding: Array | None


def picked(values: Array, indices: Indices) -> Picked:
    """Values at these indices; an axis that is not named stays whole."""
    # The axis that loses most goes first: of a large image only a window is ever copied.
    order = sorted(indices, key=lambda position: len(indices[position]) / values.shape[position])
    outside = np.zeros((1,) * values.ndim, dtype=bool)
    for position in order:
        wanted = indices[position]
        values = values.take([0 if index is None else index for index in wanted], axis=position)
        shape = [-1 if axis == position else 1 for axis in range(values.ndim)]
        outside = outside | np.array([index is None for index in wanted]).reshape(shape)
    if not outside.any():
        return Picked(values, None)
    padding = np.broadcast_to(outside, values.shape)
    return Picked(np.where(padding, 0.0, values), padding)


def channel_first(source: Tensor, values: Array, kept: Sequence[int]) -> Array:
    """Channels in front, then the axes `kept`; all others, of size 1, are left out."""
    channel = source.position(CHANNEL)
    gone = tuple([p for p in range(source.rank) if p != channel and p not in kept])
    moved = np.moveaxis(values, channel, 0)
    return moved.squeeze(tuple([position + (position < channel) for position in gone]))

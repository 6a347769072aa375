"""Sums over channels, each with its own grid of products; knows no operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from convwise.graph.axes import BATCH, CHANNEL, Tensor
from convwise.reference.by_hand.contract import Grid
from convwise.reference.by_hand.geometry import Indices, Line, picked
from convwise.reference.by_hand.sheet import Part, in_rows
from convwise.reference.contract import Array


def parts_by_channel(
    names: Sequence[str], left: Grid, rights: Sequence[Grid], what: str
) -> tuple[list[Part], str]:
    """The products of each channel; windows of one pixel in rows of channels."""
    if left.values[0].size == 1:
        weights = np.array([grid.values.reshape(()) for grid in rights])
        vector = Grid(left.label, left.values.reshape(-1))
        return in_rows(f"{what}s", vector, Grid(rights[0].label.split(",")[0], weights)), "rows"
    parts = []
    for number, (name, right) in enumerate(zip(names, rights, strict=True)):
        padding = None if left.padding is None else left.padding[number]
        parts.append(Part(name, Grid(f"{left.label}, {name}", left.values[number], padding), right))
    return parts, f"{what}s"


def one_channel(label: str, values: Array, axis: int, which: int, indices: Indices) -> Grid:
    """One channel at some places of the other axes, which keep their order."""
    found = picked(values.take([which], axis=axis), indices)
    padding = None if found.padding is None else found.padding.take(0, axis=axis)
    return Grid(label, found.values.take(0, axis=axis), padding)


def other_axes(source: Tensor) -> list[str]:
    """The names of all axes but the channels."""
    return [
        "example" if axis.role == BATCH else axis.role or f"axis {position}"
        for position, axis in enumerate(source.axes)
        if axis.role != CHANNEL
    ]


def seen_by(windows: Sequence[Line], pairs: Mapping[int, list[tuple[int, int]]]) -> str:
    """Which places meet one place, along each axis: "height 1, 2; width 2, 3"."""
    words = [
        f"{one.role} {', '.join([str(place) for place, _ in pairs[one.position]])}"
        for one in windows
    ]
    return "; ".join(words)

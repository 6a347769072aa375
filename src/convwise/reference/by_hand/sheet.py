"""The sheet that a calculation is written on, line by line; knows no operation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple, final

import numpy as np

from convwise.reference.by_hand.contract import Grid, Step, Worked, redone
from convwise.reference.contract import Array

#: More numbers than this are added up part by part.
MOST_NUMBERS: Final = 144
#: Numbers in a row of a long sum.
ROW: Final = 16
#: Of many parts, this many are written out; the sum shows what all of them give.
WRITTEN_OUT: Final = 4


class Part(NamedTuple):
    """Some of the products of a sum: what they are, and the two factors number by number."""

    name: str
    left: Grid
    right: Grid


def single(label: str, value: Any) -> Grid:
    """One number."""
    return Grid(label, np.asarray(value, dtype=np.float64))


def row(label: str, values: Iterable[Any]) -> Grid:
    """Some numbers in a row."""
    return Grid(label, np.asarray(list(values), dtype=np.float64))


@final
class Sheet:
    """Lines of a calculation; every line's value is what its own numbers give."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._left_out = False

    def line(self, text: str, op: str, *grids: Grid) -> float:
        """Write one line; its value."""
        value = redone(Step(text, op, grids, 0.0))
        self._steps.append(Step(text, op, grids, value))
        return value

    def worked(self, what: str, place: Sequence[int], formula: str, note: str = "") -> Worked:
        """Everything that was written, its last line being the answer."""
        notes = [note] if note else []
        if self._left_out:
            notes.append("of many parts that are alike only some are written out")
        steps = tuple(self._steps)
        found = tuple([int(index) for index in place])
        return Worked(what, found, formula, steps, steps[-1].value, "; ".join(notes))

    def added(self, text: str, names: Sequence[str], values: Sequence[float]) -> float:
        """The sum of a few numbers, each with its name."""
        pairs = zip(names, values, strict=True)
        return self.line(text, "sum", *[single(name, value) for name, value in pairs])

    def products(self, parts: Sequence[Part], over: str) -> float:
        """The sum of the products of all parts; of many, the first ones are written out."""
        sums = []
        for number, part in enumerate(parts):
            if number < WRITTEN_OUT:
                sums.append(self._part(part))
            else:
                sums.append(float((part.left.values * part.right.values).sum()))
        if len(parts) == 1:
            return sums[0]
        self._left_out |= len(parts) > WRITTEN_OUT
        return self.line(f"sum over {over}", "sum", row(f"sums of {over}", sums))

    def _part(self, part: Part) -> float:
        return self.line(f"{part.name}: sum of products", "sum of products", part.left, part.right)

    def over_positions(self, name: str, factors: Sequence[Grid], axes: Sequence[str]) -> float:
        """The sum over all positions of two factors' products, or of one; large grids row by row.

        The row and the slice in the middle are written out, of the others only their sums.
        """
        first = factors[0].values
        if (first.size <= MOST_NUMBERS and first.ndim <= 3) or first.ndim <= 1:
            op = "sum" if len(factors) == 1 else "sum of products"
            return self.line(f"{name}: {op}" if name else op, op, *factors)
        count = len(first)
        if count == 1:
            return self.over_positions(name, [_at(one, 0) for one in factors], axes[1:])
        terms = np.prod([one.values for one in factors], axis=0)
        sums = [float(one) for one in terms.reshape(count, -1).sum(axis=1)]
        middle = count // 2
        inner = f"{name}, {axes[0]} {middle}" if name else f"{axes[0]} {middle}"
        sums[middle] = self.over_positions(inner, [_at(one, middle) for one in factors], axes[1:])
        self._left_out = True
        label = f"sums by {axes[0]}, {axes[0]} 0 to {count - 1}"
        text = f"{name}: sum over {axes[0]}" if name else f"sum over {axes[0]}"
        return self.line(text, "sum", row(label, sums))

    def largest(self, name: str, window: Grid, axes: Sequence[str]) -> float:
        """The maximum of a window; of a large one row by row, as in `over_positions`."""
        values = window.values
        if (values.size <= MOST_NUMBERS and values.ndim <= 3) or values.ndim <= 1:
            return self.line(f"{name}: maximum" if name else "maximum", "maximum", window)
        count = len(values)
        found = [float(one) for one in values.reshape(count, -1).max(axis=1)]
        middle = count // 2
        inner = f"{name}, {axes[0]} {middle}" if name else f"{axes[0]} {middle}"
        self.largest(inner, _at(window, middle), axes[1:])
        self._left_out = True
        label = f"maxima by {axes[0]}, {axes[0]} 0 to {count - 1}"
        return self.line(f"maximum over {axes[0]}", "maximum", row(label, found))


def _at(grid: Grid, index: int) -> Grid:
    padding = None if grid.padding is None else grid.padding[index]
    return Grid(grid.label, grid.values[index], padding)


def in_rows(name: str, left: Grid, right: Grid) -> list[Part]:
    """A long row of products cut into rows of sixteen."""
    size = left.values.size
    parts = []
    for start in range(0, max(size, 1), ROW):
        end = min(start + ROW, size)
        cut = [Grid(one.label, one.values[start:end]) for one in (left, right)]
        label = name if size <= ROW else f"{name} {start} to {end - 1}"
        parts.append(Part(label, *cut))
    return parts


def numbers(values: Array) -> Array:
    """As float64, also what was whole numbers or yes and no."""
    return np.asarray(values, dtype=np.float64)

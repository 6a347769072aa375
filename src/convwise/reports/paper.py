"""Calculations as one writes them on paper, in characters; must never compute a number."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from convwise.reference.by_hand.contract import Grid, Step, Worked
from convwise.reference.by_hand.paper import OnPaper

#: Numbers that a grid shows along each axis; longer ones are cut with a word.
MOST_COLUMNS = 9
MOST_ROWS = 12
#: Characters of a line of numbers.
ROOM = 84
#: Numbers of a row that is longer than a line.
MOST_IN_ROWS = 72
#: Steps of the same sort that are written out when the text is to be short.
SHORT = 1

_SIGNS = {"sum of products": " x ", "difference": " - ", "quotient": " / "}


def calculation(paper: OnPaper, width: int, *, full: bool) -> list[str]:
    """The output value; in full also one weight's and one input's gradient."""
    lines = _worked(paper.output, width, full)
    for word, value in paper.then:
        lines.append(f"    then {word} = {number(value)}")
    if paper.beside is not None:
        lines.append(f"    {paper.beside.who} computes {number(paper.beside.value)}")
    if full:
        for worked in (paper.weight, paper.input):
            if worked is not None:
                lines += ["", *_worked(worked, width, full)]
    return lines


def drawn_from(paper: OnPaper) -> str:
    """Where the numbers come from."""
    text = "The numbers: weights and inputs drawn at random, rounded."
    if paper.given:
        return "The numbers: the network's own weights and input."
    if paper.cut:
        text += " The field is cut to 64 pixels along each axis; the rule is the same."
    return text


def _worked(worked: Worked, width: int, full: bool) -> list[str]:
    head = f"worked out: {worked.what}"
    lines = textwrap.wrap(head, width, initial_indent="  ", subsequent_indent="    ")
    lines += textwrap.wrap(worked.formula, width, initial_indent="    ", subsequent_indent="      ")
    shown: dict[str, int] = {}
    for step in worked.steps:
        shown[step.op] = shown.get(step.op, 0) + 1
        large = len(step.grids) > 1 and any(grid.values.size > 1 for grid in step.grids)
        brief = not full and large and shown[step.op] > SHORT
        lines += _step(step, width, brief)
    if worked.note:
        lines += textwrap.wrap(worked.note, width, initial_indent="    ", subsequent_indent="    ")
    return lines


def _step(step: Step, width: int, brief: bool) -> list[str]:
    result = f"= {number(step.value)}"
    if brief:
        return [f"    {step.text} {result}"]
    blocks = [_block(grid, width - 8) for grid in step.grids]
    if all(len(block) == 1 for block in blocks):
        inline = _inline(step, blocks)
        if len(inline) + len(result) + 5 <= width:
            return [f"    {inline} {result}"]
    lines = [f"    {step.text}"]
    sign = _SIGNS.get(step.op, "   ")
    for group in _groups(blocks, width - 6, len(sign)):
        lines += [f"      {line}" for line in _beside(group, sign)]
    return [*lines, f"      {step.op} {result}"]


def _inline(step: Step, blocks: list[list[str]]) -> str:
    sign = _SIGNS.get(step.op)
    numbers = [block[0].strip() for block in blocks]
    if sign and all(grid.values.size == 1 for grid in step.grids):
        return f"{step.text}: {sign.join(numbers)}"
    if step.op == "sum":
        return f"{step.text}: {_added(' '.join(numbers).split())}"
    if step.op == "copy":
        return step.text
    return f"{step.text}: {step.op} of {', '.join(numbers)}"


def _added(numbers: list[str]) -> str:
    """0.2 - 0.3 + 1"""
    parts = numbers[:1]
    for one in numbers[1:]:
        parts.append(f"- {one[1:]}" if one.startswith("-") else f"+ {one}")
    return " ".join(parts)


def number(value: Any) -> str:
    """Four figures, without a needless end."""
    text = f"{float(value):.4g}"
    return "0" if text == "-0" else text


def _block(grid: Grid, width: int) -> list[str]:
    """A grid as lines: one for up to one axis; a label and rows for two; slices for three."""
    values = grid.values
    if values.ndim == 3 and len(values) == 1:
        padding = None if grid.padding is None else grid.padding[0]
        return _block(Grid(grid.label, values[0], padding), width)
    if values.ndim < 2:
        return _row(grid, width)
    if values.ndim == 2:
        wide = values.shape[1]
        cut = f" ({wide} columns)" if wide > MOST_COLUMNS else ""
        return [grid.label + cut, *_rows(values, grid.padding)]
    lines = [grid.label]
    for index in range(min(len(values), MOST_ROWS)):
        padding = grid.padding[index] if grid.padding is not None else None
        lines += [f"[{index}]", *_block(Grid("", values[index], padding), width)[1:]]
    return lines


def _row(grid: Grid, width: int) -> list[str]:
    """One number; or a label and all numbers, as many in a line as there is room for."""
    values = grid.values.reshape(-1)
    if values.size == 1:
        return [number(values[0])]
    cells = [number(value) for value in values[:MOST_IN_ROWS]]
    lines = textwrap.wrap(" ".join(cells), min(width, ROOM))
    if values.size > MOST_IN_ROWS:
        lines.append(f"… ({values.size:,} in all)")
    return [grid.label, *lines] if len(lines) > 1 and grid.label else lines


def _cells(row: Any) -> list[str]:
    cells = [number(value) for value in row[:MOST_COLUMNS]]
    return [*cells, "…"] if len(row) > MOST_COLUMNS else cells


def _rows(values: Any, padding: Any) -> list[str]:
    """Columns aligned on the right; numbers that are padding in brackets."""
    table = []
    for place, row in enumerate(values[:MOST_ROWS]):
        cells = _cells(row)
        if padding is not None:
            cells = [
                f"({cell})" if at < len(row) and padding[place][at] else cell
                for at, cell in enumerate(cells)
            ]
        table.append(cells)
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    lines = [
        " ".join([cell.rjust(wide) for cell, wide in zip(row, widths, strict=True)])
        for row in table
    ]
    return [*lines, f"… ({len(values)} rows in all)"] if len(values) > MOST_ROWS else lines


def _groups(blocks: list[list[str]], width: int, gap: int) -> Iterator[list[list[str]]]:
    """As many blocks side by side as fit."""
    group: list[list[str]] = []
    used = 0
    for block in blocks:
        wide = max(len(line) for line in block)
        if group and used + gap + wide > width:
            yield group
            group, used = [], 0
        group.append(block)
        used += wide + gap
    yield group


def _beside(group: list[list[str]], sign: str) -> list[str]:
    widths = [max(len(line) for line in block) for block in group]
    lines = []
    middle = max(len(block) for block in group) // 2
    for place, row in enumerate(zip_longest(*group, fillvalue="")):
        gap = sign if place == middle else " " * len(sign)
        cells = [cell.ljust(wide) for cell, wide in zip(row, widths, strict=True)]
        lines.append(gap.join(cells).rstrip())
    return lines

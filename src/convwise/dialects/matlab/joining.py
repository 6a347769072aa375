"""Square and curly brackets: what stands in rows becomes one array, text or cell; no code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convwise.dialects.matlab.arithmetic import shown
from convwise.dialects.matlab.machine import Machine
from convwise.dialects.matlab.values import (
    EMPTY,
    Array,
    Cell,
    Chars,
    array,
    elements,
    is_empty,
    shape_of,
)
from convwise.dialects.python.values import Unknown
from convwise.errors import RuleError


def joined(run: Machine, rows: Sequence[Sequence[Any]], line: int) -> Any:
    """`[a b; c d]`."""
    made = [beside(run, row, line) for row in rows]
    return below(run, made, line)


def beside(run: Machine, values: Sequence[Any], line: int) -> Any:
    """`[a b]`: side by side."""
    return _along(run, values, 1, line)


def below(run: Machine, values: Sequence[Any], line: int) -> Any:
    """`[a; b]`: below each other."""
    return _along(run, values, 0, line)


def _along(run: Machine, values: Sequence[Any], axis: int, line: int) -> Any:
    unknown = next((one for one in values if type(one) is Unknown), None)
    if unknown is not None:
        return unknown
    if any(type(one) is Cell for one in values):
        values = [one if type(one) is Cell else Cell((1, 1), (one,)) for one in values]
    left = [one for one in values if not is_empty(one)]
    if len(left) < 2:
        return left[0] if left else values[0] if values else EMPTY
    if all(type(one) is Chars for one in left) and axis == 1:
        run.meter.take(sum([len(one.text) for one in left]), "this text")
        return Chars("".join([one.text for one in left]))
    if any(type(one) is str for one in left):
        left = [_string(one) for one in left]
    elif any(type(one) is Chars for one in left):
        return Unknown("a matrix of characters", line)
    return _stacked(run, left, axis, line)


def _string(value: Any) -> Any:
    """Beside a string, numbers and characters become strings."""
    text = shown(value)
    return value if text is None else text


def _stacked(run: Machine, values: Sequence[Any], axis: int, line: int) -> Any:
    shapes = [shape_of(one) or (1, 1) for one in values]
    other = 1 - axis
    lies = all(
        type(one) is not Array or 1 in shape for one, shape in zip(values, shapes, strict=True)
    )
    if len({shape[other] for shape in shapes}) > 1:
        if _are_layers(values) and lies:
            # Layer arrays join whatever way they lie.
            shapes = [(1, size) if axis else (size, 1) for size in map(_size, shapes)]
        else:
            raise RuleError(
                "rows of different lengths do not make a matrix: "
                + ", ".join([f"{one[0]} x {one[1]}" for one in shapes[:6]]),
                line=line,
                hint="all rows need as many columns",
            )
    parts = [elements(one) for one in values]
    if any(one is None for one in parts):
        return Unknown("an array with unknown elements", line)
    total = sum([len(one or ()) for one in parts])
    run.meter.take(4 * total, "this array")
    return _merged(values, [one or () for one in parts], shapes, axis)


def _merged(
    values: Sequence[Any], parts: Sequence[tuple[Any, ...]], shapes: Sequence[Any], axis: int
) -> Any:
    along = sum([shape[axis] for shape in shapes])
    if axis == 1:
        flat = [one for part in parts for one in part]
        shape = (shapes[0][0], along)
    else:
        columns = shapes[0][1]
        flat = [
            one
            for place in range(columns)
            for part, size in zip(parts, shapes, strict=True)
            for one in part[place * size[0] : (place + 1) * size[0]]
        ]
        shape = (along, columns)
    if type(values[0]) is Cell:
        return Cell(shape, tuple(flat))
    return array(shape, flat)


def _size(shape: Sequence[int]) -> int:
    return shape[0] * shape[1]


def _are_layers(values: Sequence[Any]) -> bool:
    from convwise.dialects.matlab.networks import Layer

    return all(type(one) is Layer for value in values for one in elements(value) or (None,))


def cell(run: Machine, rows: Sequence[Sequence[Any]], line: int) -> Any:
    """`{a, b; c, d}`: each value is an element."""
    if not rows:
        return Cell((0, 0), ())
    columns = len(rows[0])
    if any(len(row) != columns for row in rows):
        raise RuleError("rows of a cell array have different lengths", line=line)
    run.meter.take(32 * len(rows) * columns, "this cell array")
    flat = [row[place] for place in range(columns) for row in rows]
    return Cell((len(rows), columns), tuple(flat))

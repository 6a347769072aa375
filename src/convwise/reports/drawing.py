"""Small drawings in characters: what one output position sees of the input."""

from __future__ import annotations

from math import ceil, floor

from convwise.analyses.lessons.contract import listed
from convwise.analyses.receptive_field import Field
from convwise.analyses.summary import Summary

#: Characters for the whole axis.
ROOM = 48


def drawn_field(fields: dict[str, Field], summary: Summary, indent: str, width: int) -> list[str]:
    """A bar per axis: the input's axis from end to end, filled where the first position looks.

    Axes that look the same share a bar. Nothing is drawn where sizes are open, or all is seen.
    """
    source = next((row for row in summary.rows if row.kind == "input"), None)
    if source is None:
        return []
    sizes = {str(axis.role): axis.dim for axis in source.outputs[0].axes}
    bars: dict[tuple[int, int, int], list[str]] = {}
    for role, one in fields.items():
        size = sizes.get(role)
        start = one.first
        if one.whole or one.partial or type(size) is not int or type(start) is not int:
            continue
        middle = _middle(one, size)
        bars.setdefault((middle, one.size, size), []).append(role)
    lines = []
    for (middle, length, size), roles in bars.items():
        label = f"{length} of {size}  {listed(roles)}"
        room = min(ROOM, width - len(indent) - len(label) - 3)
        lines.append(f"{indent}{_bar(middle, length, size, room)} {label}")
    return lines


def _middle(one: Field, size: int) -> int:
    """Where the field of a position near the middle of the axis begins."""
    assert type(one.first) is int
    steps = max((size // 2 - one.first - one.size // 2) / one.step, 0)
    return floor(one.first + floor(steps) * one.step)


def _bar(start: int, length: int, size: int, room: int) -> str:
    scale = min(1.0, room / size)
    cells = max(round(size * scale), 1)
    first = min(max(floor(start * scale), 0), cells - 1)
    last = min(max(ceil((start + length) * scale), first + 1), cells)
    return f"|{'·' * first}{'█' * (last - first)}{'·' * (cells - last)}|"

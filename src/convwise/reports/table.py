"""Lays out columns of text within a width; knows nothing of what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GAP = "  "
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and its side; `shrinks`: texts may be cut; `optional`: it may be left out."""

    heading: str
    right: bool = False
    shrinks: bool = False
    optional: bool = False


def layout(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Lines of a table: heading, rule, rows. Optional columns go first when the width is short."""
    chosen = list(range(len(columns)))
    widths = [max(len(columns[i].heading), *[len(r[i]) for r in rows], 1) for i in chosen]
    while _total(widths, chosen) > width:
        optional = [i for i in chosen if columns[i].optional]
        if not optional:
            break
        chosen.remove(optional[-1])
    _shrink(columns, widths, chosen, width)
    heading = [column.heading for column in columns]
    lines = [_line(columns, widths, chosen, heading)]
    lines.append(GAP.join("─" * widths[i] for i in chosen))
    lines.extend(_line(columns, widths, chosen, row) for row in rows)
    return lines


def _total(widths: list[int], chosen: list[int]) -> int:
    return sum(widths[i] for i in chosen) + len(GAP) * (len(chosen) - 1)


def _shrink(columns: Sequence[Column], widths: list[int], chosen: list[int], width: int) -> None:
    """Take the excess from the widest column that may shrink, again and again, down to 8 each."""
    excess = _total(widths, chosen) - width
    candidates = [i for i in chosen if columns[i].shrinks]
    while excess > 0 and candidates:
        widest = max(candidates, key=lambda i: widths[i])
        if widths[widest] <= 8:
            return
        widths[widest] -= 1
        excess -= 1


def _line(
    columns: Sequence[Column], widths: list[int], chosen: list[int], cells: Sequence[str]
) -> str:
    parts = []
    for i in chosen:
        text = cut(cells[i], widths[i]) if columns[i].shrinks else cells[i]
        parts.append(text.rjust(widths[i]) if columns[i].right else text.ljust(widths[i]))
    return GAP.join(parts).rstrip()


def cut(text: str, width: int) -> str:
    """A text that is too long loses its middle: names differ at both ends."""
    if len(text) <= width:
        return text
    head = (width - 1) // 2
    return text[:head] + ELLIPSIS + text[len(text) - (width - 1 - head) :]

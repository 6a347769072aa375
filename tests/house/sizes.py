"""Measures files and functions in lines; knows nothing of what they do."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median

MAX_FILE = 500
MEDIAN_FILE = 150
MAX_FUNCTION = 60
NINE_IN_TEN_FUNCTIONS = 30


@dataclass(frozen=True, slots=True)
class Measured:
    """Something with a length in lines, and where it is."""

    lines: int
    place: str


def files(folder: Path) -> list[Measured]:
    """Every Python file under the folder that has any line."""
    sizes = [Measured(len(p.read_text("utf-8").splitlines()), str(p)) for p in _python(folder)]
    return [size for size in sizes if size.lines]


def functions(folder: Path) -> list[Measured]:
    """Every function under the folder, from `def` to its last line; inner ones on their own too."""
    found = []
    for path in _python(folder):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                found.append(Measured(length, f"{path}:{node.lineno} {node.name}"))
    return found


def _python(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def longer(measured: Iterable[Measured], limit: int) -> list[str]:
    """Those over the limit, longest first, as `place: n lines`."""
    over = sorted((m for m in measured if m.lines > limit), key=lambda m: -m.lines)
    return [f"{m.place}: {m.lines} lines, at most {limit}" for m in over]


def middle(measured: Iterable[Measured]) -> float:
    """The median length."""
    return median(m.lines for m in measured)


def at_share(measured: Iterable[Measured], share: float) -> int:
    """The length that this share of them does not exceed."""
    lengths = sorted(m.lines for m in measured)
    return lengths[ceil(share * len(lengths)) - 1]


def troubles(folder: Path) -> list[str]:
    """Every limit that the source under the folder breaks."""
    in_files, in_functions = files(folder), functions(folder)
    found = longer(in_files, MAX_FILE) + longer(in_functions, MAX_FUNCTION)
    if in_files and middle(in_files) > MEDIAN_FILE:
        found.append(f"median file: {middle(in_files)} lines, at most {MEDIAN_FILE}")
    if in_functions and at_share(in_functions, 0.9) > NINE_IN_TEN_FUNCTIONS:
        nine = at_share(in_functions, 0.9)
        found.append(f"nine functions in ten: {nine} lines, at most {NINE_IN_TEN_FUNCTIONS}")
    return found

"""A calculation as one writes it on paper; must never name a single kind.

A calculation is a list of steps. Each step's value follows from the numbers it shows and nothing
else, so that a reader (and a test) can do it again: `redone` is that reader.
"""

from __future__ import annotations

from collections.abc import Callable
from math import erf
from typing import Any, Final, NamedTuple

import numpy as np

from convwise.reference.contract import Array


class Grid(NamedTuple):
    """Numbers side by side: up to three axes (a 3-D patch is shown slice by slice).

    `padding` marks the numbers that lie outside of the input, when there are such.
    """

    label: str
    values: Array
    padding: Array | None = None


class Step(NamedTuple):
    """One line: `op` (a key of OPS) applied to the numbers of `grids` gives `value`."""

    text: str
    op: str
    grids: tuple[Grid, ...]
    value: float


class Worked(NamedTuple):
    """One number: which one, how it comes about, and what it is.

    what: in words ("output value at height 3, width 4, map 5"). place: its index in the array of
    the outputs, the weight (axes as the kind names them) or the input. The value is that of the
    last step. formula: in symbols, as a textbook has it. note: what the steps leave out.
    """

    what: str
    place: tuple[int, ...]
    formula: str
    steps: tuple[Step, ...]
    value: float
    note: str = ""


#: How a step's value follows from its grids.
OPS: Final[dict[str, Callable[..., Any]]] = {
    "sum of products": lambda *grids: np.prod(np.stack(grids), axis=0).sum(),
    "sum": lambda *grids: sum([grid.sum() for grid in grids]),
    "mean": lambda one: one.mean(),
    "maximum": lambda *grids: max([grid.max() for grid in grids]),
    "minimum": lambda *grids: min([grid.min() for grid in grids]),
    "product": lambda *grids: np.prod([grid.prod() for grid in grids]),
    "difference": lambda left, right: float(left.item() - right.item()),
    "quotient": lambda left, right: float(left.item() / right.item()),
    "mean of squares": lambda one: (one * one).mean(),
    "sum of powers": lambda one, power: (one ** power.item()).sum(),
    "square root": lambda one: float(np.sqrt(one.item())),
    "exponential": lambda one: float(np.exp(one.item())),
    "sum of exponentials": lambda one: np.exp(one).sum(),
    "logarithm": lambda one: float(np.log(one.item())),
    "power": lambda left, right: float(left.item() ** right.item()),
    "tanh": lambda one: float(np.tanh(one.item())),
    "sigmoid": lambda one: float(1 / (1 + np.exp(-one.item()))),
    "error function": lambda one: erf(one.item()),
    "copy": lambda one: float(one.item()),
}


def redone(step: Step) -> float:
    """The step's value computed from the numbers it shows; KeyError for an op not in OPS."""
    return float(OPS[step.op](*[grid.values for grid in step.grids]))

"""The answer to what makes training fit: frozen facts, computed elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from convwise.analyses.fit.plan import Plan
from convwise.analyses.memory.options import Estimate
from convwise.graph.nodes import Graph

#: Kinds of options, in the order of what they cost the user.
NOTHING, EXACT, PRECISION, NETWORK = "nothing", "exact method", "precision", "network"


@dataclass(frozen=True, slots=True)
class Option:
    """One way to train, and what it takes.

    cost: what is given up (a constant of this module). plan and graph: what is carried out; None
    where there is no such way, and then `why_not` says why. process_bytes: the least and the most
    that the process takes, as predicted. fits: None where the prediction does not tell. exact: the
    loss and the gradients of the plain network at this number of examples, up to rounding. macs:
    multiply-adds of the step; factor: how many times those of the plain step. in_time: within the
    time asked for, None where that is not known or not asked. largest_batch: the most examples at
    once that fit for certain; possible_batch: that may fit.
    """

    name: str
    what: str
    cost: str
    plan: Plan | None = None
    graph: Graph | None = None
    estimate: Estimate | None = None
    process_bytes: tuple[int, int] | None = None
    fits: bool | None = False
    exact: bool = True
    macs: int | None = None
    factor: float | None = None
    in_time: bool | None = None
    largest_batch: int | None = None
    possible_batch: int | None = None
    notes: tuple[str, ...] = ()
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class LargestField:
    """The largest images that fit at the batch asked for, sides by role; or why none is named.

    unit: of which number each side is a multiple. at_least: larger ones were not looked at.
    """

    sizes: dict[str, int]
    unit: dict[str, int]
    why_not: str = ""
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """The answer: options in the order of what they cost the user.

    best: the first that fits for certain and, where a time was asked for, is not known to be too
    slow; None when there is none. level: of the predictions, "rules" or "calibrated".
    """

    network: str
    budget_bytes: int
    batch: int
    optimizer: str
    seconds: float | None
    level: str
    options: tuple[Option, ...]
    best: int | None
    field: LargestField
    predictions: int
    notes: tuple[str, ...] = ()

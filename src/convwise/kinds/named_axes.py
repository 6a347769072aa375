"""Axes that a kind names by role or position; must name no kind."""

from __future__ import annotations

from convwise.errors import RuleError
from convwise.graph.axes import AxisRef, Tensor, describe


def located(source: Tensor, axes: tuple[AxisRef, ...]) -> tuple[int, ...]:
    """Positions of the named axes; RuleError when there are none, or one is named twice."""
    positions = tuple([source.locate(axis) for axis in axes])
    if not positions or len(set(positions)) < len(positions):
        raise RuleError(
            f"the axes {axes} of {describe(source)} must be at least one, each named once",
            hint="name every axis once",
        )
    return positions

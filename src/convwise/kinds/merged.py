"""What stands behind a merged axis: its factors, down to the last; must name no kind."""

from __future__ import annotations

from convwise.graph.axes import BATCH, CHANNEL, Axis
from convwise.graph.dims import Dim


def leaves(axis: Axis) -> list[Axis]:
    """The axes an axis was made of, in order; the axis itself when it was not merged."""
    if not axis.factors:
        return [axis]
    return [leaf for factor in axis.factors for leaf in leaves(factor)]


def placed_roles(axis: Axis) -> list[str]:
    """Roles with places (space, time, features) that are mixed by summing over this axis."""
    roles = [leaf.role for leaf in leaves(axis)]
    return [role for role in roles if role is not None and role not in (BATCH, CHANNEL)]


def unmerged(axis: Axis) -> list[Dim]:
    """The sizes whose product is the axis's size, for a formula: without ones, unless it is one."""
    sizes = [leaf.dim for leaf in leaves(axis) if leaf.dim != 1]
    return sizes or [1]

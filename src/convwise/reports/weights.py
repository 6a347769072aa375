"""Weights in the order of every framework, with the roles of their axes; computes no number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convwise.analyses.weight_orders import Axes, WeightOrders
from convwise.graph.dims import to_json
from convwise.reports.numbers import grouped
from convwise.reports.table import Column, layout

_COLUMNS = (
    Column("weight", shrinks=True),
    Column("written by"),
    Column("shape"),
    Column("axes", shrinks=True),
    Column("elements", right=True),
    Column("trained", optional=True),
)


def weights_text(weights: Sequence[WeightOrders], width: int) -> list[str]:
    """Every weight once: its shape and axes as each framework writes them, its own order first."""
    rows = [row for one in weights for row in weight_rows(one)]
    return layout(_COLUMNS, rows, width) if rows else ["no weights"]


def weight_rows(one: WeightOrders) -> list[list[str]]:
    """A line for each order; what does not depend on the order is in the first."""
    state = "yes" if one.weight.trainable else "no"
    rows = [["", ", ".join(who), _shape(axes), _names(axes), "", ""] for axes, who in one.orders]
    rows[0][0] = one.weight.name
    rows[0][4:] = [grouped(one.weight.elements), state]
    if len(rows) == 1:
        rows[0][1] = "all" if one.orders[0][1] else ""
    return rows


def _shape(axes: Axes) -> str:
    return " x ".join([str(dim) for _, dim in axes]) or "1 value"


def _names(axes: Axes) -> str:
    return ", ".join([name for name, _ in axes])


def weights_to_dict(weights: Sequence[WeightOrders]) -> list[dict[str, Any]]:
    """The same as plain data: for each weight all orders, and who writes them."""
    return [
        {
            "name": one.weight.name,
            "layer": one.layer,
            "trainable": one.weight.trainable,
            "orders": [
                {
                    "written_by": list(who),
                    "shape": [to_json(dim) for _, dim in axes],
                    "axes": [name for name, _ in axes],
                }
                for axes, who in one.orders
            ],
        }
        for one in weights
    ]

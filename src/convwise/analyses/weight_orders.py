"""How each framework orders the axes of a network's weights; must never know a framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph, Node, Weight

Axes = tuple[tuple[str, Dim], ...]

#: Who writes a weight's axes in which order: (kind name, role, axes as the kind has them) -> axes.
Orders = Mapping[str, Callable[[str, str, Axes], Axes]]


@dataclass(frozen=True, slots=True)
class WeightOrders:
    """One weight: its layer, its own axes, and the names of those who write them in which order."""

    weight: Weight
    layer: str
    orders: tuple[tuple[Axes, tuple[str, ...]], ...]


def weight_orders(graph: Graph, orders: Orders) -> tuple[WeightOrders, ...]:
    """Every weight once, in the order of first use; orders that agree are one.

    The order of the network's own dialect comes first. A weight whose kind names its axes
    otherwise than its dialect does has its own order only.
    """
    found: dict[str, WeightOrders] = {}
    for node in graph.nodes:
        if not node.known or not node.weights:
            continue
        specs = node.kind.weights(node.operands)
        for name, spec in zip(node.weights, specs, strict=True):
            if name not in found:
                found[name] = _ordered(graph, node, graph.weights[name], spec.axes, orders)
    return tuple(found.values())


def _ordered(graph: Graph, node: Node, weight: Weight, axes: Axes, orders: Orders) -> WeightOrders:
    said: dict[Axes, list[str]] = {weight.axes: []}
    for who, order in orders.items():
        said.setdefault(order(node.kind.name, weight.role, axes), []).append(who)
    same = tuple([(one, tuple(names)) for one, names in said.items()])
    return WeightOrders(weight, graph.layers[node.layer].name, same)

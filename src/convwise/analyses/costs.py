"""Multiply-adds and elementwise operations of every node, as a training step would do them."""

from __future__ import annotations

from typing import NamedTuple

from convwise.analyses.evaluate import Step
from convwise.analyses.gradients import Gradients, gradients
from convwise.graph.dims import Dim, sum_dims
from convwise.graph.nodes import Graph


class Cost(NamedTuple):
    """Multiply-adds forward, for the input gradient, for the weight gradient; other arithmetic."""

    forward: Dim = 0
    input_gradient: Dim = 0
    weight_gradient: Dim = 0
    elementwise_ops: Dim = 0


FREE = Cost()


def costs(graph: Graph, steps: list[Step]) -> list[Cost | None]:
    """Per node its cost, None where it is unknown.

    A gradient that training does not need costs nothing: the input gradient of first layers, the
    weight gradient of frozen ones. Gradients inside of a node (through time) count as input
    gradient, and are needed for either.
    """
    found = gradients(graph)
    return [
        _cost(index, step, found) if step.node.known else None for index, step in enumerate(steps)
    ]


def _cost(index: int, step: Step, found: Gradients) -> Cost:
    node = step.node
    macs = step.asked.macs
    other = step.asked.elementwise_ops
    if macs.forward == 0:
        return Cost(elementwise_ops=other)
    if not found.wanted[index]:
        return Cost(macs.forward, elementwise_ops=other)
    wanted = sum(found.wanted[value.node] for value in node.inputs)
    backward = macs.input_gradient
    if macs.shares:
        pairs = zip(macs.shares, node.inputs, strict=True)
        backward = sum_dims([share for share, value in pairs if found.wanted[value.node]])
    elif wanted < len(node.inputs):
        # Operands of a contraction cost the same each: only those that need it are counted.
        backward = backward * wanted // len(node.inputs)
    learns = found.learns[index]
    if wanted or learns:
        backward = backward + macs.inner_gradient
    weight = macs.weight_gradient if learns else 0
    return Cost(macs.forward, backward, weight, other)

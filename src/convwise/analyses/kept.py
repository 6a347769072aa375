"""Bytes that the backward pass keeps: each tensor counted once, views not at all."""

from __future__ import annotations

from convwise.analyses.evaluate import Step
from convwise.analyses.gradients import gradients
from convwise.graph.axes import DTYPE_BYTES
from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph, Value
from convwise.kinds.contract import CONTRACTION, IN_ORDER, SOURCE, VIEW, Kept


def kept_bytes(graph: Graph, steps: list[Step]) -> list[Dim]:
    """Per node: bytes of its outputs that some backward rule needs, and of its own extras.

    A tensor is charged to the node that made it, once however often it is needed; a view is
    charged to the tensor it shows. Weights are not counted.
    """
    charged: list[Dim] = [0] * len(steps)
    roots = owners(steps)
    seen: set[Value] = set()
    found = gradients(graph)
    for index, step in enumerate(steps):
        if not found.wanted[index] or not step.node.known:
            continue
        frozen = bool(step.node.weights) and not found.learns[index]
        for item in step.asked.kept:
            if item.what == "extra":
                charged[index] = charged[index] + item.elements * DTYPE_BYTES[item.dtype]
                continue
            if frozen and item.what == "input" and CONTRACTION in step.node.kind.traits:
                continue
            value = roots[_value(index, step, item)]
            if value not in seen:
                seen.add(value)
                size = steps[value.node].asked.output_bytes[value.output]
                charged[value.node] = charged[value.node] + size
    return charged


def _is_weight(step: Step) -> bool:
    """A weight that flows as a value is memory of the weights, not kept by the backward pass."""
    return bool(step.node.weights) and SOURCE in step.node.kind.traits


def _value(index: int, step: Step, item: Kept) -> Value:
    return step.node.inputs[item.which] if item.what == "input" else Value(index, item.which)


def _is_view(steps: list[Step], roots: dict[Value, Value], step: Step) -> bool:
    """Whether a step takes no memory.

    What lays values out in order copies those that are shown more often than they are there.
    """
    node = step.node
    if not node.known or VIEW not in node.kind.traits or len(node.inputs) != 1:
        return False
    if IN_ORDER not in node.kind.traits:
        return True
    source = node.inputs[0]
    shown, there = [_elements(steps, value) for value in (source, roots[source])]
    return not (type(shown) is int and type(there) is int and shown > there)


def _elements(steps: list[Step], value: Value) -> Dim:
    return steps[value.node].outputs[value.output].elements


def owners(steps: list[Step]) -> dict[Value, Value]:
    """The value whose memory each value shows: itself, or what a view was taken of."""
    roots: dict[Value, Value] = {}
    for index, step in enumerate(steps):
        view = _is_view(steps, roots, step)
        for output in range(len(step.outputs)):
            value = Value(index, output)
            roots[value] = roots[step.node.inputs[0]] if view else value
    return roots

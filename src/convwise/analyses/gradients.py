"""Which values a training step needs gradients of: learned weights before them, outputs behind."""

from __future__ import annotations

from typing import NamedTuple

from convwise.graph.nodes import Graph, Value


class Gradients(NamedTuple):
    """Per node: whether its outputs get a gradient, and whether its weights do."""

    wanted: list[bool]
    learns: list[bool]


def gradients(graph: Graph) -> Gradients:
    """What training computes gradients of.

    A value gets one when it depends on a learned weight and an output depends on it. What runs
    without gradient (`torch.no_grad`), or leads nowhere, gets none and gives none; so do whole
    numbers and truth values.
    """
    reaches = _reaching(graph)
    wanted: list[bool] = []
    learns: list[bool] = []
    for index, node in enumerate(graph.nodes):
        open_ = reaches[index] and not node.facts.no_gradient
        learned = open_ and any(graph.weights[name].trainable for name in node.weights)
        learns.append(learned)
        behind = any(wanted[v.node] and _smooth(graph, v) for v in node.inputs)
        wanted.append(learned or (open_ and behind))
    return Gradients(wanted, learns)


def _reaching(graph: Graph) -> list[bool]:
    """Per node: whether an output of the network depends on it, not through a detached value."""
    found = [False] * len(graph.nodes)
    for value in graph.outputs:
        found[value.node] = found[value.node] or _smooth(graph, value)
    for index in range(len(found) - 1, -1, -1):
        if found[index] and not graph.nodes[index].facts.no_gradient:
            for value in graph.nodes[index].inputs:
                found[value.node] = found[value.node] or _smooth(graph, value)
    return found


def _smooth(graph: Graph, value: Value) -> bool:
    """Whether a value can have a gradient at all."""
    return "float" in graph.tensor(value).dtype

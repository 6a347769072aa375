"""Which values a training step needs gradients of: learned weights before them, outputs behind."""

from __future__ import annotations

from typing import NamedTuple

from convwise.graph.nodes import Graph


class Gradients(NamedTuple):
    """Per node: whether its outputs get a gradient, and whether its weights do."""

    wanted: list[bool]
    learns: list[bool]


def gradients(graph: Graph) -> Gradients:
    """What training computes gradients of.

    A value gets one when it depends on a learned weight and an output depends on it. What runs
    without gradient (`torch.no_grad`), or leads nowhere, gets none and gives none.
    """
    reaches = _reaching(graph)
    wanted: list[bool] = []
    learns: list[bool] = []
    for index, node in enumerate(graph.nodes):
        open_ = reaches[index] and not node.facts.no_gradient
        learned = open_ and any(graph.weights[name].trainable for name in node.weights)
        learns.append(learned)
        wanted.append(learned or (open_ and any(wanted[v.node] for v in node.inputs)))
    return Gradients(wanted, learns)


def _reaching(graph: Graph) -> list[bool]:
    """Per node: whether an output of the network depends on it, not through a detached value."""
    found = [False] * len(graph.nodes)
    for value in graph.outputs:
        found[value.node] = True
    for index in range(len(found) - 1, -1, -1):
        if found[index] and not graph.nodes[index].facts.no_gradient:
            for value in graph.nodes[index].inputs:
                found[value.node] = True
    return found

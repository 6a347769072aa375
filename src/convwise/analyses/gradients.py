"""Which values a training step needs gradients of: the ones behind something that is learned."""

from __future__ import annotations

from convwise.graph.nodes import Graph, Node


def trains(graph: Graph, node: Node) -> bool:
    """Whether the node has a weight that is learned."""
    return any(graph.weights[name].trainable for name in node.weights)


def needs_gradient(graph: Graph) -> list[bool]:
    """Per node: whether its outputs depend on learned weights, its own or earlier ones."""
    needed: list[bool] = []
    for node in graph.nodes:
        needed.append(any(needed[v.node] for v in node.inputs) or trains(graph, node))
    return needed

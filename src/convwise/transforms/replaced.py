"""A graph in which some operations are replaced by others of as many inputs and weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from convwise.errors import ConvwiseError
from convwise.graph.nodes import Graph, Node, Weight
from convwise.graph.obligations import Must
from convwise.kinds.contract import Kind


def replaced(graph: Graph, kinds: Mapping[int, Kind]) -> Graph:
    """The same network with new kinds at these nodes, all sizes behind them worked out again.

    Weights keep their names and the order of their axes. Raises RuleError, with the layer, where a
    later layer does not take the new sizes.
    """
    nodes: list[Node] = []
    weights: dict[str, Weight] = dict(graph.weights)
    for index, node in enumerate(graph.nodes):
        kind = kinds.get(index, node.kind)
        try:
            nodes.append(_inferred(node, kind, nodes, weights))
        except ConvwiseError as error:
            layer = graph.layers[node.layer]
            raise error.at(line=layer.line, layer=layer.name) from None
    return replace(graph, nodes=tuple(nodes), weights=weights)


def _inferred(node: Node, kind: Kind, nodes: list[Node], weights: dict[str, Weight]) -> Node:
    given = [nodes[value.node].outputs[value.output] for value in node.inputs]
    pairs = zip(given, node.operands, strict=True)
    operands = tuple([new.viewed(old.roles) if new.known else new for new, old in pairs])
    if not all(one.known for one in operands):
        return replace(node, kind=kind, operands=operands)
    outputs = kind.outputs(operands, Must())
    specs = kind.weights(operands) if node.weights else ()
    for spec, name in zip(specs, node.weights, strict=True):
        sizes = dict(spec.axes)
        old = weights[name]
        axes = tuple([(axis, sizes[axis]) for axis, _ in old.axes])
        weights[name] = replace(old, axes=axes)
    return replace(node, kind=kind, operands=operands, outputs=outputs)

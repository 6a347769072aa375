"""A network on an input of another length: which layers have weights for its old one, if any."""

from __future__ import annotations

from convwise.errors import ConvwiseError
from convwise.graph.axes import BATCH
from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph, Value
from convwise.kinds.source import Input
from convwise.transforms.replaced import replaced


def fixed_by(graph: Graph, source: Value, position: int, length: Dim) -> str:
    """The first layer that does not take another length of this axis with the same weights.

    "" when all of them do: then the network is one and the same for both lengths. Sizes are worked
    out again by every operation's own rule. A layer that would read a longer example as several
    fixes the length too.
    """
    longer = graph.tensor(source).with_dims({position: length})
    try:
        other = replaced(graph, {source.node: Input(longer)})
    except ConvwiseError as error:
        return error.where.layer or "a layer"
    for node in graph.nodes:
        if any(graph.weights[name].axes != other.weights[name].axes for name in node.weights):
            return graph.layers[node.layer].name
    for value in graph.outputs:
        if _batches(graph, value) != _batches(other, value):
            return graph.layers[graph.nodes[value.node].layer].name
    return ""


def _batches(graph: Graph, value: Value) -> list[Dim]:
    return [axis.dim for axis in graph.tensor(value).axes if axis.role == BATCH]

"""A graph written anew: every operation becomes a chain of operations, names and lines are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from convwise.errors import ConvwiseError
from convwise.graph.axes import Tensor
from convwise.graph.builder import Conventions, GraphBuilder
from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph, Node, Value
from convwise.kinds.contract import SOURCE, Kind
from convwise.kinds.source import Input

Axes = tuple[tuple[str, Dim], ...]
#: The operations that stand for a node, one behind the other.
Rewrite = Callable[[Node], Sequence[Kind]]


def _as_given(kind: str, role: str, axes: Axes) -> Axes:
    return axes


#: Weights in the order of their kind; the new network is in no dialect.
_PLAIN = Conventions("convwise", counts_statistics=False, axis_order=_as_given)


def rewritten(
    graph: Graph, name: str, rewrite: Rewrite, entering: Callable[[Tensor], Tensor]
) -> Graph:
    """The network with each node rewritten, and its inputs as `entering` turns them.

    Operations see the axes they are given: roles of the old network that it had renamed on the way
    are not renamed again. Raises RuleError, with the layer, where the new sizes do not fit.
    """
    builder = GraphBuilder(_PLAIN)
    made: dict[Value, Value] = {}
    ends = {value.node for value in graph.inputs}
    for index, node in enumerate(graph.nodes):
        layer = graph.layers[node.layer]
        source = SOURCE in node.kind.traits
        kinds = [Input(entering(node.outputs[0]))] if index in ends else list(rewrite(node))
        values = () if source else tuple([made[value] for value in node.inputs])
        try:
            for number, kind in enumerate(kinds):
                label = layer.name if len(kinds) == 1 else f"{layer.name}_{number + 1}"
                handle = builder.new_layer(label, type(kind).__name__, line=layer.line)
                builder.begin_call(handle)
                values = builder.add(kind, values, handle)
        except ConvwiseError as error:
            raise error.at(line=layer.line, layer=layer.name) from None
        made.update({Value(index, number): value for number, value in enumerate(values)})
    inputs = [made[value] for value in graph.inputs]
    return builder.graph(inputs, [made[value] for value in graph.outputs], name)

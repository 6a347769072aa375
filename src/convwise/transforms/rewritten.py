"""A graph written anew: every operation becomes a chain of operations, names and lines are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from convwise.errors import ConvwiseError
from convwise.graph.axes import Tensor
from convwise.graph.builder import Conventions, GraphBuilder, Roles, WeightLabel
from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph, Layer, Node, Value
from convwise.kinds.contract import SOURCE, Kind
from convwise.kinds.source import Input

Axes = tuple[tuple[str, Dim], ...]
#: The operations that stand for a node, one behind the other.
Rewrite = Callable[[Node], Sequence[Kind]]


def _as_given(kind: str, role: str, axes: Axes) -> Axes:
    return axes


#: Weights in the order of their kind; the new network is in no dialect.
_PLAIN = Conventions("convwise", counts_statistics=True, axis_order=_as_given)


def rewritten(
    graph: Graph, name: str, rewrite: Rewrite, entering: Callable[[Tensor], Tensor]
) -> Graph:
    """The network with each node rewritten, and its inputs as `entering` turns them.

    Operations that share weights share those of what stands for them. Roles under which an
    operation sees its inputs are kept where the number of axes is. Raises RuleError, with the
    layer, where the new sizes do not fit.
    """
    draft = _Draft(graph)
    ends = {value.node for value in graph.inputs}
    for index, node in enumerate(graph.nodes):
        kinds = [Input(entering(node.outputs[0]))] if index in ends else rewrite(node)
        draft.put(index, node, kinds)
    made = draft.made
    inputs, outputs = [[made[value] for value in ends] for ends in (graph.inputs, graph.outputs)]
    return draft.builder.graph(inputs, outputs, name, label=draft.label)


class _Draft:
    """The new network as far as it is written."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.builder = GraphBuilder(_PLAIN)
        self.made: dict[Value, Value] = {}
        self._shared: dict[tuple[tuple[str, ...], int, int], int] = {}
        self._nodes: dict[int, Node] = {}
        self._kept: set[int] = set()
        self._names: dict[str, int] = {}

    def put(self, index: int, node: Node, kinds: Sequence[Kind]) -> None:
        """Add what stands for a node behind what stands for its inputs."""
        layer = self.graph.layers[node.layer]
        received = () if SOURCE in node.kind.traits else node.inputs
        values = tuple([self.made[value] for value in received])
        views = self._views(node, values)
        try:
            for number, kind in enumerate(kinds):
                handle = self._layer(node, layer, kinds, number)
                self.builder.begin_call(handle)
                values = self.builder.add(kind, values, handle, views=views, facts=node.facts)
                views = []
        except ConvwiseError as error:
            raise error.at(line=layer.line, layer=layer.name) from None
        self.made.update({Value(index, number): value for number, value in enumerate(values)})

    def _views(self, node: Node, values: tuple[Value, ...]) -> list[Roles | None]:
        """The roles that the node renames, for inputs of as many axes as before."""
        ranks = [self.builder.tensor(value).rank for value in values]
        pairs = zip(node.operands, ranks, strict=False)
        return [seen.roles if seen.known and seen.rank == rank else None for seen, rank in pairs]

    def _layer(self, node: Node, layer: Layer, kinds: Sequence[Kind], number: int) -> int:
        """A new layer, or the one of the first operation with the same weights."""
        key = (node.weights, len(kinds), number)
        if node.weights and key in self._shared:
            return self._shared[key]
        same = len(kinds) == 1 and kinds[0] is node.kind
        name = layer.name if len(kinds) == 1 else f"{layer.name}_{number + 1}"
        self._names[name] = self._names.get(name, 0) + 1
        if self._names[name] > 1:
            name = f"{name} ({self._names[name]})"
        label = layer.dialect_name if same else type(kinds[number]).__name__
        handle = self.builder.new_layer(name, label, line=layer.line)
        self._shared[key] = handle
        self._nodes[handle] = node
        if same:
            self._kept.add(handle)
        return handle

    def label(self, handle: int, key: str) -> WeightLabel:
        """What an operation keeps is named, trained and counted as before."""
        weights = [self.graph.weights[name] for name in self._nodes[handle].weights]
        if handle in self._kept:
            for weight in weights:
                if weight.role == key:
                    return WeightLabel(weight.name, weight.trainable, weight.counted)
        trainable = any(weight.trainable for weight in weights)
        return WeightLabel(f"{self.builder.name_of(handle)}/{key}", trainable)

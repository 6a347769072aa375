"""Joins a convolution or product with the bias that is added right behind it; reads no code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from convwise.dialects.tensorflow1.conventions import TENSORFLOW1, axis_order
from convwise.graph.axes import CHANNEL
from convwise.graph.nodes import Graph, Layer, Node, UnknownFact, Value, Weight
from convwise.kinds.convolution import Convolution
from convwise.kinds.dense import Dense
from convwise.kinds.merge import Merge
from convwise.kinds.noise import Dropout
from convwise.kinds.source import Parameter
from convwise.kinds.transposed import TransposedConvolution

_WEIGHTED: Final = frozenset((Convolution, Dense, TransposedConvolution))


_NOT_KNOWN: Final = " is not known"


class _Pair(NamedTuple):
    """A weighted node, the sum behind it, the variable that is its bias."""

    node: int
    sum: int
    bias: int


def fused(graph: Graph, types: Mapping[str, str], rates: Mapping[str, float]) -> Graph:
    """The same network with biases in their layers, under TensorFlow's types of operations.

    A sum is joined when the unbiased value is used by nothing else. `types`: of layers by their
    names; `rates`: of dropouts whose rate is fed.
    """
    pairs = _pairs(graph)
    gone = {pair.sum for pair in pairs.values()} | _unused(graph, pairs)
    weights = dict(graph.weights)
    nodes: list[Node] = []
    places: dict[int, int] = {}
    ends = {pair.sum: pair.node for pair in pairs.values()}
    for index, node in enumerate(graph.nodes):
        if index in gone:
            continue
        places[index] = len(nodes)
        if index in pairs:
            node = _biased(graph, pairs[index], weights)
        elif type(node.kind) is Dropout and graph.layers[node.layer].name in rates:
            node = replace(node, kind=Dropout(rates[graph.layers[node.layer].name]))
        nodes.append(node)
    for old, new in ends.items():
        places[old] = places[new]
    return numbered(graph, nodes, places, weights, types)


def _pairs(graph: Graph) -> dict[int, _Pair]:
    """By the weighted node."""
    uses = Counter([value for node in graph.nodes for value in node.inputs])
    uses.update(graph.outputs)
    found = {}
    for index, node in enumerate(graph.nodes):
        if type(node.kind) is not Merge or node.kind.operation != "add" or len(node.inputs) != 2:
            continue
        for one, two in ((0, 1), (1, 0)):
            source, bias = node.inputs[one], node.inputs[two]
            alone = uses[source] == 1 and source.node not in found
            if alone and _fits(graph.nodes[source.node], graph.nodes[bias.node]):
                found[source.node] = _Pair(source.node, index, bias.node)
                break
    return found


def _fits(node: Node, bias: Node) -> bool:
    """Whether this variable lies along the channels that the node makes."""
    kind = node.kind
    if type(kind) not in _WEIGHTED or kind.bias or type(bias.kind) is not Parameter:
        return False
    output = node.outputs[0]
    place = output.rank - 1 if type(kind) is Dense else output.position(CHANNEL)
    sizes = [dim for _, dim in bias.kind.axes]
    whole = [1] * (output.rank - len(sizes)) + sizes
    others = [dim for axis, dim in enumerate(whole) if axis != place]
    return len(whole) == output.rank and whole[place] == output.shape[place] and set(others) <= {1}


def _unused(graph: Graph, pairs: Mapping[int, _Pair]) -> set[int]:
    """Variables that nothing but sums that vanish takes."""
    sums = {pair.sum for pair in pairs.values()}
    biases = {pair.bias for pair in pairs.values()}
    taken = {value.node for value in graph.outputs}
    for index, node in enumerate(graph.nodes):
        if index not in sums:
            taken.update([value.node for value in node.inputs])
    return biases - taken


def _biased(graph: Graph, pair: _Pair, weights: dict[str, Weight]) -> Node:
    node, total, bias = (graph.nodes[place] for place in pair)
    kind: Any = replace(node.kind, bias=True)
    spec = kind.weights(node.operands)[1]
    name = bias.weights[0]
    axes = axis_order(kind.name, spec.role, spec.axes)
    weights[name] = replace(weights[name], role=spec.role, axes=axes)
    return replace(node, kind=kind, outputs=total.outputs, weights=(*node.weights, name))


def numbered(
    graph: Graph,
    nodes: list[Node],
    places: Mapping[int, int],
    weights: Mapping[str, Weight],
    types: Mapping[str, str],
) -> Graph:
    """The graph of these nodes: inputs, layers and weights by their new numbers."""

    def moved(values: tuple[Value, ...]) -> tuple[Value, ...]:
        return tuple([Value(places[value.node], value.output) for value in values])

    layers: dict[int, int] = {}
    for node in nodes:
        layers.setdefault(node.layer, len(layers))
    kept = [_layer(graph.layers[old], types) for old in layers]
    names = {layer.name for layer in kept}
    used = {name: weights[name] for node in nodes for name in node.weights}
    return replace(
        graph,
        dialect=TENSORFLOW1.dialect,
        nodes=tuple([_node(one, moved(one.inputs), layers[one.layer]) for one in nodes]),
        layers=tuple(kept),
        weights=used,
        inputs=moved(graph.inputs),
        outputs=moved(graph.outputs),
        unknown=tuple([_unknown(one, types) for one in graph.unknown]),
        notes=tuple([one for one in graph.notes if one.layer is None or one.layer in names]),
    )


def _unknown(fact: UnknownFact, types: Mapping[str, str]) -> UnknownFact:
    """What is not known, by TensorFlow's name for it."""
    known = types.get(fact.layer)
    if known is None or not fact.what.endswith(_NOT_KNOWN):
        return fact
    return UnknownFact(fact.layer, known + _NOT_KNOWN, fact.line)


def _node(node: Node, inputs: tuple[Value, ...], layer: int) -> Node:
    return Node(
        node.kind,
        inputs,
        node.operands,
        node.outputs,
        node.weights,
        layer,
        node.call,
        node.facts,
    )


def _layer(layer: Layer, types: Mapping[str, str]) -> Layer:
    return Layer(layer.name, types.get(layer.name, layer.dialect_name), layer.line)

"""Convolutions over halves of input and filter that are put together again: one with groups.

So AlexNet was written before TensorFlow had groups. Reads no code.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import NamedTuple

from convwise.dialects.tensorflow1.conventions import axis_order
from convwise.dialects.tensorflow1.fusing import numbered
from convwise.graph.axes import CHANNEL
from convwise.graph.nodes import Graph, Node, Value, Weight
from convwise.kinds.convolution import Convolution
from convwise.kinds.given_convolution import GivenConvolution
from convwise.kinds.merge import Concatenate
from convwise.kinds.slicing import Slice
from convwise.kinds.source import Parameter
from convwise.kinds.views import Permute


class _Part(NamedTuple):
    """The place of a part of a tensor along one axis: of what, which axis, from, to."""

    source: Value
    axis: int
    start: int
    stop: int


def grouped(graph: Graph, types: dict[str, str]) -> Graph:
    """The same network with such convolutions as one each; what only they need is gone.

    `types`: of layers by their names; the concatenations become convolutions there.
    """
    uses = Counter([value for node in graph.nodes for value in node.inputs])
    uses.update(graph.outputs)
    weights = dict(graph.weights)
    nodes = list(graph.nodes)
    changed = False
    for index, node in enumerate(graph.nodes):
        if type(node.kind) is Concatenate and all(uses[value] == 1 for value in node.inputs):
            found = _joined(graph, node, weights)
            if found is not None:
                nodes[index] = found
                changed = True
                types[graph.layers[node.layer].name] = f"Conv{len(found.kind.kernel)}D"
    if not changed:
        return graph
    kept = _needed(graph, nodes)
    places = {old: new for new, old in enumerate(kept)}
    return numbered(graph, [nodes[old] for old in kept], places, weights, types)


def _needed(graph: Graph, nodes: list[Node]) -> list[int]:
    seen = {value.node for value in (*graph.inputs, *graph.outputs)}
    waiting = list(seen)
    while waiting:
        for value in nodes[waiting.pop()].inputs:
            if value.node not in seen:
                seen.add(value.node)
                waiting.append(value.node)
    return sorted(seen)


def _joined(graph: Graph, node: Node, weights: dict[str, Weight]) -> Node | None:
    """The convolution with groups that this concatenation is; None when it is none."""
    parts = [graph.nodes[value.node] for value in node.inputs]
    first = parts[0]
    same = all(type(one.kind) is GivenConvolution and one.kind == first.kind for one in parts)
    if not same or len(parts) < 2 or first.kind.groups != 1 or len(first.inputs) != 2:
        return None
    channel = first.outputs[0].position(CHANNEL)
    if node.operands[0].locate(node.kind.axis) != channel:
        return None
    data = [_part(graph, one.inputs[0]) for one in parts]
    kernels = [_kernel(graph, one.inputs[1]) for one in parts]
    source, kernel = _whole(graph, data), _whole(graph, kernels)
    if source is None or kernel is None or data[0] is None or data[0].axis != channel:
        return None
    variable = graph.nodes[kernel.node]
    if type(variable.kind) is not Parameter:
        return None
    filters = variable.outputs[0].shape[-1]
    kind = Convolution(
        first.kind.kernel,
        filters if type(filters) is int else 0,
        first.kind.stride,
        first.kind.dilation,
        first.kind.padding,
        groups=len(parts),
        bias=False,
    )
    operand = graph.tensor(source).viewed(first.operands[0].roles)
    spec = kind.weights((operand,))[0]
    name = variable.weights[0]
    axes = axis_order(kind.name, spec.role, spec.axes)
    weights[name] = replace(weights[name], role=spec.role, axes=axes)
    return replace(node, kind=kind, inputs=(source,), operands=(operand,), weights=(name,))


def _part(graph: Graph, value: Value) -> _Part | None:
    """What a slice along one axis takes."""
    node = graph.nodes[value.node]
    if type(node.kind) is not Slice:
        return None
    cuts = node.kind.cuts
    whole = all(cut == (None, None, None) for cut in cuts[:-1])
    last = cuts[-1] if cuts else None
    if not whole or type(last) is not tuple or type(last[0]) is not int or last[2] is not None:
        return None
    stop = last[1]
    return None if type(stop) is not int else _Part(node.inputs[0], len(cuts) - 1, last[0], stop)


def _kernel(graph: Graph, value: Value) -> _Part | None:
    """The part of the filters: the last axis of (height, width, in, out), turned afterwards."""
    node = graph.nodes[value.node]
    if type(node.kind) is not Permute:
        return None
    found = _part(graph, node.inputs[0])
    if found is None or found.axis != graph.tensor(found.source).rank - 1:
        return None
    return found


def _whole(graph: Graph, parts: list[_Part | None]) -> Value | None:
    """The tensor that these parts are, equal ones in order from first to last."""
    first = parts[0]
    if first is None:
        return None
    size = first.stop - first.start
    for place, part in enumerate(parts):
        if part is None or part[:2] != first[:2]:
            return None
        if (part.start, part.stop) != (place * size, (place + 1) * size):
            return None
    total = graph.tensor(first.source).shape[first.axis]
    return first.source if total == size * len(parts) else None

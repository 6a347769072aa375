"""The canonical form of a network as far as an ONNX file can hold it; the one place that says so.

What exporters do not write, because an operator of ONNX has no place for it or because it does
nothing when a network is used:
- dropout and other noise of training;
- which weights are frozen;
- more than 32 bits of a number: numbers are compared by six digits;
- where maxima were, when nobody asks;
- whether neighbouring axes were merged by a flatten or by a reshape: both are a Reshape.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from convwise.errors import RuleError
from convwise.graph.axes import Tensor
from convwise.graph.canonical import Canonical, CanonicalNode, canonical
from convwise.graph.nodes import Graph, Node
from convwise.graph.obligations import Must
from convwise.kinds.contract import STOCHASTIC
from convwise.kinds.ranking import Extreme
from convwise.kinds.reduce import Reduce
from convwise.kinds.reshape import Reshape
from convwise.kinds.views import Flatten, Identity


def held(graph: Graph) -> Canonical:
    """The form without what is lost."""
    form = canonical(_with_flattens(graph))
    taken = {source for node in form.nodes for source in node.inputs} | set(form.outputs)
    nodes = [_plain(place, node, taken) for place, node in enumerate(form.nodes)]
    return replace(form, nodes=tuple(nodes))


def _with_flattens(graph: Graph) -> Graph:
    """The graph without noise, and with a flatten for each reshape that only merges neighbours."""
    nodes: list[Node] = []
    for node in graph.nodes:
        try:
            nodes.append(_again(node, graph.nodes, nodes))
        except RuleError:
            nodes.append(node)
    return replace(graph, nodes=tuple(nodes))


def _again(node: Node, before: tuple[Node, ...], made: list[Node]) -> Node:
    """The node on what the nodes before it give now."""
    if not node.inputs or not node.known:
        return node
    operands = []
    for value, seen in zip(node.inputs, node.operands, strict=True):
        given = made[value.node].outputs[value.output]
        viewed = seen.roles != before[value.node].outputs[value.output].roles
        operands.append(given.viewed(seen.roles) if viewed else given)
    kind = _merging(node.kind, operands[0], node.outputs[0])
    if STOCHASTIC in kind.traits and len(operands) == 1 and not node.weights:
        kind = Identity()
    outputs = kind.outputs(tuple(operands), Must())
    return replace(node, kind=kind, operands=tuple(operands), outputs=outputs)


def _merging(kind: Any, source: Tensor, out: Tensor) -> Any:
    """A reshape of a whole batch whose neighbours become one axis."""
    gone = source.rank - out.rank
    if type(kind) is not Reshape or gone < 1 or out.rank < 2 or source.shape[0] != out.shape[0]:
        return kind
    start = 1
    while start < out.rank - 1 and source.shape[start] == out.shape[start]:
        start += 1
    if source.shape[start + gone + 1 :] != out.shape[start + 1 :]:
        return kind
    return Flatten(start, -1 if start == out.rank - 1 else start + gone)


def _plain(place: int, node: CanonicalNode, taken: set[tuple[int, int]]) -> CanonicalNode:
    weights = tuple([(number, sizes, True) for number, sizes, _ in node.weights])
    kind = _rounded(node.kind)
    if type(kind) is Extreme and kind.rank == 1 and (place, 1) not in taken:
        kind = Reduce(kind.op, (kind.axis,), kind.keep_axis)
        return replace(node, kind=kind, sizes=node.sizes[:1])
    return replace(node, kind=kind, weights=weights)


def _rounded(value: Any) -> Any:
    """All numbers inside by six digits."""
    if type(value) is float:
        return float(f"{value:.6g}")
    if type(value) is tuple:
        return tuple([_rounded(one) for one in value])
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changes = {one.name: _rounded(getattr(value, one.name)) for one in fields(value) if one.init}
    if "dropout" in changes:
        changes["dropout"] = 0.0
    return replace(value, **changes)

"""The canonical form: what a network is, without names, layout, source and dialect.

Policies and defaults are resolved, operations that change nothing are gone, nodes are numbered in
the order in which the outputs need them. Two graphs are the same when their forms are equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from convwise.graph.axes import Tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph, Node, Value

#: Traits the form depends on, as `kinds.contract` spells them.
_IDENTITY = "identity"
_SOURCE = "source"
_REORDERS = "reorders"
_MERGES_ALL = "merges all"

Sizes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CanonicalNode:
    """One operation: `inputs` are (number of a canonical node, output).

    `sizes` are the outputs' (role, size) without regard to their order; `weights` are numbers in
    order of first use, so that sharing shows, each with its sizes and whether it is trained.
    """

    kind: Any
    inputs: tuple[tuple[int, int], ...]
    sizes: tuple[Sizes, ...]
    weights: tuple[tuple[int, Sizes, bool], ...]


@dataclass(frozen=True, slots=True)
class Canonical:
    """A whole network: its nodes and which of them are inputs and outputs."""

    nodes: tuple[CanonicalNode, ...]
    inputs: tuple[int, ...]
    outputs: tuple[tuple[int, int], ...]


def canonical(graph: Graph) -> Canonical:
    """The form of a graph; equal forms are the same network."""
    form = _Form(graph)
    inputs = tuple([form.number(value)[0] for value in graph.inputs])
    outputs = tuple([form.number(value) for value in graph.outputs])
    return Canonical(tuple(form.nodes), inputs, outputs)


def first_difference(one: Canonical, two: Canonical) -> str | None:
    """Where two forms part, in words; None when they are equal."""
    for index, (left, right) in enumerate(zip(one.nodes, two.nodes, strict=False)):
        if left != right:
            return f"node {index}: {left} against {right}"
    if len(one.nodes) != len(two.nodes):
        return f"{len(one.nodes)} nodes against {len(two.nodes)} nodes"
    return None if one == two else "inputs or outputs differ"


class _Form:
    """Numbers nodes and weights as they are first needed."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes: list[CanonicalNode] = []
        self._numbers: dict[int, int] = {}
        self._weights: dict[str, int] = {}

    def number(self, value: Value) -> tuple[int, int]:
        """The canonical place of a value; visits what it needs first, without recursion."""
        stack = [self._behind(value)]
        while stack:
            index = stack[-1].node
            node = self.graph.nodes[index]
            waiting = self._inputs(node)
            waiting = [v for v in waiting if v.node not in self._numbers]
            if waiting and index not in self._numbers:
                stack.append(waiting[0])
                continue
            stack.pop()
            if index not in self._numbers:
                self._numbers[index] = len(self.nodes)
                self.nodes.append(self._node(node))
        found = self._behind(value)
        return self._numbers[found.node], found.output

    def _behind(self, value: Value) -> Value:
        """The value itself, or what it repeats where an operation changes nothing."""
        node = self.graph.nodes[value.node]
        while _IDENTITY in node.kind.traits and len(node.inputs) == 1:
            value = node.inputs[0]
            node = self.graph.nodes[value.node]
        return value

    def _inputs(self, node: Node) -> list[Value]:
        """What an operation reads; a flatten reads what was only put into another order for it.

        The order in which values are merged is a layout, as the order of a dense layer's weights.
        """
        found = [self._behind(value) for value in node.inputs]
        if len(found) == 1 and self._reorders(found[0]):
            kind: Any = node.kind.canonical(node.operands)
            while _MERGES_ALL in kind.traits and self._reorders(found[0]):
                found = [self._behind(self.graph.nodes[found[0].node].inputs[0])]
        return found

    def _reorders(self, value: Value) -> bool:
        return _REORDERS in self.graph.nodes[value.node].kind.traits

    def _node(self, node: Node) -> CanonicalNode:
        known = node.known and _SOURCE not in node.kind.traits
        kind = node.kind.canonical(node.operands) if known else node.kind.name
        return CanonicalNode(
            kind=kind,
            inputs=tuple([(self._numbers[v.node], v.output) for v in self._inputs(node)]),
            sizes=tuple([_sizes(tensor) for tensor in node.outputs]),
            weights=tuple([self._weight(name) for name in node.weights]),
        )

    def _weight(self, name: str) -> tuple[int, Sizes, bool]:
        number = self._weights.setdefault(name, len(self._weights))
        weight = self.graph.weights[name]
        return number, _pairs(weight.axes), weight.trainable


def _sizes(tensor: Tensor) -> Sizes:
    return _pairs(tuple([(axis.role or "", axis.dim) for axis in tensor.axes]))


def _pairs(axes: tuple[tuple[str, Dim], ...]) -> Sizes:
    return tuple(sorted([(name, str(dim)) for name, dim in axes]))

"""A graph at a batch size: the tensors of every node with the free batch replaced by a number."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from convwise.graph.axes import BATCH_SYMBOL, Axis, Tensor
from convwise.graph.dims import Dim, evaluate
from convwise.graph.nodes import Graph, Node
from convwise.kinds.contract import Kept, Kind, Macs
from convwise.kinds.formula import Formula
from convwise.kinds.windows import Reach


class Asked:
    """What a kind says about its operands: each rule asked once, for all nodes that are alike."""

    def __init__(
        self, kind: Kind, operands: tuple[Tensor, ...], outputs: tuple[Tensor, ...]
    ) -> None:
        self.kind = kind
        self.operands = operands
        self.outputs = outputs

    @cached_property
    def macs(self) -> Macs:
        return self.kind.macs(self.operands, self.outputs)

    @cached_property
    def elementwise_ops(self) -> Dim:
        return self.kind.elementwise_ops(self.operands, self.outputs)

    @cached_property
    def kept(self) -> tuple[Kept, ...]:
        return self.kind.kept(self.operands, self.outputs)

    @cached_property
    def reach(self) -> list[Mapping[str, Reach]]:
        """Per operand."""
        return [self.kind.reach(self.operands, index) for index in range(len(self.operands))]

    @cached_property
    def dropped(self) -> Mapping[str, Dim]:
        return self.kind.dropped(self.operands)

    @cached_property
    def formulas(self) -> Mapping[str, Formula]:
        return self.kind.formulas(self.operands, self.outputs)

    @cached_property
    def output_bytes(self) -> tuple[Dim, ...]:
        """Bytes of each output."""
        return tuple([tensor.bytes for tensor in self.outputs])


class Step(NamedTuple):
    """One node with its operands and outputs at the batch size of the question."""

    node: Node
    operands: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    asked: Asked


def at_sizes(graph: Graph, values: dict[str, int], dtype: str = "float32") -> list[Step]:
    """Every node's tensors with symbols replaced (the batch is "N") and float32 read as `dtype`."""
    known: dict[int, Tensor] = {}
    alike: dict[tuple[int, ...], Asked] = {}
    steps = []
    for node in graph.nodes:
        tensors = [*node.operands, *node.outputs]
        # Kinds and tensors live as long as the graph: identity tells them apart.
        key = (id(node.kind), *[id(tensor) for tensor in tensors])
        asked = alike.get(key)
        if asked is None:
            made = [known.get(id(t)) or _replace(t, values, dtype, known) for t in tensors]
            count = len(node.operands)
            asked = Asked(node.kind, tuple(made[:count]), tuple(made[count:]))
            alike[key] = asked
        steps.append(Step(node, asked.operands, asked.outputs, asked))
    return steps


def at_batch(graph: Graph, batch: int = 1, dtype: str = "float32") -> list[Step]:
    """Every node's tensors at this batch size; other symbols stay."""
    return at_sizes(graph, {BATCH_SYMBOL: batch}, dtype)


def cast(tensor: Tensor, dtype: str) -> Tensor:
    """The tensor in a run where numbers that are float32 by default have another type."""
    return tensor.cast(dtype) if tensor.dtype == "float32" and dtype != "float32" else tensor


def _replace(
    tensor: Tensor, values: dict[str, int], dtype: str, known: dict[int, Tensor]
) -> Tensor:
    axes = tuple([axis if type(axis.dim) is int else _axis(axis, values) for axis in tensor.axes])
    result = cast(Tensor(axes, tensor.dtype, tensor.known), dtype)
    known[id(tensor)] = result
    return result


def _axis(axis: Axis, values: dict[str, int]) -> Axis:
    dim: Dim = evaluate(axis.dim, values)
    return Axis(axis.role, dim, tuple([_axis(factor, values) for factor in axis.factors]))

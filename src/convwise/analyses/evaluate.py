"""A graph at a batch size: the tensors of every node with the free batch replaced by a number."""

from __future__ import annotations

from typing import NamedTuple

from convwise.graph.axes import BATCH_SYMBOL, Axis, Tensor
from convwise.graph.dims import Dim, evaluate
from convwise.graph.nodes import Graph, Node


class Step(NamedTuple):
    """One node with its operands and outputs at the batch size of the question."""

    node: Node
    operands: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]


def at_sizes(graph: Graph, values: dict[str, int], dtype: str = "float32") -> list[Step]:
    """Every node's tensors with symbols replaced (the batch is "N") and float32 read as `dtype`."""
    known: dict[int, Tensor] = {}

    def replaced(tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return tuple([known.get(id(t)) or _replace(t, values, dtype, known) for t in tensors])

    return [Step(node, replaced(node.operands), replaced(node.outputs)) for node in graph.nodes]


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

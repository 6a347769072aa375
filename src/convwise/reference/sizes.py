"""A graph at plain sizes: symbols replaced by the numbers that the given inputs have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple

from convwise.errors import RuleError
from convwise.graph.axes import Axis, Tensor, describe
from convwise.graph.dims import Dim, Expr, evaluate, symbols_of
from convwise.graph.nodes import Graph, Node
from convwise.kinds.contract import Kind

Values = Mapping[str, int]


class Sized(NamedTuple):
    """One node, its kind and its tensors with plain sizes."""

    node: Node
    kind: Kind
    operands: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]


def solved(graph: Graph, shapes: Sequence[tuple[int, ...]]) -> dict[str, int]:
    """What the free sizes are (the batch is N) when the inputs have these shapes.

    Raises RuleError with the input, its shape and what came when they do not fit.
    """
    found: dict[str, int] = {}
    pairs = list(zip(graph.inputs, shapes, strict=True))
    for value, shape in pairs:
        tensor = graph.tensor(value)
        if len(shape) != tensor.rank:
            raise _misfit(graph, value.node, tensor, shape)
        for axis, size in zip(tensor.axes, shape, strict=True):
            if isinstance(axis.dim, Expr) and symbols_of(axis.dim) == {str(axis.dim)}:
                found.setdefault(str(axis.dim), size)
    for value, shape in pairs:
        tensor = graph.tensor(value)
        for axis, size in zip(tensor.axes, shape, strict=True):
            if evaluate(axis.dim, found) != size:
                raise _misfit(graph, value.node, tensor, shape)
    return found


def _misfit(graph: Graph, node: int, tensor: Tensor, shape: tuple[int, ...]) -> RuleError:
    name = graph.layers[graph.nodes[node].layer].name
    return RuleError(
        f"the input {name} has shape {describe(tensor)}, the array given for it {shape}",
        hint="give an array of that shape, the batch first where the network has one",
    )


def sized(node: Node, values: Values) -> Sized:
    """The node with all its symbols replaced."""
    return Sized(
        node,
        _settled(node.kind, values),
        tuple([_tensor(one, values) for one in node.operands]),
        tuple([_tensor(one, values) for one in node.outputs]),
    )


def _settled(record: Any, values: Values) -> Any:
    """A frozen record whose fields that hold open sizes hold numbers."""
    changed = {}
    for field in fields(record):
        value = getattr(record, field.name)
        settled = _value(value, values)
        if settled is not value:
            changed[field.name] = settled
    return replace(record, **changed) if changed else record


def _value(value: Any, values: Values) -> Any:
    match value:
        case Expr():
            return evaluate(value, values)
        case Tensor():
            return _tensor(value, values)
        case tuple() if any(_value(item, values) is not item for item in value):
            return tuple([_value(item, values) for item in value])
        case _:
            return value


def _tensor(tensor: Tensor, values: Values) -> Tensor:
    if all(type(axis.dim) is int for axis in tensor.axes):
        return tensor
    return Tensor(tuple([_axis(axis, values) for axis in tensor.axes]), tensor.dtype, tensor.known)


def _axis(axis: Axis, values: Values) -> Axis:
    dim: Dim = evaluate(axis.dim, values)
    return Axis(axis.role, dim, tuple([_axis(factor, values) for factor in axis.factors]))

"""Nodes, layers, weights and the graph that holds them: plain frozen records without rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from convwise.graph.axes import Tensor
from convwise.graph.constraints import Constraint
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must

#: The trait of operations that are not in the catalog, as `kinds.contract` spells it.
_UNKNOWN = "unknown"


class Value(NamedTuple):
    """One output of one node."""

    node: int
    output: int = 0


class WeightSpec(NamedTuple):
    """A weight as a kind asks for it: its role, named axes and what training does with it.

    `statistic` marks values that are kept but not learned by gradient (moving mean and variance):
    Keras counts them as parameters, PyTorch as buffers.
    """

    role: str
    axes: tuple[tuple[str, Dim], ...]
    trainable: bool = True
    statistic: bool = False


class Operation(Protocol):
    """What the graph itself needs of a kind; the whole contract is `convwise.kinds.contract`."""

    @property
    def name(self) -> str: ...

    @property
    def traits(self) -> frozenset[str]: ...

    def canonical(self, operands: tuple[Tensor, ...]) -> Operation: ...

    def outputs(self, operands: tuple[Tensor, ...], must: Must) -> tuple[Tensor, ...]: ...

    def weights(self, operands: tuple[Tensor, ...]) -> tuple[WeightSpec, ...]: ...


@dataclass(frozen=True, slots=True)
class Weight:
    """One entry of the weights table, axes in the dialect's own order.

    `trainable`: learned in training. `counted`: part of the framework's parameter total.
    """

    name: str
    role: str
    axes: tuple[tuple[str, Dim], ...]
    trainable: bool = True
    counted: bool = True

    @property
    def shape(self) -> tuple[Dim, ...]:
        return tuple([dim for _, dim in self.axes])

    @property
    def elements(self) -> Dim:
        total: Dim = 1
        for _, dim in self.axes:
            total = total * dim
        return total


@dataclass(frozen=True, slots=True)
class Facts:
    """What no rule can tell: overwriting in place, the enclosing call, running without gradient."""

    in_place: bool = False
    scope: str = ""
    no_gradient: bool = False


NO_FACTS = Facts()


@dataclass(frozen=True, slots=True)
class Node:
    """One operation: its kind, where its inputs come from, what it sees and what comes out.

    `operands` are the inputs under the roles this operation gives them; `weights` are keys of the
    graph's weights table; `layer` is an index into the graph's layers, `call` counts its calls.
    """

    kind: Any  # a kinds.contract.Kind, which this room must not import
    inputs: tuple[Value, ...]
    operands: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    weights: tuple[str, ...]
    layer: int
    call: int = 0
    facts: Facts = NO_FACTS

    @property
    def known(self) -> bool:
        """Whether everything about this node is known, not only the shape that it gives."""
        return self.outputs[0].known and _UNKNOWN not in self.kind.traits


@dataclass(frozen=True, slots=True)
class Layer:
    """A named group of nodes: the path and name its framework gives it, and its source line."""

    name: str
    dialect_name: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class UnknownFact:
    """Something that could not be known: which layer, what, and where it is written."""

    layer: str
    what: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth telling about a layer, or about the reading when `layer` is None."""

    code: str
    message: str
    layer: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """A network: nodes in the order they were called, layers, weights, inputs and outputs."""

    name: str
    dialect: str
    nodes: tuple[Node, ...]
    layers: tuple[Layer, ...]
    weights: dict[str, Weight]
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    constraints: tuple[Constraint, ...] = ()
    unknown: tuple[UnknownFact, ...] = ()
    notes: tuple[Note, ...] = ()
    source: str | None = None

    def tensor(self, value: Value) -> Tensor:
        """The tensor a value stands for."""
        return self.nodes[value.node].outputs[value.output]

"""Builds graphs call by call, as a reader meets them; must never compute a shape itself.

One builder serves everything that one source defines: models may share layers, and a graph is cut
out of the builder for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import log10
from typing import NamedTuple

from convwise.errors import RuleError
from convwise.graph.axes import MOST_AXES, UNKNOWN_TENSOR, Tensor, describe
from convwise.graph.constraints import Constraint, simplify
from convwise.graph.dims import Dim
from convwise.graph.nodes import (
    NO_FACTS,
    Facts,
    Graph,
    Layer,
    Node,
    Note,
    Operation,
    UnknownFact,
    Value,
    Weight,
    WeightSpec,
)
from convwise.graph.obligations import Must

#: Sizes beyond this are mistakes, or meant to exhaust whoever multiplies them.
MOST_POSITIONS = 10**30

Roles = tuple[str | None, ...]
AxisOrder = Callable[[str, str, tuple[tuple[str, Dim], ...]], tuple[tuple[str, Dim], ...]]


@dataclass(frozen=True, slots=True)
class Conventions:
    """What a dialect decides about every graph it makes.

    `counts_statistics`: moving means and variances are part of the parameter total.
    `axis_order(kind name, weight role, axes)`: the weight's axes in the dialect's own order.
    """

    dialect: str
    counts_statistics: bool
    axis_order: AxisOrder


class WeightLabel(NamedTuple):
    """What a dialect says about a weight in the end: its name, if it learns, if it is counted."""

    name: str
    trainable: bool = True
    counted: bool = True


Label = Callable[[int, str], WeightLabel]


@dataclass(slots=True)
class _Draft:
    """A layer under construction: `calls` so far; weights by part and role, made on first use."""

    name: str
    dialect_name: str
    line: int | None
    trainable: bool = True
    calls: int = 0
    weights: dict[str, tuple[str, WeightSpec]] = field(default_factory=dict)


class _Inferred(NamedTuple):
    """What a kind says about its operands, found once for all calls that are alike."""

    kind: Operation
    operands: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    specs: tuple[WeightSpec, ...]
    constraints: list[Constraint]


class GraphBuilder:
    """Adds nodes to layers, infers their outputs through the kinds, cuts graphs out."""

    def __init__(self, conventions: Conventions) -> None:
        self.conventions = conventions
        self._layers: list[_Draft] = []
        self._nodes: list[Node] = []
        self._constraints: list[tuple[int, Constraint]] = []
        self._notes: list[tuple[int | None, str, str, int | None]] = []
        self._blocked: dict[int, str] = {}
        self._alike: dict[tuple[object, ...], _Inferred] = {}
        self._views: dict[tuple[int, Roles], Tensor] = {}
        self._tensors: dict[Tensor, Tensor] = {}

    def new_layer(self, name: str, dialect_name: str, line: int | None = None) -> int:
        """A layer that has not been called yet; returns its handle."""
        self._layers.append(_Draft(name, dialect_name, line))
        return len(self._layers) - 1

    def rename(self, layer: int, name: str) -> None:
        self._layers[layer].name = name

    def name_of(self, layer: int) -> str:
        return self._layers[layer].name

    def set_trainable(self, layer: int, trainable: bool) -> None:
        self._layers[layer].trainable = trainable

    def begin_call(self, layer: int) -> None:
        """The nodes added next to this layer belong to a new call of it."""
        self._layers[layer].calls += 1

    def note(
        self, code: str, message: str, layer: int | None = None, line: int | None = None
    ) -> None:
        """Attach something worth telling to a layer, or to the whole reading."""
        self._notes.append((layer, code, message, line))

    def tensor(self, value: Value) -> Tensor:
        return self._nodes[value.node].outputs[value.output]

    def add(
        self,
        kind: Operation,
        inputs: Sequence[Value],
        layer: int,
        *,
        part: str = "",
        views: Sequence[Roles | None] = (),
        facts: Facts = NO_FACTS,
    ) -> tuple[Value, ...]:
        """Add one operation to the current call of a layer and return its outputs.

        `part` separates several weighted operations of one layer ("depthwise"); `views` gives the
        roles under which the operation sees its inputs, None for "as they come".
        Raises RuleError with the layer, its line and the shapes received.
        """
        received = tuple([self._nodes[v.node].outputs[v.output] for v in inputs])
        try:
            operands = self._viewed(received, views) if views else received
            inferred = self._infer(kind, operands)
            weights = self._weights(inferred.specs, kind.name, layer, part)
        except RuleError as error:
            draft = self._layers[layer]
            shapes = [describe(tensor) for tensor in received]
            raise error.at(line=draft.line, layer=draft.name, shapes=shapes) from None
        index = len(self._nodes)
        call = max(self._layers[layer].calls - 1, 0)
        self._constraints.extend([(index, constraint) for constraint in inferred.constraints])
        kind, operands, outputs = inferred[:3]
        self._nodes.append(
            Node(kind, tuple(inputs), operands, outputs, weights, layer, call, facts)
        )
        return tuple([Value(index, i) for i in range(len(outputs))])

    def _infer(self, kind: Operation, operands: tuple[Tensor, ...]) -> _Inferred:
        """Outputs and weights; equal kinds on equal tensors share one answer.

        Equal tensors are one object here, so that identity tells them apart.
        """
        for operand in operands:
            if not operand.known:
                self._blocked[len(self._nodes)] = f"{kind.name} behind an unknown operation"
                return _Inferred(kind, operands, (UNKNOWN_TENSOR,), (), [])
        key = (kind, *[id(operand) for operand in operands])
        found = self._alike.get(key)
        if found is None:
            must = Must()
            outputs = tuple([self._one(tensor) for tensor in kind.outputs(operands, must)])
            specs = kind.weights(operands)
            _must_be_countable(outputs, specs)
            found = _Inferred(kind, operands, outputs, specs, must.constraints)
            self._alike[key] = found
        return found

    def _one(self, tensor: Tensor) -> Tensor:
        """The one object that stands for all equal tensors."""
        return self._tensors.setdefault(tensor, tensor)

    def _viewed(
        self, received: tuple[Tensor, ...], views: Sequence[Roles | None]
    ) -> tuple[Tensor, ...]:
        seen = []
        for tensor, roles in zip(received, views, strict=True):
            if roles is None or not tensor.known:
                seen.append(tensor)
                continue
            key = (id(tensor), roles)
            if key not in self._views:
                self._views[key] = self._one(tensor.viewed(roles))
            seen.append(self._views[key])
        return tuple(seen)

    def _weights(
        self, specs: tuple[WeightSpec, ...], kind_name: str, layer: int, part: str
    ) -> tuple[str, ...]:
        table = self._layers[layer].weights
        keys = []
        for spec in specs:
            key = f"{part}/{spec.role}" if part else spec.role
            known = table.setdefault(key, (kind_name, spec))[1]
            if known is not spec and known.axes != spec.axes:
                raise RuleError(
                    f"its {key} was made with shape {_sizes(known)} at the first call, "
                    f"this call needs {_sizes(spec)}",
                    hint="use a new layer for inputs of another size",
                )
            keys.append(key)
        return tuple(keys)

    def graph(
        self,
        inputs: Sequence[Value],
        outputs: Sequence[Value],
        name: str,
        *,
        source: str | None = None,
        also: Sequence[Value] = (),
        label: Label | None = None,
    ) -> Graph:
        """Cut out the network between inputs and outputs: what the outputs need, in call order.

        `also`: values that no output needs and that belong to the network all the same, such as
        weights that nothing uses. `label(layer, key)`: names weights; equal names are one weight.
        """
        used = self._needed(inputs, (*outputs, *also))
        number = {old: new for new, old in enumerate(used)}
        layers: dict[int, int] = {}
        for old in used:
            layers.setdefault(self._nodes[old].layer, len(layers))
        names = self._names(layers)
        weights: dict[str, Weight] = {}
        nodes = [self._cut(old, number, layers, names, weights, label) for old in used]
        found = [c for node, c in self._constraints if node in number]
        return Graph(
            name=name,
            dialect=self.conventions.dialect,
            nodes=tuple(nodes),
            layers=tuple([self._layer(handle, names) for handle in layers]),
            weights=weights,
            inputs=tuple([Value(number[v.node], v.output) for v in inputs]),
            outputs=tuple([Value(number[v.node], v.output) for v in outputs]),
            constraints=simplify(found) if found else (),
            unknown=self._unknown(used, names),
            notes=self._cut_notes(names),
            source=source,
        )

    def _needed(self, inputs: Sequence[Value], outputs: Sequence[Value]) -> list[int]:
        """Nodes that outputs depend on, not looking behind the given inputs, in call order."""
        ends = {value.node for value in inputs}
        seen = set(ends)
        stack = [value.node for value in outputs]
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            stack.extend([v.node for v in self._nodes[node].inputs])
        return sorted(seen)

    def _names(self, layers: Iterable[int]) -> dict[int, str]:
        """Names that tell layers apart, as weights are found by them: repeated ones numbered."""
        taken: dict[str, int] = {}
        names = {}
        for handle in layers:
            name = self._layers[handle].name
            taken[name] = taken.get(name, 0) + 1
            names[handle] = name if taken[name] == 1 else f"{name} ({taken[name]})"
        return names

    def _cut(
        self,
        old: int,
        number: dict[int, int],
        layers: dict[int, int],
        names: dict[int, str],
        weights: dict[str, Weight],
        label: Label | None,
    ) -> Node:
        node = self._nodes[old]
        keys = tuple([self._weight(node.layer, key, names, weights, label) for key in node.weights])
        inputs = tuple([Value(number[v.node], v.output) for v in node.inputs])
        return Node(
            node.kind,
            inputs,
            node.operands,
            node.outputs,
            keys,
            layers[node.layer],
            node.call,
            node.facts,
        )

    def _weight(
        self,
        layer: int,
        key: str,
        names: dict[int, str],
        weights: dict[str, Weight],
        label: Label | None,
    ) -> str:
        draft = self._layers[layer]
        if label is None:
            said = WeightLabel(f"{names[layer]}/{key}", draft.trainable)
        else:
            said = label(layer, key)
        if said.name not in weights:
            kind_name, spec = draft.weights[key]
            axes = self.conventions.axis_order(kind_name, spec.role, spec.axes)
            weights[said.name] = Weight(
                name=said.name,
                role=spec.role,
                axes=axes,
                trainable=spec.trainable and said.trainable,
                counted=said.counted and (self.conventions.counts_statistics or not spec.statistic),
            )
        return said.name

    def _layer(self, handle: int, names: dict[int, str]) -> Layer:
        draft = self._layers[handle]
        return Layer(names[handle], draft.dialect_name, draft.line)

    def _unknown(self, used: Iterable[int], names: dict[int, str]) -> tuple[UnknownFact, ...]:
        found = []
        for old in used:
            node = self._nodes[old]
            if node.known:
                continue
            name = self._layers[node.layer].dialect_name
            what = self._blocked.get(old) or f"{name} is not known"
            found.append(UnknownFact(names[node.layer], what, self._layers[node.layer].line))
        return tuple(found)

    def _cut_notes(self, names: dict[int, str]) -> tuple[Note, ...]:
        return tuple(
            [
                Note(code, message, None if layer is None else names[layer], line)
                for layer, code, message, line in self._notes
                if layer is None or layer in names
            ]
        )


def _sizes(spec: WeightSpec) -> str:
    return "(" + ", ".join([str(dim) for _, dim in spec.axes]) + ")"


def _must_be_countable(outputs: tuple[Tensor, ...], specs: tuple[WeightSpec, ...]) -> None:
    made = [axis.dim for tensor in outputs for axis in tensor.axes]
    made.extend([dim for spec in specs for _, dim in spec.axes])
    for dim in made:
        if type(dim) is int and dim > MOST_POSITIONS:
            power = int((dim.bit_length() - 1) * log10(2))
            raise RuleError(
                f"a size of more than 10^{power} comes out of this",
                hint="sizes up to 10^30 are counted: is a factor or an exponent too many?",
            )
    for tensor in outputs:
        if len(tensor.axes) > MOST_AXES:
            raise RuleError(
                f"an output of {len(tensor.axes)} axes comes out of this, at most {MOST_AXES} can",
                hint="a shape has one size per axis, such as (height, width, channels)",
            )

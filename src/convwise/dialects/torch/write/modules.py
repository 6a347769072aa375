"""The attributes of a written class: modules, free weights, buffers, and who shares what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, final

from convwise.dialects.torch.write.names import Names
from convwise.dialects.torch.write.text import Code, comment
from convwise.errors import RuleError
from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph, Node, WeightSpec

Axes = tuple[tuple[str, Dim], ...]


class Place(NamedTuple):
    """Where a weight of the graph is in the written class.

    path: its name in `state_dict()`. axes: its axes in PyTorch's order, by the graph's names; a
    weight that PyTorch keeps in another number of axes is these, reshaped. `rows`: the first axis
    holds that many gates of a recurrent cell, which PyTorch keeps in this order. `second`: where
    the second half of it is, when PyTorch keeps it in two.
    """

    path: str
    axes: Axes
    rows: tuple[int, ...] = ()
    second: str = ""


class Attribute(NamedTuple):
    """`self.name = constructor`, and a remark behind it."""

    name: str
    constructor: Code
    remark: str = ""


@dataclass(slots=True)
class _Made:
    """A module that stands already: who made it and which weights it holds."""

    name: str
    constructor: Code
    weights: tuple[str, ...]


@final
@dataclass(slots=True)
class Modules:
    """Collects attributes in the order in which the network needs them."""

    graph: Graph
    short: list[str]
    attributes: list[Attribute] = field(default_factory=list)
    ties: list[str] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    _names: Names = field(default_factory=Names)
    _made: dict[tuple[int | str, ...], _Made] = field(default_factory=dict)
    _crowded: set[int] = field(default_factory=set)
    _calls: dict[tuple[str, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        seen: dict[int, set[tuple[str, ...]]] = {}
        for node in self.graph.nodes:
            if node.weights:
                seen.setdefault(node.layer, set()).add(node.weights)
                self._calls[node.weights] = self._calls.get(node.weights, 0) + 1
        self._crowded = {layer for layer, found in seen.items() if len(found) > 1}

    def shared(self, node: Node) -> bool:
        """Whether the node's weights are used by other nodes too."""
        return bool(node.weights) and self._calls[node.weights] > 1

    def users(self, weight: str) -> int:
        """How many operations use a weight."""
        return sum(count for names, count in self._calls.items() if weight in names)

    def module(
        self,
        node: Node,
        constructor: Code,
        hint: str,
        specs: tuple[tuple[WeightSpec, str], ...],
        rows: tuple[int, ...] = (),
    ) -> Code:
        """`self.name` of the module of this node, made on first use.

        specs: each weight as PyTorch orders its axes, with its name inside of the module, or two
        with a blank between them.
        """
        key: tuple[int | str, ...] = (node.layer, hint, *node.weights)
        if not node.weights:
            key = (node.layer, hint, constructor)
        elif node.weights in self._made:
            key = node.weights
        found = self._made.get(key)
        if found is not None and found.constructor == constructor:
            return Code(f"self.{found.name}")
        name = self._new(node, hint)
        made = _Made(name, constructor, node.weights)
        self._made[key] = made
        if node.weights:
            self._made.setdefault(node.weights, made)
        self.attributes.append(Attribute(name, constructor))
        for (spec, path), weight in zip(specs, node.weights, strict=True):
            first, _, second = path.partition(" ")
            other = f"{name}.{second}" if second else ""
            self._place(weight, Place(f"{name}.{first}", spec.axes, rows, other))
        return Code(f"self.{name}")

    def value(
        self, node: Node, constructor: Code, weight: str, axes: Axes, hint: str, remark: str = ""
    ) -> Code:
        """`self.name` of a free weight or a buffer, made on first use."""
        held = self.places.get(weight)
        if held is not None and _sizes(held.axes) == _sizes(axes):
            return Code(f"self.{held.path}")
        name = self._new(node, hint)
        self.attributes.append(Attribute(name, constructor, comment(remark)))
        self._place(weight, Place(name, axes))
        return Code(f"self.{name}")

    def constant(self, node: Node, constructor: Code, hint: str, remark: str = "") -> Code:
        """`self.name` of a buffer that is no weight of the graph."""
        name = self._names.new(f"{self.short[node.layer]}_{hint}")
        self.attributes.append(Attribute(name, constructor, comment(remark)))
        return Code(f"self.{name}")

    def _new(self, node: Node, hint: str) -> str:
        base = self.short[node.layer]
        several = len(node.weights) > 1 and any(
            hint == name.rpartition("/")[2] for name in node.weights
        )
        crowded = hint and (node.layer in self._crowded or several)
        return self._names.new(f"{base}_{hint}" if crowded else base)

    def _place(self, weight: str, place: Place) -> None:
        """Where a weight is; a second place for the same weight is tied to the first."""
        first = self.places.setdefault(weight, place)
        if first is place:
            return
        if _sizes(first.axes) != _sizes(place.axes):
            raise RuleError(
                f"{weight} is shared between layers that keep it in different orders",
                hint="PyTorch shares a weight only between modules that keep it alike",
            )
        self.ties.append(f"self.{place.path} = self.{first.path}")


def _sizes(axes: Axes) -> list[Dim]:
    return [dim for _, dim in axes]

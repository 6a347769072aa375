"""Layers and networks as MATLAB's values: arrays of layers, layer graphs, dlnetworks; frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

from convwise.dialects.matlab.table.entry import Entry
from convwise.dialects.matlab.values import Array, described, elements, text_of
from convwise.dialects.python.checks import closest
from convwise.dialects.python.parameters import Arguments
from convwise.errors import RuleError


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: `entry` is None for a function that is not in the table; "" names none yet."""

    entry: Entry | None
    function: str
    arguments: Arguments
    name: str
    line: int

    @property
    def ports(self) -> tuple[str, ...]:
        """The names of its inputs."""
        return ("in",) if self.entry is None else self.entry.ports(self.arguments)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of its outputs."""
        return ("out",) if self.entry is None else self.entry.outputs(self.arguments)

    @property
    def default_name(self) -> str:
        return "layer" if self.entry is None else self.entry.default_name


class End(NamedTuple):
    """A port of a layer."""

    layer: str
    port: str


class Edge(NamedTuple):
    """A connection."""

    source: End
    target: End


@dataclass(frozen=True, slots=True)
class Network:
    """A layer graph or a network: layers by name in order, and what connects them."""

    layers: tuple[Layer, ...]
    edges: tuple[Edge, ...]

    def layer(self, name: str, line: int) -> Layer:
        """The layer of this name."""
        for one in self.layers:
            if one.name == name:
                return one
        names = [one.name for one in self.layers]
        near = closest(name, names)
        hint = f"did you mean '{near}'?" if near else f"its layers are {', '.join(names[:12])}"
        raise RuleError(f"the network has no layer '{name}'", line=line, hint=hint)


def layers_in(value: Any) -> list[Layer] | None:
    """The layers of a layer array; None for anything else."""
    if type(value) is Network:
        return None
    found = elements(value) if type(value) in (Layer, Array) else None
    if not found or not all(type(one) is Layer for one in found):
        return None
    return list(found)


def network_of(value: Any, line: int) -> Network:
    """A layer array in series, or the network that a value is. Raises RuleError."""
    if type(value) is Network:
        return value
    found = layers_in(value)
    if found is None:
        hint = "give an array of layers: [imageInputLayer([28 28 1]); ...]"
        raise RuleError(f"layers are needed, found {described(value)}", line=line, hint=hint)
    return added(Network((), ()), found, line)


def added(network: Network, layers: Sequence[Layer], line: int) -> Network:
    """The network with layers in series, not connected to the others; names are made up."""
    named = _named(network, layers)
    taken = {one.name: one for one in network.layers}
    for one in named:
        other = taken.setdefault(one.name, one)
        if other is not one:
            raise RuleError(
                f"two layers are named '{one.name}' (lines {other.line} and {one.line})",
                line=one.line or line,
                hint="layer names must differ: give one of them another 'Name'",
            )
    edges = list(network.edges)
    for before, after in pairwise(named):
        if after.ports:
            edges.append(Edge(End(before.name, before.outputs[0]), End(after.name, after.ports[0])))
    return Network((*network.layers, *named), tuple(edges))


def _named(network: Network, layers: Sequence[Layer]) -> list[Layer]:
    """Layers without a name get MATLAB's: conv, or conv_1 and conv_2 where there are several."""
    counts: dict[str, int] = {}
    for one in layers:
        if not one.name:
            counts[one.default_name] = counts.get(one.default_name, 0) + 1
    taken = {one.name for one in (*network.layers, *layers)}
    numbers: dict[str, int] = {}
    made = []
    for one in layers:
        if not one.name:
            one = replace(one, name=_free(one.default_name, counts, numbers, taken))
        made.append(one)
    return made


def _free(base: str, counts: dict[str, int], numbers: dict[str, int], taken: set[str]) -> str:
    if counts[base] == 1 and base not in taken:
        taken.add(base)
        return base
    while True:
        numbers[base] = numbers.get(base, 0) + 1
        name = f"{base}_{numbers[base]}"
        if name not in taken:
            taken.add(name)
            return name


def connected(network: Network, source: Any, target: Any, line: int) -> Network:
    """`connectLayers(net, 'a', 'add/in2')`."""
    start, stop = _end(network, source, False, line), _end(network, target, True, line)
    for edge in network.edges:
        if edge.target == stop:
            raise RuleError(
                f"'{stop.layer}/{stop.port}' is connected to '{edge.source.layer}' already",
                line=line,
                hint="disconnectLayers first, or connect another input",
            )
    return replace(network, edges=(*network.edges, Edge(start, stop)))


def disconnected(network: Network, source: Any, target: Any, line: int) -> Network:
    """`disconnectLayers(net, 'a', 'b')`."""
    edge = Edge(_end(network, source, False, line), _end(network, target, True, line))
    if edge not in network.edges:
        raise RuleError(
            f"'{edge.source.layer}' and '{edge.target.layer}' are not connected", line=line
        )
    return replace(network, edges=tuple([one for one in network.edges if one != edge]))


def _end(network: Network, value: Any, target: bool, line: int) -> End:
    """A layer and its port: 'add/in2', or the layer alone for its only port."""
    text = text_of(value)
    if text is None:
        raise RuleError(f"a layer's name is needed, found {described(value)}", line=line)
    name, _, port = text.partition("/")
    layer = network.layer(name, line)
    ports = layer.ports if target else layer.outputs
    if not ports:
        raise RuleError(f"'{name}' is an input layer and has no input", line=line)
    if not port:
        if target and len(ports) > 1:
            raise RuleError(
                f"'{name}' has the inputs {', '.join(ports)}: one must be named",
                line=line,
                hint=f"write '{name}/{ports[-1]}'",
            )
        return End(name, ports[0])
    if port not in ports:
        raise RuleError(
            f"'{name}' has no port '{port}'", line=line, hint=f"it has {', '.join(ports)}"
        )
    return End(name, port)


def removed(network: Network, names: Sequence[str], line: int) -> Network:
    """`removeLayers(net, {'a', 'b'})`."""
    gone = {network.layer(name, line).name for name in names}
    edges = [
        one
        for one in network.edges
        if one.source.layer not in gone and one.target.layer not in gone
    ]
    layers = [one for one in network.layers if one.name not in gone]
    return Network(tuple(layers), tuple(edges))


def replaced(network: Network, name: str, layers: Sequence[Layer], line: int) -> Network:
    """`replaceLayer(net, 'a', layers)`: the new ones in series, connected as the old one was."""
    old = network.layer(name, line)
    rest = removed(network, [name], line)
    grown = added(rest, layers, line)
    new = grown.layers[len(rest.layers) :]
    edges = list(grown.edges)
    for edge in network.edges:
        if edge.target.layer == old.name:
            edges.append(edge._replace(target=End(new[0].name, edge.target.port)))
        elif edge.source.layer == old.name:
            edges.append(edge._replace(source=End(new[-1].name, new[-1].outputs[0])))
    return replace(grown, edges=tuple(edges))

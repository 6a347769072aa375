"""Turns a network of MATLAB's into a graph, layer by layer; must never know a layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from convwise.dialects.matlab.conventions import MATLAB
from convwise.dialects.matlab.networks import End, Layer, Network
from convwise.dialects.matlab.table.entry import weight_name
from convwise.dialects.python.parameters import Part
from convwise.errors import ConvwiseError, LimitError, ReadError, RuleError
from convwise.graph.axes import BATCH, BATCH_SYMBOL, Axis, Tensor
from convwise.graph.builder import GraphBuilder, WeightLabel
from convwise.graph.dims import Dim, symbol
from convwise.graph.nodes import Graph, Value
from convwise.kinds.source import Input
from convwise.kinds.source import Unknown as UnknownKind

Sizes = tuple[int | str | None, ...]

_MOST_LAYERS = 25_000
_NORMALIZED = "its Normalization uses statistics of the training data, which are not here: left out"


def graph_of(
    network: Network,
    name: str,
    inputs: Mapping[str | None, Sizes],
    notes: Mapping[tuple[str, str], int | None],
) -> Graph:
    """The graph. Raises RuleError with the layer for what does not fit or is not connected."""
    if len(network.layers) > _MOST_LAYERS:
        raise LimitError(f"the network has more than {_MOST_LAYERS:,} layers")
    building = _Building(network, inputs)
    for layer in _ordered(network):
        building.add(layer)
    for (code, message), line in notes.items():
        building.builder.note(code, message, line=line)
    return building.graph(name)


class _Building:
    """What has been built: the values at every output port."""

    def __init__(self, network: Network, inputs: Mapping[str | None, Sizes]) -> None:
        self.network = network
        self.given = inputs
        self.builder = GraphBuilder(MATLAB)
        self.sources = {edge.target: edge.source for edge in network.edges}
        self.values: dict[End, Value] = {}
        self.waiting: dict[End, tuple[Layer, Tensor]] = {}
        self.inputs: dict[str, Value] = {}
        self.layers: dict[int, Layer] = {}

    def add(self, layer: Layer) -> None:
        """Add one layer behind those that feed it."""
        entry = layer.entry
        try:
            if entry is not None and entry.enters is not None:
                tensor = self._entering(layer, entry.enters(layer.arguments))
                self.waiting[End(layer.name, "out")] = (layer, tensor)
                return
            self._operate(layer)
        except ConvwiseError as error:
            raise error.at(line=layer.line, layer=layer.name) from None

    def _entering(self, layer: Layer, tensor: Tensor) -> Tensor:
        """The input's axes, with the sizes that the user gives for it."""
        sizes = self.given.get(layer.name) or self.given.get(None)
        if sizes is None:
            return tensor
        places = [at for at, axis in enumerate(tensor.axes) if axis.role != BATCH]
        if len(sizes) < len(places):
            # Time is not among the sizes of a sequence.
            places = [at for at in places if tensor.axes[at].role != "time"]
        if len(sizes) != len(places):
            raise RuleError(
                f"{len(sizes)} sizes are given for its {len(places)} axes",
                hint="sizes without the batch, in MATLAB's order: height, width, channels",
            )
        axes = list(tensor.axes)
        for at, size in zip(places, sizes, strict=True):
            axes[at] = Axis(axes[at].role, _dim(size, axes[at].dim))
        return Tensor(tuple(axes), tensor.dtype)

    def _operate(self, layer: Layer) -> None:
        sources = [self._source(layer, port) for port in layer.ports]
        tensors = tuple([self._tensor(source) for source in sources])
        parts = self._parts(layer, tensors)
        entry = layer.entry
        feeds = (
            range(len(sources))
            if entry is None or entry.feeds is None
            else entry.feeds(layer.arguments)
        )
        fed = [sources[place] for place in feeds]
        views = parts[0].views if parts else ()
        values = tuple(
            [
                self._value(source, views[place] if place < len(views) else None)
                for place, source in enumerate(fed)
            ]
        )
        handle = self.builder.new_layer(layer.name, layer.function, layer.line)
        self.layers[handle] = layer
        self.builder.begin_call(handle)
        for kind, part_views, part in parts:
            values = self.builder.add(kind, values, handle, part=part, views=part_views)
        self._give(layer, sources, values)

    def _give(self, layer: Layer, sources: Sequence[End], values: tuple[Value, ...]) -> None:
        """Values at the output ports; behind the last result the first input is passed on."""
        for place, port in enumerate(layer.outputs):
            if place < len(values):
                self.values[End(layer.name, port)] = values[place]
            elif sources:
                self.values[End(layer.name, port)] = self._value(sources[0], None)

    def _parts(self, layer: Layer, tensors: tuple[Tensor, ...]) -> tuple[Part, ...]:
        known = all(tensor.known for tensor in tensors)
        if layer.entry is None or not known:
            return (Part(UnknownKind(layer.function)),)
        return layer.entry.parts(layer.arguments, tensors)

    def _source(self, layer: Layer, port: str) -> End:
        found = self.sources.get(End(layer.name, port))
        if found is None:
            where = f"'{layer.name}/{port}'" if len(layer.ports) > 1 else f"'{layer.name}'"
            raise RuleError(
                f"nothing is connected to its input {port}",
                hint=f"connectLayers(..., {where}), or put an input layer before it",
            )
        return found

    def _tensor(self, source: End) -> Tensor:
        waiting = self.waiting.get(source)
        if waiting is not None and source not in self.values:
            return waiting[1]
        return self.builder.tensor(self._value(source, None))

    def _value(self, source: End, roles: Any) -> Value:
        """A value at a port; an input gets its node when it is first read, under these roles."""
        found = self.values.get(source)
        if found is not None:
            return found
        waiting = self.waiting.get(source)
        if waiting is None:
            raise RuleError(f"'{source.layer}' has no output {source.port} that is known")
        layer, tensor = waiting
        if roles is not None and len(roles) == tensor.rank:
            tensor = tensor.viewed(roles)
        handle = self.builder.new_layer(layer.name, layer.function, layer.line)
        self.layers[handle] = layer
        self.builder.begin_call(handle)
        if layer.arguments.get("Normalization", "none") not in ("none", None):
            self.builder.note("normalization", _NORMALIZED, handle, layer.line)
        made = self.builder.add(Input(tensor), (), handle)[0]
        self.values[source] = self.inputs[layer.name] = made
        return made

    def graph(self, name: str) -> Graph:
        """Cut out the graph: outputs are what nothing reads."""
        read = {edge.source.layer for edge in self.network.edges}
        ends = [one for one in self.network.layers if one.name not in read]
        outputs = [self._value(End(one.name, one.outputs[0]), None) for one in ends]
        order = [one.name for one in self.network.layers if one.name in self.inputs]
        if not order:
            raise ReadError(
                "the network has no input layer",
                hint="put one first, such as imageInputLayer([28 28 1])",
            )
        values = [self.inputs[one] for one in order]
        return self.builder.graph(values, outputs, name, label=self._label)

    def _label(self, handle: int, key: str) -> WeightLabel:
        layer = self.layers[handle]
        named = key if layer.entry is None else weight_name(layer.entry, key)
        return WeightLabel(f"{layer.name}/{named}")


def _dim(size: int | str | None, old: Dim) -> Dim:
    if size is None:
        return old
    if type(size) is str:
        return symbol(f"{size}_" if size == BATCH_SYMBOL else size)
    return size  # type: ignore[return-value]


def _ordered(network: Network) -> list[Layer]:
    """The layers so that each comes behind those that feed it. Raises RuleError for a loop."""
    layers = {one.name: one for one in network.layers}
    waits = dict.fromkeys(layers, 0)
    readers: dict[str, list[str]] = {}
    for edge in network.edges:
        waits[edge.target.layer] += 1
        readers.setdefault(edge.source.layer, []).append(edge.target.layer)
    ready = [name for name in layers if not waits[name]]
    ready.reverse()
    found = []
    while ready:
        name = ready.pop()
        found.append(layers[name])
        for reader in reversed(readers.get(name, [])):
            waits[reader] -= 1
            if not waits[reader]:
                ready.append(reader)
    if len(found) < len(layers):
        left = next(one for one in network.layers if waits[one.name])
        raise RuleError(
            f"the layer '{left.name}' is part of a loop of connections",
            line=left.line,
            hint="a network is read from its inputs to its outputs: take one connection out",
        )
    return found

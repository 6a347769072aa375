"""Reads the records of a model into a graph: inputs, nodes in order, outputs, names of weights."""

from __future__ import annotations

from dataclasses import replace

from convwise.dialects.onnx.assembly import Assembly, Use
from convwise.dialects.onnx.control import is_control, read_control
from convwise.dialects.onnx.functions import inlined
from convwise.dialects.onnx.inputs import Given, real_inputs, shapes_of
from convwise.dialects.onnx.layout import channels_last
from convwise.dialects.onnx.model import Definition, Listing
from convwise.dialects.onnx.operators import read_node
from convwise.dialects.onnx.sequences import read_sequence
from convwise.errors import ReadError, RuleError
from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph, Value, Weight


def graph_of(model: Definition, *, name: str, given: Given) -> Graph:
    """The network. Raises ReadError for what is no legal model, RuleError for sizes that do not
    fit, UsageError and MissingInputError for the shapes that are given.
    """
    model = inlined(model)
    listing = model.graph
    inputs = real_inputs(listing.inputs, listing.initializers)
    assembly = Assembly(model.versions, listing.declared)
    assembly.add_initializers(listing.initializers, listing.origins)
    shapes = shapes_of(inputs, given)
    ranks = {one.name: len(dims) for one, dims in zip(inputs, shapes, strict=True)}
    last = channels_last(listing.nodes, ranks)
    for one, dims in zip(inputs, shapes, strict=True):
        assembly.add_input(one, dims, last.get(one.name))
    assembly.count_uses(listing)
    _read_nodes(assembly, listing)
    outputs = [_output(assembly, one.name) for one in listing.outputs]
    if not outputs:
        raise ReadError("has no outputs", hint="export the model again")
    starts = [assembly.flow(entity.name) for entity in assembly.inputs]
    graph = assembly.builder.graph(
        starts, outputs, name or listing.name or "model", label=assembly.label
    )
    return _with_file_orders(graph, assembly)


def _read_nodes(assembly: Assembly, listing: Listing) -> None:
    for node in listing.nodes:
        if not any(node.outputs):
            continue
        if is_control(node):
            read_control(assembly, node, _read_nodes)
        elif not read_sequence(assembly, node):
            read_node(assembly, node)


def _output(assembly: Assembly, name: str) -> Value:
    if name not in assembly.entities:
        raise ReadError(
            f"its output {name!r:.80} is given by no node", hint="export the model again"
        )
    return assembly.flow(name)


def _with_file_orders(graph: Graph, assembly: Assembly) -> Graph:
    """The weights with their axes in the file's order, held to the shapes of the file."""
    uses = {use.name: (row, use) for (row, _), use in reversed(assembly.uses.items())}
    weights = {}
    for name, weight in graph.weights.items():
        found = uses.get(name)
        if found is None:
            weights[name] = weight
            continue
        row, use = found
        try:
            weights[name] = _ordered(weight, use)
        except RuleError as error:
            raise error.at(layer=assembly.builder.name_of(row)) from None
    return replace(graph, weights=weights)


def _ordered(weight: Weight, use: Use) -> Weight:
    """A weight as its file has it. RuleError where the file's shape is another one."""
    axes = weight.axes
    if use.axes and sorted(use.axes) == sorted([name for name, _ in axes]):
        by_name = dict(axes)
        axes = tuple([(name, by_name[name]) for name in use.axes])
    if use.whole and _without_ones([dim for _, dim in axes]) != _without_ones(use.stored):
        needed = ", ".join([str(dim) for _, dim in axes])
        raise RuleError(
            f"the initializer {weight.name!r:.80} has the shape {use.stored}, ({needed}) is needed",
            hint="is this file whole? export the model again",
        )
    if use.turned and len(use.turned) == len(axes):
        axes = tuple([axes[use.turned.index(place)] for place in range(len(axes))])
    return replace(weight, axes=axes)


def _without_ones(sizes: tuple[int, ...] | list[Dim]) -> list[Dim]:
    return [size for size in sizes if size != 1]

"""The same network on images of another size; must never change a weight."""

from __future__ import annotations

from collections.abc import Mapping

from convwise.errors import RuleError
from convwise.graph.axes import SPATIAL, Tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph
from convwise.kinds.source import Input
from convwise.transforms.replaced import replaced


def resized(graph: Graph, sizes: Mapping[str, int]) -> Graph:
    """Every input with these sizes of its spatial axes, by role; other axes stay.

    Raises RuleError, with the layer, where the network does not take them or would need weights of
    another shape.
    """
    kinds = {}
    for value in graph.inputs:
        made = graph.tensor(value)
        kinds[value.node] = Input(made.with_dims(_places(made, sizes)))
    other = replaced(graph, kinds)
    for node in graph.nodes:
        for name in node.weights:
            if graph.weights[name].shape != other.weights[name].shape:
                raise RuleError("its weights fit one size of input only").at(
                    layer=graph.layers[node.layer].name
                )
    return other


def _places(tensor: Tensor, sizes: Mapping[str, int]) -> dict[int, Dim]:
    return {
        place: sizes[axis.role]
        for place, axis in enumerate(tensor.axes)
        if axis.role in SPATIAL and axis.role in sizes
    }

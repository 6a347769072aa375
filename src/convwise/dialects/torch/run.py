"""Runs a graph with PyTorch in float64 on given arrays: what the framework itself computes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from convwise.dialects.torch.build import build
from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.code import written
from convwise.dialects.torch.write.modules import Place
from convwise.graph.nodes import Graph


def outputs(graph: Graph, inputs: Sequence[Any], weights: Mapping[str, Any]) -> list[Any]:
    """The network's outputs as arrays, all axes in the graph's order.

    inputs, weights: NumPy arrays in the graph's and the dialect's own orders. Raises ConvwiseError
    for what has no PyTorch code, ImportError without PyTorch.
    """
    import torch

    made = written(graph)
    module = build(made).double().eval()
    state = module.state_dict()
    for name, place in made.places.items():
        _put(weights[name], [axis for axis, _ in graph.weights[name].axes], place, state)
    fed = [
        torch.as_tensor(one).permute(orders.usual(seen, graph.dialect))
        for one, seen in zip(inputs, made.seen, strict=True)
    ]
    with torch.no_grad():
        result = module(*fed)
    found = list(result) if isinstance(result, tuple | list) else [result]
    turned = []
    for value, one in zip(graph.outputs, found, strict=True):
        order = orders.usual(graph.tensor(value), graph.dialect)
        back = [order.index(axis) for axis in range(len(order))]
        turned.append(one.permute(back).numpy())
    return turned


def version() -> str:
    """The version of PyTorch, without what it was built for. Raises ImportError without it."""
    import torch

    return str(torch.__version__).partition("+")[0]


def _put(values: Any, have: list[str], place: Place, state: dict[str, Any]) -> None:
    """One weight into a module's state, its axes and rows as the writer keeps them."""
    import torch

    turned = torch.as_tensor(values).permute([have.index(axis) for axis, _ in place.axes])
    paths = (place.path, place.second) if place.second else (place.path,)
    parts = turned.chunk(2) if place.second else (turned,)
    for part, path in zip(parts, paths, strict=True):
        target = state[path]
        array = part.reshape(target.shape)
        if place.rows:
            gates = array.chunk(len(place.rows))
            array = torch.cat([gates[row] for row in place.rows])
        target.copy_(array)

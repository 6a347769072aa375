"""Runs a written module on PyTorch's meta device and compares it with the graph it was made of."""

from __future__ import annotations

from dataclasses import replace

import torch

from convwise.dialects.torch.build import build
from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.code import statistic_names, written
from convwise.graph.axes import Tensor
from convwise.graph.dims import evaluate
from convwise.graph.nodes import Graph, Value

#: The batch, and a number for every other size that is open.
BATCH = 2
OPEN = 64


def sizes(value: Tensor, dialect: str) -> tuple[int, ...]:
    """The shape in PyTorch's usual order, every open size replaced by a number."""
    shape = [value.axes[axis].dim for axis in orders.usual(value, dialect)]
    names = {name for dim in shape if not isinstance(dim, int) for name in dim.symbols}
    values = {name: BATCH if name == "N" else OPEN for name in names}
    found = [evaluate(dim, values) for dim in shape]
    assert all(isinstance(size, int) for size in found)
    return tuple(found)  # type: ignore[arg-type]


def inputs(graph: Graph, seen: list[Tensor], device: str = "meta") -> list[torch.Tensor]:
    """An input of ones for every input of the graph, as the written module takes it."""
    dtypes = [getattr(torch, tensor.dtype) for tensor in seen]
    return [
        torch.ones(sizes(tensor, graph.dialect), dtype=dtype, device=device)
        for tensor, dtype in zip(seen, dtypes, strict=True)
    ]


def differences(graph: Graph, given: list[torch.Tensor] | None = None) -> list[str]:
    """Everything in which the written module is not the graph: shapes of all values, counts.

    given: inputs without storage, where the graph does not say of which type they are.
    """
    found = shape_differences(graph, given)
    everything = [
        Value(index, output)
        for index, node in enumerate(graph.nodes)
        for output in range(len(node.outputs))
        if node.kind.name != "unused"
    ]
    found += shape_differences(replace(graph, outputs=tuple(everything)), given)
    return found + count_differences(graph)


def shape_differences(graph: Graph, given: list[torch.Tensor] | None = None) -> list[str]:
    """Outputs of the module that have another shape than the graph says."""
    made = written(graph)
    with torch.device("meta"):
        module = build(made).eval()
    with torch.no_grad():
        results = module(*(inputs(graph, made.seen) if given is None else given))
    results = results if isinstance(results, tuple) else (results,)
    wrong = []
    for value, result in zip(graph.outputs, results, strict=True):
        wanted = sizes(graph.tensor(value), graph.dialect)
        if tuple(result.shape) != wanted:
            node = graph.nodes[value.node]
            wrong.append(f"{graph.layers[node.layer].name} {node.kind}: {result.shape} {wanted}")
    return wrong


def count_differences(graph: Graph) -> list[str]:
    """Parameters, frozen ones and statistics that are not as many as in the graph."""
    made = written(graph)
    with torch.device("meta"):
        module = build(made)
    statistics = statistic_names(graph)
    weights = graph.weights.items()
    wanted = (
        sum(weight.elements for _, weight in weights if weight.trainable),
        sum(w.elements for name, w in weights if not w.trainable and name not in statistics),
        sum(weight.elements for name, weight in weights if name in statistics),
    )
    parameters = list(module.parameters())
    places = {place.path for place in made.places.values()}
    buffers = [buffer for name, buffer in module.named_buffers() if name in places]
    found = (
        sum(p.numel() for p in parameters if p.requires_grad),
        sum(p.numel() for p in parameters if not p.requires_grad),
        sum(buffer.numel() for buffer in buffers),
    )
    return [] if found == wanted else [f"(learned, frozen, statistics): {found}, graph: {wanted}"]

"""The framework's own value beside one that was worked out by hand."""

from __future__ import annotations

from importlib.util import find_spec

from convwise.compose import PLAIN
from convwise.errors import ConvwiseError
from convwise.graph.builder import GraphBuilder
from convwise.graph.nodes import Graph, Value
from convwise.kinds.contract import Kind
from convwise.kinds.source import Input
from convwise.reference.by_hand.paper import Beside, OnPaper
from convwise.reference.contract import Use


def beside(paper: OnPaper) -> Beside | None:
    """What PyTorch computes for the same output value; None where it is not installed.

    Also None for an operation that PyTorch does not have.
    """
    if find_spec("torch") is None:
        return None
    from convwise.dialects.torch.run import outputs, version

    graph = single(paper.use)
    weights = {name: paper.use.weights[weight.role] for name, weight in graph.weights.items()}
    try:
        found = outputs(graph, paper.use.inputs, weights)
    except ConvwiseError:
        return None
    return Beside(f"PyTorch {version()}", float(found[0][paper.output.place]))


def single(use: Use[Kind]) -> Graph:
    """A network of this one operation."""
    builder = GraphBuilder(PLAIN)
    values: list[Value] = []
    for number, operand in enumerate(use.operands):
        layer = builder.new_layer(f"input {number}", "Input")
        builder.begin_call(layer)
        values.extend(builder.add(Input(operand), (), layer))
    layer = builder.new_layer("layer", type(use.kind).__name__)
    builder.begin_call(layer)
    return builder.graph(values, builder.add(use.kind, values, layer), "one_layer")

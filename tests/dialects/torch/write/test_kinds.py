"""Every example of every kind, written as PyTorch: shapes and counts, or an error that says why."""

from __future__ import annotations

import pytest

from convwise.compose import PLAIN
from convwise.dialects.torch.write.table import WRITTEN
from convwise.errors import RuleError
from convwise.graph.builder import GraphBuilder
from convwise.graph.nodes import Graph, Value
from convwise.kinds.catalog import NAMES, find
from convwise.kinds.contract import SOURCE, Example
from convwise.kinds.source import Input

from .compare import differences

#: What PyTorch has nothing for: part of the message, by kind.
REFUSED = {
    "average_pool": "dilation",
    "lp_pool": "dilation",
    "upsample": "lanczos",
    "resize": "lanczos|aspect",
    "transposed_convolution": "grows by",
    "unknown": "no code can be written",
}


def graph_of(example: Example) -> Graph:
    builder = GraphBuilder(PLAIN)
    values: list[Value] = []
    for number, operand in enumerate(example.operands):
        layer = builder.new_layer(f"given {number}", "Input")
        builder.begin_call(layer)
        values.extend(builder.add(Input(operand), (), layer))
    layer = builder.new_layer("tried", "Layer")
    builder.begin_call(layer)
    outputs = builder.add(example.kind, values, layer)
    return builder.graph(values, outputs, "example")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("input", "unused")])
def test_examples_run_as_the_graph_says(name: str) -> None:
    assert name in WRITTEN
    done = 0
    for example in find(name).examples():
        try:
            wrong = differences(graph_of(example))
        except RuleError as error:
            refused = REFUSED.get(name, "nothing")
            assert any(word in str(error) for word in refused.split("|")), error
            continue
        assert not wrong, example
        done += 1
    assert done or SOURCE in find(name).examples()[0].kind.traits or name == "unknown"

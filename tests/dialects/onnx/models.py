"""Small ONNX models written by hand for the tests of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import onnx
from onnx import TensorProto, helper

from convwise.dialects.onnx.read_model import read_model
from convwise.graph.nodes import Graph
from convwise.network import Network

OPSET = 21
Shape = Sequence[int | str | None]


def weight(name: str, *shape: int, value: float = 0.25) -> TensorProto:
    """An initializer of real numbers."""
    count = 1
    for size in shape:
        count *= size
    return helper.make_tensor(name, TensorProto.FLOAT, shape, [value] * count)


def whole(name: str, *values: int) -> TensorProto:
    """An initializer of whole numbers: a shape, axes, places."""
    return helper.make_tensor(name, TensorProto.INT64, [len(values)], values)


def number(name: str, value: float) -> TensorProto:
    """An initializer without axes."""
    return helper.make_tensor(name, TensorProto.FLOAT, [], [value])


def node(op: str, inputs: str, outputs: str, name: str = "", **attributes: Any) -> onnx.NodeProto:
    """A node; names of its inputs and outputs stand in one text, "-" for one left out."""
    names = ["" if one == "-" else one for one in inputs.split()]
    return helper.make_node(op, names, outputs.split(), name=name, **attributes)


def model(
    nodes: Sequence[onnx.NodeProto],
    *initializers: TensorProto,
    inputs: Mapping[str, Shape] | None = None,
    outputs: Sequence[str] = ("y",),
    opset: int = OPSET,
    functions: Sequence[onnx.FunctionProto] = (),
    domains: Sequence[str] = (),
) -> onnx.ModelProto:
    """A model that nobody has checked."""
    given = {"x": ("batch", 3, 16, 16)} if inputs is None else inputs
    starts = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in given.items()
    ]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    graph = helper.make_graph(list(nodes), "small", starts, ends, list(initializers))
    imports = [helper.make_opsetid("", opset), *[helper.make_opsetid(one, 1) for one in domains]]
    made = helper.make_model(graph, opset_imports=imports, functions=list(functions))
    made.ir_version = 10
    return made


def read(made: onnx.ModelProto, **inputs: Any) -> Graph:
    """The graph of a model; keywords are shapes of inputs without batch."""
    return read_model(made, label="a model", inputs=inputs)


def network(made: onnx.ModelProto) -> Network:
    return Network(read(made))


def kinds(graph: Graph) -> list[str]:
    """Names of the operations, in order, sources left out."""
    return [one.kind.name for one in graph.nodes if one.inputs]


def shape(graph: Graph, place: int = 0) -> str:
    """The sizes of an output."""
    return ", ".join([str(dim) for dim in graph.tensor(graph.outputs[place]).shape])

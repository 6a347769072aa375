"""Models of a single operator, read by convwise and run beside ONNX's own reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from convwise.dialects.onnx.read_model import read_model
from convwise.graph.nodes import Graph
from convwise.kinds.contract import Macs
from convwise.reference.run import forward

#: Operators that keep both directions, and both sets of biases, in one tensor.
RECURRENT = ("RNN", "LSTM", "GRU")


class Single(NamedTuple):
    """An operator with the arrays it is fed, by name, and those that the file holds."""

    model: ModelProto
    fed: dict[str, np.ndarray]
    held: dict[str, np.ndarray]

    def read(self) -> Graph:
        return read_model(self.model, label="model.onnx", inputs={})


def single(
    operator: str,
    fed: Mapping[str, np.ndarray],
    held: Mapping[str, np.ndarray] | None = None,
    *,
    version: int = 21,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] = ("y",),
    free_batch: bool = False,
    **attributes: Any,
) -> Single:
    """A model of one node; `inputs` are the names in the node's order, "" for one left out."""
    stored = dict(held or {})
    names = list(inputs if inputs is not None else (*fed, *stored))
    node = helper.make_node(operator, names, list(outputs), **attributes)
    told = [_info(name, values, free_batch) for name, values in fed.items()]
    graph = helper.make_graph(
        [node],
        operator,
        told,
        [helper.make_empty_tensor_value_info(name) for name in outputs if name],
        [numpy_helper.from_array(values, name) for name, values in stored.items()],
    )
    imports = [helper.make_opsetid("", version)]
    model = helper.make_model(graph, opset_imports=imports, ir_version=10)
    return Single(model, dict(fed), stored)


def _info(name: str, values: np.ndarray, free_batch: bool) -> Any:
    shape: list[int | str] = list(values.shape)
    if free_batch and shape:
        shape[0] = "batch"
    kind = helper.np_dtype_to_tensor_dtype(values.dtype)
    assert kind != TensorProto.UNDEFINED
    return helper.make_tensor_value_info(name, kind, shape)


def truth(one: Single) -> list[np.ndarray]:
    """What ONNX's own reference computes."""
    return [np.asarray(found) for found in ReferenceEvaluator(one.model).run(None, one.fed)]


def ours(one: Single, graph: Graph) -> list[np.ndarray]:
    """What the graph computes in NumPy with the file's weights."""
    operator, weights = one.model.graph.node[0].op_type, {}
    for name, weight in graph.weights.items():
        stored, _, piece = name.partition("/")
        values = one.held[stored]
        if operator in RECURRENT:
            values = recurrent_piece(operator, values, piece)
        weights[name] = values.reshape(weight.shape)
    with np.errstate(all="ignore"):
        return list(forward(graph, list(one.fed.values()), weights).outputs)


def macs(graph: Graph) -> Macs:
    """Of the one operation that has multiply-adds."""
    every = [node.kind.macs(node.operands, node.outputs) for node in graph.nodes]
    return next((found for found in every if found.forward != 0), Macs())


def normal(random: np.random.Generator, *shape: int) -> np.ndarray:
    """Normal numbers of 32 bits."""
    return random.normal(size=shape).astype(np.float32)


def recurrent_piece(operator: str, values: np.ndarray, piece: str) -> np.ndarray:
    """One direction; of the biases one set; an LSTM's gates as input, forget, cell, output."""
    values = values[1 if "backward" in piece else 0]
    if piece.startswith(("input", "recurrent")):
        values = np.split(values, 2)[piece.startswith("recurrent")]
    if operator == "LSTM":
        i, o, f, c = np.split(values, 4)
        values = np.concatenate([i, f, c, o])
    return values

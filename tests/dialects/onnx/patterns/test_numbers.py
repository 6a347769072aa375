"""What patterns put together computes what the arithmetic did: ONNX's own reference says so."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

from convwise.network import Network
from tests.dialects.onnx.models import model, node, read, weight
from tests.dialects.onnx.patterns.test_index import gelu, grouped, lstm, normed

ROW = {"x": ("batch", 12, 8)}


def drawn(made: onnx.ModelProto) -> onnx.ModelProto:
    """The model with random weights, and a batch of 3."""
    draw = np.random.default_rng(5)
    for tensor in made.graph.initializer:
        if tensor.data_type == 1 and tensor.dims:
            values = draw.standard_normal(tuple(tensor.dims)).astype(np.float32)
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    for one in made.graph.input:
        one.type.tensor_type.shape.dim[0].dim_value = 3
    return made


def silu() -> onnx.ModelProto:
    return model([node("Sigmoid", "x", "s"), node("Mul", "s x", "y")], inputs=ROW)


def mish() -> onnx.ModelProto:
    nodes = [node("Softplus", "x", "p"), node("Tanh", "p", "t"), node("Mul", "t x", "y")]
    return model(nodes, inputs=ROW)


def dense() -> onnx.ModelProto:
    nodes = [
        node("Transpose", "w", "t", perm=[1, 0]),
        node("MatMul", "x t", "h"),
        node("Add", "h b", "y"),
    ]
    return model(nodes, weight("w", 5, 8), weight("b", 5), inputs=ROW)


def convolution() -> onnx.ModelProto:
    nodes = [node("Conv", "x w", "h"), node("Add", "b h", "y")]
    return model(nodes, weight("w", 4, 3, 3, 3), weight("b", 1, 4, 1, 1))


MODELS = {
    "gelu": gelu,
    "silu": silu,
    "mish": mish,
    "dense": dense,
    "convolution": convolution,
    "layer norm": normed,
    "layer norm without scale": lambda: normed(scale=False),
    "rms norm": lambda: normed(center=False),
    "group norm": lambda: grouped(2),
    "one group": lambda: grouped(1),
}


@pytest.mark.parametrize("name", MODELS)
def test_numbers_are_those_of_the_file(name):
    made = drawn(MODELS[name]())
    graph = read(made)
    assert len([one for one in graph.nodes if one.inputs]) == 1
    draw = np.random.default_rng(6)
    names = [one.name for one in made.graph.input]
    fed = {
        one.name: draw.standard_normal([d.dim_value for d in one.type.tensor_type.shape.dim])
        for one in made.graph.input
    }
    fed = {key: value.astype(np.float32) for key, value in fed.items()}
    [wanted] = ReferenceEvaluator(made).run(None, fed)
    stored = {one.name: numpy_helper.to_array(one) for one in made.graph.initializer}
    weights = {key: stored[key].reshape(one.shape) for key, one in graph.weights.items()}
    given = [fed[one] for one in names]
    found = Network(graph).run(given if len(given) > 1 else given[0], weights=weights)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("direction", "count"), [("forward", 1), ("bidirectional", 2)])
def test_the_shape_of_a_recurrent_layer_is_the_file_s(direction, count):
    made = drawn(lstm(direction, count))
    values = np.random.default_rng(7).standard_normal((3, 12, 8)).astype(np.float32)
    [wanted] = ReferenceEvaluator(made).run(None, {"x": values})
    assert Network(read(made)).run(values).shape == wanted.shape

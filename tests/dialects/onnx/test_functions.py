"""Functions of the model's own stand in the place of their calls."""

from __future__ import annotations

import pytest
from onnx import AttributeProto, helper

from convwise.errors import LimitError, ReadError

from .models import OPSET, kinds, model, node, read, shape, weight


def function(name, inputs, outputs, nodes, attributes=()):
    imports = [helper.make_opsetid("", OPSET), helper.make_opsetid("mine", 1)]
    return helper.make_function("mine", name, inputs, outputs, nodes, imports, list(attributes))


def call(name, inputs, outputs, label="", **attributes):
    return node(name, inputs, outputs, label, domain="mine", **attributes)


BLOCK = function(
    "Block",
    ["a", "w"],
    ["b"],
    [node("Conv", "a w", "c"), node("Relu", "c", "b", "act")],
)


def test_a_call_is_its_body():
    calls = [call("Block", "x w", "h", "first"), call("Block", "h v", "y", "second")]
    weights = (weight("w", 8, 3, 3, 3), weight("v", 4, 8, 3, 3))
    graph = read(model(calls, *weights, functions=[BLOCK], domains=["mine"]))
    assert kinds(graph) == ["convolution", "activation"] * 2
    assert [layer.name for layer in graph.layers][2:] == ["first/act", "second/Conv", "second/act"]
    assert shape(graph) == "N, 4, 12, 12"
    assert list(graph.weights) == ["w", "v"]


def test_functions_call_functions_with_attributes():
    inner = function("Leak", ["a"], ["b"], [leaky("alpha")], ["alpha"])
    outer = function(
        "Twice",
        ["a"],
        ["b"],
        [call("Leak", "a", "c", alpha=0.5), call("Leak", "c", "b", alpha=0.25)],
    )
    graph = read(model([call("Twice", "x", "y")], functions=[inner, outer], domains=["mine"]))
    slopes = [dict(one.kind.parameters)["slope"] for one in graph.nodes if one.inputs]
    assert slopes == [0.5, 0.25]


def leaky(name):
    made = node("LeakyRelu", "a", "b")
    made.attribute.add(name="alpha", ref_attr_name=name, type=AttributeProto.FLOAT)
    return made


def test_an_output_that_is_an_input():
    same = function("Same", ["a"], ["a"], [])
    graph = read(
        model([call("Same", "x", "h"), node("Relu", "h", "y")], functions=[same], domains=["mine"])
    )
    assert kinds(graph) == ["activation"]


def test_a_function_that_calls_itself():
    again = function("Again", ["a"], ["b"], [call("Again", "a", "b")])
    with pytest.raises(LimitError, match="more than 50 deep"):
        read(model([call("Again", "x", "y")], functions=[again], domains=["mine"]))


def test_a_call_with_too_many_inputs():
    with pytest.raises(ReadError, match="is called with 3 inputs"):
        read(model([call("Block", "x x x", "y")], functions=[BLOCK], domains=["mine"]))

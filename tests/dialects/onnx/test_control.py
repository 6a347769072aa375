"""Branches whose condition is known are read; loops and other branches are not known."""

from __future__ import annotations

import pytest
from onnx import TensorProto, helper

from .models import kinds, model, network, node, read, weight


def branch(*nodes, out="r", initializers=()):
    end = helper.make_tensor_value_info(out, TensorProto.FLOAT, None)
    return helper.make_graph(list(nodes), "branch", [], [end], list(initializers))


def chosen(condition):
    then = branch(node("Relu", "x", "r"))
    other = branch(node("Sigmoid", "x", "r"))
    return [*condition, node("If", "c", "y", "choice", then_branch=then, else_branch=other)]


@pytest.mark.parametrize(("value", "function"), [(True, "relu"), (False, "sigmoid")])
def test_a_known_condition(value, function):
    flag = helper.make_tensor("c", TensorProto.BOOL, [], [value])
    graph = read(model(chosen([]), flag))
    assert [one.kind.function for one in graph.nodes if one.inputs] == [function]
    assert graph.unknown == ()


def test_a_condition_on_shapes():
    shaped = [
        node("Shape", "x", "s", start=1, end=2),
        node("Constant", "", "three", value_ints=[3]),
        node("Equal", "s three", "e"),
        node("Squeeze", "e", "c"),
    ]
    graph = read(model(chosen(shaped)))
    assert [one.kind.function for one in graph.nodes if one.inputs] == ["relu"]


def test_an_open_condition_is_not_known():
    graph = read(
        model(chosen([node("ReduceMax", "x", "m", keepdims=0), node("Cast", "m", "c", to=9)]))
    )
    assert [fact.layer for fact in graph.unknown] == ["choice"]
    assert [note.message for note in graph.notes] == ["what If does"]


def test_weights_inside_of_a_branch_count():
    then = branch(node("Conv", "x w", "r"), initializers=[weight("w", 8, 3, 3, 3)])
    other = branch(node("Conv", "x v", "r"))
    nodes = [
        node("ReduceMax", "x", "m", keepdims=0),
        node("Cast", "m", "c", to=9),
        node("If", "c", "y", then_branch=then, else_branch=other),
    ]
    found = network(model(nodes, weight("v", 4, 3, 3, 3)))
    assert found.summary().to_dict()["totals"]["parameters"] == {"at_least": 216 + 108}


def test_a_loop_is_not_known():
    body = helper.make_graph(
        [node("Identity", "going", "goes"), node("Relu", "a", "b")],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("going", TensorProto.BOOL, []),
            helper.make_tensor_value_info("a", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("goes", TensorProto.BOOL, []),
            helper.make_tensor_value_info("b", TensorProto.FLOAT, None),
        ],
    )
    times = helper.make_tensor("t", TensorProto.INT64, [], [3])
    graph = read(
        model([node("Loop", "t - x", "h", "again", body=body), node("Relu", "h", "y")], times)
    )
    assert kinds(graph) == ["unknown", "unknown"]
    assert [fact.layer for fact in graph.unknown] == ["again", "y"]

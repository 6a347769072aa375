"""Layers that exporters take apart: put together where it is the same, left alone where not."""

from __future__ import annotations

from math import pi, sqrt

import pytest

from convwise.kinds.activation import Activation
from tests.dialects.onnx.models import kinds, model, node, number, read, weight, whole

ROW = {"x": ("batch", 12, 8)}


def only(graph):
    """The one operation of a network."""
    [found] = [one.kind for one in graph.nodes if one.inputs]
    return found


def test_matmul_and_add_are_a_dense_layer():
    nodes = [node("MatMul", "x w", "h", "fc/MatMul"), node("Add", "b h", "y", "fc/Add")]
    graph = read(model(nodes, weight("w", 8, 5), weight("b", 5), inputs=ROW))
    assert only(graph).bias
    assert list(graph.weights) == ["w", "b"]
    assert [(one.name, one.dialect_name) for one in graph.layers][1:] == [
        ("fc/MatMul", "MatMul + Add")
    ]


def test_an_add_whose_product_is_used_twice_is_left_alone():
    nodes = [
        node("MatMul", "x w", "h"),
        node("Add", "h b", "a"),
        node("Mul", "a h", "y"),
    ]
    graph = read(model(nodes, weight("w", 8, 5), weight("b", 5), inputs=ROW))
    assert kinds(graph) == ["dense", "merge", "merge"]


def test_a_free_parameter_of_another_shape_is_no_bias():
    nodes = [node("MatMul", "x w", "h"), node("Add", "h b", "y")]
    graph = read(model(nodes, weight("w", 8, 5), weight("b", 12, 1), inputs=ROW))
    assert kinds(graph) == ["dense", "merge"]


def test_conv_and_add_are_a_convolution():
    nodes = [node("Conv", "x w", "h"), node("Add", "h b", "y")]
    graph = read(model(nodes, weight("w", 4, 3, 3, 3), weight("b", 4, 1, 1)))
    assert only(graph).bias


ROOT = sqrt(2)


def gelu(*, half=0.5, root=ROOT, one=1.0, source="x"):
    nodes = [
        node("Div", "x root", "a"),
        node("Erf", "a", "b"),
        node("Add", "b one", "c"),
        node("Mul", f"{source} c", "d"),
        node("Mul", "d half", "y"),
    ]
    numbers = [number("root", root), number("one", one), number("half", half)]
    return model(nodes, *numbers, inputs={"x": ROW["x"], "z": ROW["x"]})


def test_gelu_by_the_error_function():
    assert only(read(gelu())) == Activation("gelu", (("approximate", False),))
    assert kinds(read(gelu(half=0.25))) == ["unary"] * 3 + ["merge", "unary"]
    assert "activation" not in kinds(read(gelu(root=2.0)))
    assert "activation" not in kinds(read(gelu(one=2.0)))
    assert "activation" not in kinds(read(gelu(source="z")))


@pytest.mark.parametrize("power", ["Pow", "Mul"])
def test_gelu_by_tanh(power):
    cube = [node("Pow", "x three", "c")]
    if power == "Mul":
        cube = [node("Mul", "x x", "s"), node("Mul", "s x", "c")]
    nodes = [
        node("Mul", "half x", "h"),
        *cube,
        node("Mul", "c factor", "e"),
        node("Add", "x e", "f"),
        node("Mul", "f root", "g"),
        node("Tanh", "g", "t"),
        node("Add", "one t", "o"),
        node("Mul", "h o", "y"),
    ]
    numbers = {"half": 0.5, "three": 3.0, "factor": 0.044715, "root": sqrt(2 / pi), "one": 1.0}
    graph = read(model(nodes, *[number(*pair) for pair in numbers.items()], inputs=ROW))
    assert only(graph) == Activation("gelu", (("approximate", True),))


def test_silu_and_mish():
    silu = read(model([node("Sigmoid", "x", "s"), node("Mul", "x s", "y")]))
    assert only(silu).function == "silu"
    mish = read(
        model([node("Softplus", "x", "p"), node("Tanh", "p", "t"), node("Mul", "x t", "y")])
    )
    assert only(mish).function == "mish"
    gate = read(
        model(
            [node("Sigmoid", "z", "s"), node("Mul", "x s", "y")], inputs={"x": (2, 8), "z": (2, 8)}
        )
    )
    assert kinds(gate) == ["activation", "merge"]


def test_hard_swish():
    nodes = [
        node("Add", "x three", "a"),
        node("Clip", "a zero six", "b"),
        node("Mul", "x b", "c"),
        node("Div", "c six", "y"),
    ]
    numbers = [number("three", 3.0), number("zero", 0.0), number("six", 6.0)]
    assert only(read(model(nodes, *numbers))).function == "hard_silu"


def normed(*, last=-1, center=True, scale=True, square="Pow"):
    """A layer normalisation as arithmetic."""
    source = "d" if center else "x"
    nodes = []
    if center:
        nodes = [node("ReduceMean", "x axes", "m"), node("Sub", "x m", "d")]
    nodes.append(
        node("Pow", f"{source} two", "s")
        if square == "Pow"
        else node("Mul", f"{source} {source}", "s")
    )
    nodes += [
        node("ReduceMean", "s axes", "v"),
        node("Add", "v eps", "e"),
        node("Sqrt", "e", "r"),
        node("Div", f"{source} r", "n" if scale else "y"),
    ]
    if scale:
        nodes.append(node("Mul", "n gamma", "g" if center else "y"))
    if scale and center:
        nodes.append(node("Add", "g beta", "y"))
    held = [number("two", 2.0), number("eps", 1e-5), whole("axes", last)]
    return model(nodes, *held, weight("gamma", 8), weight("beta", 8), inputs=ROW)


@pytest.mark.parametrize("square", ["Pow", "Mul"])
def test_layer_normalisation(square):
    graph = read(normed(square=square))
    found = only(graph)
    assert (found.name, found.scale, found.center, found.epsilon) == (
        "layer_norm",
        True,
        True,
        1e-5,
    )
    assert list(graph.weights) == ["gamma", "beta"]
    assert not only(read(normed(scale=False))).scale


def test_rms_normalisation():
    graph = read(normed(center=False))
    assert only(graph).name == "rms_norm"
    assert list(graph.weights) == ["gamma"]


def test_a_normalisation_over_another_axis_stays_arithmetic():
    assert "layer_norm" not in kinds(read(normed(last=1)))


def grouped(groups):
    nodes = [
        node("Reshape", "x split", "a"),
        node("InstanceNormalization", "a ones zeros", "b"),
        node("Shape", "x", "whole"),
        node("Reshape", "b whole", "c"),
        node("Mul", "c gamma", "d"),
        node("Add", "d beta", "y"),
    ]
    filled = [node("Expand", "one n", "ones"), node("Expand", "zero n", "zeros")]
    held = [
        whole("split", 0, groups, -1),
        whole("n", groups),
        number("one", 1.0),
        number("zero", 0.0),
    ]
    sizes = {"x": ("batch", 6, 4, 4)}
    return model(
        [*filled, *nodes], *held, weight("gamma", 6, 1, 1), weight("beta", 6, 1, 1), inputs=sizes
    )


@pytest.mark.parametrize("groups", [1, 2, 6])
def test_group_normalisation(groups):
    graph = read(grouped(groups))
    found = only(graph)
    assert (found.name, found.groups, found.scale) == ("group_norm", groups, True)
    assert list(graph.weights) == ["gamma", "beta"]


def test_stack_flip_and_slice():
    nodes = [
        node("Unsqueeze", "x one", "a"),
        node("Unsqueeze", "z one", "b"),
        node("Concat", "a b", "y", axis=1),
    ]
    graph = read(model(nodes, whole("one", 1), inputs={"x": (2, 8), "z": (2, 8)}))
    assert kinds(graph) == ["stack"]
    flip = [node("Slice", "x minus end axis minus", "y")]
    held = [whole("minus", -1), whole("end", -(2**62)), whole("axis", 3)]
    assert kinds(read(model(flip, *held))) == ["flip"]
    cut = [node("Slice", "x zero four two", "h"), node("Slice", "h zero four three", "y")]
    held = [whole("zero", 0), whole("four", 4), whole("two", 2), whole("three", 3)]
    assert only(read(model(cut, *held))).cuts[2:] == ((None, 4, None),) * 2


def lstm(direction, count):
    """An LSTM on a batch whose steps come second, as exporters write it."""
    nodes = [
        node("Transpose", "x", "t", perm=[1, 0, 2]),
        node("LSTM", "t w r b", "s", "rnn", hidden_size=4, direction=direction),
    ]
    if count == 1:
        nodes.append(node("Squeeze", "s one", "q"))
    else:
        nodes += [node("Transpose", "s", "u", perm=[0, 2, 1, 3]), node("Reshape", "u flat", "q")]
    nodes.append(node("Transpose", "q", "y", perm=[1, 0, 2]))
    held = [weight("w", count, 16, 8), weight("r", count, 16, 4), weight("b", count, 32)]
    return model(nodes, *held, whole("one", 1), whole("flat", 0, 0, -1), inputs=ROW)


@pytest.mark.parametrize(("direction", "count"), [("forward", 1), ("bidirectional", 2)])
def test_a_recurrent_layer_with_its_batch_first(direction, count):
    graph = read(lstm(direction, count))
    assert kinds(graph) == ["recurrent"]
    assert graph.tensor(graph.outputs[0]).roles == ("batch", "time", "feature")

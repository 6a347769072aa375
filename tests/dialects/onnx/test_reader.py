"""Names, weights and their orders, parameters, unknown operators, and what is refused."""

from __future__ import annotations

import pytest
from onnx import TensorProto, helper

from convwise.dialects.onnx.read_model import read_model
from convwise.errors import LimitError, ReadError, RuleError, UsageError

from .models import kinds, model, network, node, number, read, shape, weight, whole

ROW = {"x": ("batch", 8)}


def parameters(made):
    return network(made).summary().to_dict()["totals"]["parameters"]


def test_rows_are_named_by_nodes_or_by_what_they_give():
    nodes = [node("Conv", "x w", "h", "/stem/Conv"), node("Relu", "h", "y")]
    graph = read(model(nodes, weight("w", 4, 3, 3, 3)))
    assert [(layer.name, layer.dialect_name) for layer in graph.layers] == [
        ("x", "Input"),
        ("/stem/Conv", "Conv"),
        ("y", "Relu"),
    ]


@pytest.mark.parametrize(
    ("op", "sizes", "attributes", "axes"),
    [
        ("Gemm", (10, 8), {"transB": 1}, (("out", 10), ("in", 8))),
        ("Gemm", (8, 10), {}, (("in", 8), ("out", 10))),
        ("MatMul", (8, 10), {}, (("in", 8), ("out", 10))),
    ],
)
def test_weights_have_the_order_of_the_file(op, sizes, attributes, axes):
    graph = read(model([node(op, "x w", "y", **attributes)], weight("w", *sizes), inputs=ROW))
    assert graph.weights["w"].axes == axes
    assert kinds(graph) == ["dense"]


def test_a_weight_that_is_transposed_first_keeps_its_order():
    nodes = [node("Transpose", "w", "t", perm=[1, 0]), node("MatMul", "x t", "y")]
    graph = read(model(nodes, weight("w", 10, 8), inputs=ROW))
    assert kinds(graph) == ["dense"]
    assert graph.weights["w"].axes == (("out", 10), ("in", 8))


def test_a_shared_weight_counts_once():
    nodes = [node("MatMul", "x w", "h"), node("MatMul", "h w", "y")]
    assert parameters(model(nodes, weight("w", 8, 8), inputs=ROW)) == 64


def test_what_is_a_parameter():
    """Weights of operators and free operands are, numbers, shapes and statistics are not."""
    nodes = [
        node("BatchNormalization", "x scale shift mean var", "a"),
        node("Mul", "a free", "b"),
        node("Mul", "b half", "c"),
        node("Reshape", "c s", "y"),
    ]
    names = ("scale", "shift", "mean", "var")
    held = [weight(name, 3) for name in names]
    made = model(nodes, *held, weight("free", 3, 1, 1), number("half", 0.5), whole("s", 0, -1))
    graph = read(made)
    assert parameters(made) == 3 + 3 + 3
    assert set(graph.weights) == {*names, "free"}
    assert [graph.weights[name].trainable for name in names] == [True, True, False, False]


def test_weights_may_stand_in_constants():
    bias = helper.make_tensor("", TensorProto.FLOAT, [8], range(8))
    kernel = helper.make_tensor("", TensorProto.FLOAT, [8, 3, 3, 3], range(216))
    nodes = [
        node("Constant", "", "w", value=kernel),
        node("Constant", "", "b", value=bias),
        node("Constant", "", "table", value=weight("", 8, 1, 1)),
        node("Conv", "x w b", "h"),
        node("Add", "h table", "y"),
    ]
    graph = read(model(nodes))
    assert {name: one.elements for name, one in graph.weights.items()} == {"w": 216, "b": 8}
    assert kinds(graph) == ["convolution", "merge"]


def test_pytorch_says_what_is_a_buffer():
    made = model([node("Add", "x free", "y")], weight("free", 3, 1, 1))
    info = made.graph.value_info.add(name="free")
    info.metadata_props.add(key="pkg.torch.export.graph_signature.InputSpec.kind", value="BUFFER")
    assert parameters(made) == 0
    info.metadata_props[0].value = "PARAMETER"
    assert parameters(made) == 3


def test_weights_of_another_file_are_never_looked_for():
    outside = weight("w", 8, 3, 3, 3)
    outside.ClearField("float_data")
    outside.data_location = TensorProto.EXTERNAL
    outside.external_data.add(key="location", value="../../../../etc/passwd")
    assert parameters(model([node("Conv", "x w", "y")], outside)) == 216


def test_an_unknown_operator_keeps_the_shape_that_the_file_tells():
    nodes = [node("Whirl", "x w", "h", "whirl", domain="mine"), node("Relu", "h", "y")]
    made = model(nodes, weight("w", 5), domains=["mine"])
    assert read(made).unknown[0].what == "Whirl is not known"
    made.graph.value_info.add().CopyFrom(
        helper.make_tensor_value_info("h", TensorProto.FLOAT, [2, 3, 4, 4])
    )
    assert shape(read(made)) == "2, 3, 4, 4"
    assert parameters(made) == {"at_least": 5}


def test_why_a_standard_operator_is_not_read():
    graph = read(model([node("NonZero", "x", "y", "where")]))
    [note] = graph.notes
    assert (note.layer, note.message) == (
        "where",
        "the operator NonZero is not known: its output's size is in the values",
    )


def test_constants_alone_are_one_constant():
    nodes = [
        node("Expand", "zero s", "zeros"),
        node("Sin", "zeros", "waves"),
        node("Add", "x waves", "y"),
    ]
    graph = read(model(nodes, number("zero", 0.0), whole("s", 3, 16, 16)))
    assert [one.kind.name for one in graph.nodes] == ["input", "constant", "merge"]


def test_a_bias_of_zeros_is_none():
    nodes = [node("Expand", "zero s", "b"), node("Conv", "x w b", "y")]
    graph = read(model(nodes, weight("w", 8, 3, 3, 3), number("zero", 0.0), whole("s", 8)))
    assert list(graph.weights) == ["w"]
    assert not graph.nodes[-1].kind.bias


def conv(inputs="x w", outputs="y"):
    return [node("Conv", inputs, outputs)]


KERNEL = weight("w", 8, 3, 3, 3)

REFUSED = [
    (model([node("Relu", "b", "a"), node("Relu", "a", "b")]), "takes 'b', which no node before"),
    (model(conv("x missing")), "takes 'missing'"),
    (model(conv() * 2, KERNEL), "'y' is given twice"),
    (model(conv(outputs="z"), KERNEL), "its output 'y' is given by no node"),
    (model(conv(), KERNEL, outputs=()), "has no outputs"),
    (model(conv(), KERNEL, opset=8), "uses opset 8 of ONNX, 9 and newer are read"),
    (model([node("", "x", "y")]), "does not name its operator"),
    (model(conv("x")), "its input 1 is not given"),
    (model(conv(), weight("w", 8, 4, 3, 3)), "is for 4 channels"),
    (model([node("Relu", "x", "y", alpha=1.0), node("Relu", "y", "y")]), "given twice"),
]


@pytest.mark.parametrize(("made", "message"), REFUSED, ids=[text for _, text in REFUSED])
def test_what_is_no_legal_model_is_refused(made, message):
    with pytest.raises((ReadError, RuleError), match=message):
        read(made)


def test_errors_name_the_node_and_the_shapes():
    with pytest.raises(RuleError) as caught:
        read(model([node("Conv", "x w", "y", "stem")], weight("w", 8, 4, 3, 3)))
    assert caught.value.where.layer == "stem"
    assert caught.value.where.shapes == ["(None, 3, 16, 16)", "(8, 4, 3, 3)"]


def test_an_empty_model_is_refused():
    from onnx import ModelProto

    with pytest.raises(ReadError, match="holds no graph"):
        read(ModelProto())


def test_an_attribute_of_no_type_is_refused():
    made = model([node("LeakyRelu", "x", "y", alpha=0.5)])
    made.graph.node[0].attribute[0].type = 0
    with pytest.raises(ReadError, match="the attribute 'alpha' has the type 0"):
        read(made)


def test_a_network_of_another_name_is_not_there():
    with pytest.raises(UsageError, match="no network 'other'"):
        read_model(model(conv(), KERNEL), label="a model", inputs={}, name="other")


def test_a_chain_of_10_000_layers():
    nodes = [node("Relu", f"t{n}" if n else "x", f"t{n + 1}") for n in range(9_999)]
    graph = read(model([*nodes, node("Relu", "t9999", "y")]))
    assert len(graph.layers) == 10_001


def test_more_operators_than_networks_have():
    nodes = [node("Relu", f"t{n}" if n else "x", f"t{n + 1}") for n in range(50_001)]
    with pytest.raises(LimitError, match="more than 50,000 operators"):
        read(model(nodes))

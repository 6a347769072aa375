"""What is worked out without running: held to ONNX's own reference, and with free sizes."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from convwise.dialects.onnx.folding.index import folded
from convwise.dialects.onnx.op import Op, Operand
from convwise.graph.axes import tensor
from convwise.graph.dims import symbol

N, H = symbol("N"), symbol("H")

FLOAT = np.float32
ROW = np.array([2, 3, 5, 7], np.int64)
TABLE = np.arange(6, dtype=np.int64).reshape(2, 3)


def ints(*values):
    return np.array(values, np.int64)


#: Operator, inputs, attributes.
CASES = [
    ("Add", [ROW, ints(1)], {}),
    ("Sub", [ROW, ROW[::-1].copy()], {}),
    ("Mul", [TABLE, ints(1, 2, 3)], {}),
    ("Mul", [TABLE, ints(1, 2).reshape(2, 1)], {}),
    ("Div", [ints(7, -7), ints(2, 2)], {}),
    ("Div", [np.array(7, FLOAT), np.array(2, FLOAT)], {}),
    ("Mod", [ROW, ints(3)], {}),
    ("Pow", [ROW, ints(2)], {}),
    ("Max", [ROW, ints(4)], {}),
    ("Min", [ROW, ints(4), ints(3)], {}),
    ("Neg", [ROW], {}),
    ("Abs", [-ROW], {}),
    ("Floor", [np.array([1.5, -1.5], FLOAT)], {}),
    ("Ceil", [np.array([1.5, -1.5], FLOAT)], {}),
    ("Sqrt", [np.array([16.0], FLOAT)], {}),
    ("Equal", [ROW, ints(3)], {}),
    ("Less", [ROW, ints(3)], {}),
    ("GreaterOrEqual", [ROW, ints(3)], {}),
    ("Not", [np.array([True, False])], {}),
    ("And", [np.array([True, False]), np.array([True])], {}),
    ("Where", [np.array([True, False, True, False]), ROW, ints(9)], {}),
    ("Cast", [np.array([2.7, -2.7], FLOAT)], {"to": TensorProto.INT64}),
    ("Cast", [ints(0, 3)], {"to": TensorProto.BOOL}),
    ("ReduceProd", [ROW], {"keepdims": 0}),
    ("ReduceSum", [TABLE, ints(1)], {"keepdims": 1}),
    ("ReduceMax", [TABLE, ints(0)], {"keepdims": 0}),
    ("ReduceMin", [TABLE], {}),
    ("Gather", [ROW, np.array(-1, np.int64)], {}),
    ("Gather", [ROW, ints(0, 2)], {}),
    ("Gather", [TABLE, ints(2, 0)], {"axis": 1}),
    ("Slice", [ROW, ints(1), ints(3)], {}),
    ("Slice", [ROW, ints(-1), ints(-(2**62)), ints(0), ints(-1)], {}),
    ("Slice", [TABLE, ints(0, 1), ints(2, 3), ints(0, 1), ints(1, 2)], {}),
    ("Concat", [ROW, ints(9)], {"axis": 0}),
    ("Concat", [TABLE, TABLE], {"axis": 1}),
    ("Reshape", [TABLE, ints(3, -1)], {}),
    ("Reshape", [TABLE, ints(0, -1, 1)], {}),
    ("Squeeze", [ROW.reshape(1, 4), ints(0)], {}),
    ("Squeeze", [ints(5)], {}),
    ("Unsqueeze", [ROW, ints(0, 2)], {}),
    ("Transpose", [TABLE], {}),
    ("Transpose", [TABLE], {"perm": [1, 0]}),
    ("Expand", [ints(3), ints(2, 4)], {}),
    ("Tile", [TABLE, ints(2, 1)], {}),
    ("ConstantOfShape", [ints(2, 2)], {"value": numpy_helper.from_array(ints(7))}),
    ("ConstantOfShape", [ints(3)], {}),
    ("Range", [np.array(2), np.array(11), np.array(3)], {}),
    ("Range", [np.array(0, FLOAT), np.array(4, FLOAT), np.array(1, FLOAT)], {}),
    ("Identity", [ROW], {}),
    ("CastLike", [ROW, np.array(1, FLOAT)], {}),
    ("Split", [ROW, ints(1, 3)], {"axis": 0}),
    ("Shape", [TABLE], {}),
    ("Shape", [TABLE], {"start": 1}),
    ("Size", [TABLE], {}),
    ("Constant", [], {"value_ints": [4, 5]}),
    ("Constant", [], {"value_float": 0.5}),
]


def operand(values) -> Operand:
    dims = values if isinstance(values, tuple) else values.shape
    names = {"int64": "int64", "float32": "float32", "bool": "bool"}
    dtype = "float32" if isinstance(values, tuple) else names[str(values.dtype)]
    constant = None if isinstance(values, tuple) else tuple(values.ravel().tolist())
    return Operand(tensor(dims, (None,) * len(dims), dtype), constant)


def attribute(value):
    from convwise.dialects.onnx.op import TensorAttribute

    if isinstance(value, TensorProto):
        array = numpy_helper.to_array(value)
        return TensorAttribute(array.shape, str(array.dtype), tuple(array.ravel().tolist()))
    return tuple(value) if isinstance(value, list) else value


def op(name, inputs, attributes, outputs=1):
    given = {key: attribute(value) for key, value in attributes.items()}
    names = tuple([f"y{place}" for place in range(outputs)])
    return Op(name, "", 21, given, tuple([operand(one) for one in inputs]), names)


@pytest.mark.parametrize(
    ("name", "inputs", "attributes"), CASES, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(CASES)]
)
def test_values_are_those_of_onnx(name, inputs, attributes):
    outputs = 2 if name == "Split" else 1
    names = [f"x{place}" for place in range(len(inputs))]
    made = helper.make_node(name, names, [f"y{place}" for place in range(outputs)], **attributes)
    graph = helper.make_graph([made], "one", [], [])
    graph.input.extend([helper.make_tensor_value_info(one, 1, None) for one in names])
    graph.output.extend([helper.make_tensor_value_info(one, 1, None) for one in made.output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])
    wanted = ReferenceEvaluator(model).run(None, dict(zip(names, inputs, strict=True)))
    found = folded(op(name, inputs, attributes, outputs))
    assert found is not None
    for one, array in zip(found, wanted, strict=True):
        assert one.shape == np.shape(array)
        assert list(one.values) == np.ravel(array).tolist()


def known(*values) -> Operand:
    return Operand(tensor((len(values),), (None,), "int64"), values)


def values(name, *inputs, **attributes):
    found = folded(Op(name, "", 21, attributes, inputs, ("y",)))
    return None if found is None else found[0].values


def test_free_sizes_stay_exact():
    image = Operand(tensor((N, 3, H, 8), (None,) * 4))
    assert values("Shape", image) == (N, 3, H, 8)
    assert values("Size", image) == (24 * N * H,)
    assert values("Mul", known(N, H), known(2, 3)) == (2 * N, 3 * H)
    assert values("Div", known(H), known(2)) == (H // 2,)
    assert values("ReduceProd", known(3, H, 8), keepdims=0) == (24 * H,)
    assert values("Concat", known(N), known(-1), axis=0) == (N, -1)


def test_sizes_are_positive_and_nothing_else_is_decided():
    assert values("Equal", known(N, 3), known(-1, 3)) == (False, True)
    assert values("Equal", known(H), known(1)) is None
    assert values("Greater", known(2 * H + 1), known(H)) == (True,)
    assert values("Greater", known(H), known(5)) is None


def test_what_is_not_known_is_not_folded():
    image = Operand(tensor((N, 3), (None, None)))
    assert values("Add", known(1), image) is None
    assert values("Gather", known(1, 2), known(5)) is None
    assert values("Pow", known(10), known(10**6)) is None
    assert values("ConstantOfShape", known(10**9)) is None
    assert values("Range", known(0), known(10**9), known(1)) is None
    assert values("Div", known(4), known(0)) is None
    assert values("Relu", known(4)) is None

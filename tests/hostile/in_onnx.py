"""ONNX models that are broken or made to harm."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from onnx import TensorProto, helper

from tests.hostile.case import READ, REFUSED, Case

FLOAT = TensorProto.FLOAT
OPSET = 21


def _value(name: str, *sizes: Any) -> Any:
    return helper.make_tensor_value_info(name, FLOAT, list(sizes))


def _weight(
    name: str = "w", sizes: tuple[int, ...] = (8, 3, 3, 3), raw: bytes | None = None
) -> Any:
    """An initializer; `raw` bytes instead of as many as its sizes need."""
    count = 1
    for size in sizes:
        count *= size
    found = TensorProto(name=name, data_type=FLOAT, dims=sizes)
    found.raw_data = b"\0" * (4 * count) if raw is None else raw
    return found


def _conv(out: str = "y", source: str = "x", **attributes: Any) -> Any:
    return helper.make_node("Conv", [source, "w"], [out], **attributes)


def _model(
    nodes: list[Any],
    *,
    weights: list[Any] | None = None,
    source: Any = None,
    opset: int = OPSET,
    functions: list[Any] | None = None,
    domains: tuple[str, ...] = (),
) -> Any:
    source = source or _value("x", "N", 3, 32, 32)
    weights = [_weight()] if weights is None else weights
    graph = helper.make_graph(nodes, "g", [source], [_value("y", None)], weights)
    graph.output[0].type.tensor_type.ClearField("shape")
    imports = [helper.make_opsetid("", opset), *[helper.make_opsetid(d, 1) for d in domains]]
    made = helper.make_model(graph, opset_imports=imports, functions=functions or [])
    made.ir_version = 10
    return made


def _case(name: str, model: Any, status: int = REFUSED, words: tuple[str, ...] = ()) -> Case:
    """The model as bytes, as it is, or what makes it."""

    def raw() -> bytes:
        made = model() if callable(model) else model
        return made if isinstance(made, bytes) else made.SerializeToString()

    return Case(f"onnx: {name}", raw, status, words, file="model.onnx")


def _bytes() -> list[Case]:
    good = _model([_conv()]).SerializeToString()
    return [
        _case("a text", b"import onnx"),
        _case("nothing", b""),
        _case("cut off", good[: len(good) // 2]),
        _case("a length of 2^60", b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x0f"),
        _case("groups in groups", b"\x0b" * 100_000),
        _case("a graph in itself, 5,000 times", lambda: _deep(5_000)),
    ]


def _deep(depth: int) -> bytes:
    """If in If in If, as bytes: a message in a message."""
    raw = b""
    for _ in range(depth):
        for tag in (0x32, 0x2A, 0x0A):  # an attribute's graph, a node's attribute, a graph's node
            raw = bytes([tag]) + _varint(len(raw)) + raw
    return b"\x3a" + _varint(len(raw)) + raw


def _varint(number: int) -> bytes:
    found = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        found.append(low | (0x80 if number else 0))
        if not number:
            return bytes(found)


def _graphs() -> list[Case]:
    relu = helper.make_node
    circle = [relu("Relu", ["b"], ["a"]), relu("Relu", ["a"], ["b"]), _conv(source="b")]
    twice = [_conv("a"), _conv("a"), relu("Relu", ["a"], ["y"])]
    late = [relu("Relu", ["a"], ["y"]), _conv("a")]
    return [
        _case("a circle", _model(circle)),
        _case("a tensor made twice", _model(twice)),
        _case("a tensor used before it is made", _model(late)),
        _case("a tensor of nobody", _model([_conv(source="nobody")]), words=("nobody",)),
        _case("no operations", _model([])),
        _case("an output of nobody", _model([_conv("z")])),
        _case("an operation without inputs", _model([relu("Conv", [], ["y"])])),
        _case("an operation without a name of its kind", _model([relu("", ["x"], ["y"])])),
        _case("opset 1", _model([_conv()], opset=1), words=("opset",)),
        _case("an operator of another domain",
              _model([relu("Evil", ["x"], ["y"], domain="os")], domains=("os",)),
              READ, ("unknown", "Evil")),
        _case("100,000 operations", lambda: _model(_chain(100_000))),
    ]  # fmt: skip


def _chain(count: int) -> list[Any]:
    names = ["x", *[f"t{number}" for number in range(count - 1)], "y"]
    return [helper.make_node("Relu", [a], [b]) for a, b in pairwise(names)]


def _calling_itself() -> Any:
    body = [helper.make_node("Again", ["a"], ["b"], domain="mine")]
    imports = [helper.make_opsetid("", OPSET), helper.make_opsetid("mine", 1)]
    again = helper.make_function("mine", "Again", ["a"], ["b"], body, imports)
    node = helper.make_node("Again", ["x"], ["y"], domain="mine")
    return _model([node], functions=[again], domains=("mine",))


def _doubling(count: int) -> Any:
    """Functions that call the one before twice: 2^count operations."""
    imports = [helper.make_opsetid("", OPSET), helper.make_opsetid("mine", 1)]
    functions = []
    for number in range(count):
        inner, where = (f"F{number - 1}", "mine") if number else ("Relu", "")
        body = [
            helper.make_node(inner, ["a"], ["c"], domain=where),
            helper.make_node(inner, ["c"], ["b"], domain=where),
        ]
        functions.append(helper.make_function("mine", f"F{number}", ["a"], ["b"], body, imports))
    node = helper.make_node(f"F{count - 1}", ["x"], ["y"], domain="mine")
    return _model([node], functions=functions, domains=("mine",))


def _values() -> list[Case]:
    """Sizes and attributes that cannot be."""
    huge = TensorProto(name="w", data_type=FLOAT, dims=(2**62, 2**62, 3, 3))
    huge.data_location = TensorProto.EXTERNAL
    outside = TensorProto(name="w", data_type=FLOAT, dims=(8, 3, 3, 3))
    outside.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "../../../../etc/passwd"), ("length", "864")):
        entry = outside.external_data.add()
        entry.key, entry.value = key, value
    shape = helper.make_tensor("s", TensorProto.INT64, [4], [1, 2**40, 2**40, 2**40])
    expand = helper.make_node("Expand", ["x", "s"], ["y"])
    filled = helper.make_node("ConstantOfShape", ["s"], ["y"])
    return [
        _case("weights of 2^126 values", _model([_conv()], weights=[huge])),
        _case("weights of another file", _model([_conv()], weights=[outside]), READ, ("216",)),
        _case("weights of fewer bytes", _model([_conv()], weights=[_weight(raw=b"\0")]), READ),
        _case(
            "weights of negative size",
            _model([_conv()], weights=[_weight(sizes=(-8, 3, 3, 3), raw=b"")]),
        ),
        _case("a kernel of negative size", _model([_conv(kernel_shape=[-3, 3])])),
        _case("a kernel of another size", _model([_conv(kernel_shape=[5, 5])])),
        _case("strides of zero", _model([_conv(strides=[0, 0])])),
        _case("strides that are a word", _model([_conv(strides="two")])),
        _case("strides of seven axes", _model([_conv(strides=[1] * 7)])),
        _case("pads of 2^60", _model([_conv(pads=[2**60] * 4)])),
        _case("groups that do not divide", _model([_conv(group=5)])),
        _case("a padding word that is none", _model([_conv(auto_pad="MOST")])),
        _case("channels that do not fit", _model([_conv()], source=_value("x", 1, 4, 32, 32))),
        _case(
            "an image smaller than the kernel", _model([_conv()], source=_value("x", 1, 3, 2, 2))
        ),
        _case("an input of negative size", _model([_conv()], source=_value("x", 1, 3, -32, 32))),
        _case("10^36 values from a constant", _model([filled], weights=[shape]), READ),
        _case("an expansion to 10^36 values", _model([expand], weights=[shape])),
        _case("a function that calls itself", _calling_itself()),
        _case("2^60 calls of functions", _doubling(60)),
    ]


def cases() -> list[Case]:
    """All of them."""
    return [*_bytes(), *_graphs(), *_values()]

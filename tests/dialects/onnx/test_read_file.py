"""A file is read without its weights, without other files, within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from onnx import ModelProto, TensorProto, helper

from convwise.dialects.onnx.read_file import read_file
from convwise.errors import ReadError
from convwise.graph.nodes import Graph


def saved(tmp_path: Path) -> Path:
    """A convolution with its weights in the file."""
    kernel = helper.make_tensor("kernel", TensorProto.FLOAT, (8, 3, 5, 5), [0.5] * 600)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "kernel"], ["y"], name="first")],
        "one",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3, 32, 30])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [kernel],
    )
    path = tmp_path / "one.onnx"
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    path.write_bytes(model.SerializeToString())
    return path


def read(path: Path) -> Graph:
    return read_file(path, label=str(path), name=None, inputs={})


def test_a_file_gives_its_network(tmp_path: Path) -> None:
    graph = read(saved(tmp_path))
    assert [layer.name for layer in graph.layers] == ["x", "first"]
    assert str(graph.tensor(graph.outputs[0]).shape) == "(N, 8, 28, 26)"
    assert graph.weights["kernel"].shape == (8, 3, 5, 5)


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ReadError, match="only a part of one"):
        read(path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.onnx"
    path.write_bytes(b"")
    with pytest.raises(ReadError, match="is empty"):
        read(path)


def test_a_name_that_says_nothing_gives_way_to_the_file_s(tmp_path: Path) -> None:
    made = ModelProto.FromString(saved(tmp_path).read_bytes())
    assert read(saved(tmp_path)).name == "one"
    made.graph.name = "main_graph"
    path = tmp_path / "lenet.onnx"
    path.write_bytes(made.SerializeToString())
    assert read(path).name == "lenet"

"""Weights are cut out of a file's bytes before anything parses them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import onnx
import pytest

from convwise.dialects.onnx.read_file import read_file
from convwise.dialects.onnx.trim import LONGEST_VALUES, trimmed
from convwise.errors import LimitError, ReadError

from .models import model, node, read, weight, whole

GIGABYTE = 1 << 30


def cut(made: onnx.ModelProto) -> onnx.ModelProto:
    found = onnx.ModelProto()
    found.ParseFromString(trimmed(memoryview(made.SerializeToString())))
    return found


def test_only_long_values_are_left_out():
    nodes = [node("Conv", "x w", "h"), node("Reshape", "h s", "y")]
    made = model(nodes, weight("w", 64, 3, 9, 9), whole("s", 0, -1))
    made.graph.initializer[0].raw_data = b"\0" * (4 * 64 * 3 * 81)
    made.graph.initializer[0].ClearField("float_data")
    made.graph.doc_string = "a comment"
    found = cut(made)
    assert not found.graph.initializer[0].HasField("raw_data")
    assert found.graph.initializer[0].dims == made.graph.initializer[0].dims
    assert found.graph.initializer[1] == made.graph.initializer[1]
    assert found.graph.node == made.graph.node
    assert not found.graph.doc_string
    assert read(found).weights == read(made).weights


def test_values_inside_of_attributes_are_left_out_too():
    nodes = [node("Constant", "", "c", value=weight("", 20, 16, 16)), node("Add", "z c", "y")]
    made = model(nodes, inputs={"z": ("batch", 20, 16, 16)})
    assert len(cut(made).SerializeToString()) < LONGEST_VALUES
    graph = read(cut(made))
    assert [one.kind.name for one in graph.nodes] == ["input", "constant", "merge"]


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def hollow(path: Path, size: int) -> None:
    """A model with one kernel whose values are a hole in the file."""
    made = model([node("Conv", "x w", "y")])
    front = onnx.ModelProto(ir_version=10, opset_import=made.opset_import).SerializeToString()
    filters = size // (4 * 27)
    tensor = onnx.TensorProto(name="w", data_type=1, dims=(filters, 3, 3, 3)).SerializeToString()
    tensor += b"\x4a" + varint(4 * 27 * filters)
    whole_tensor = len(tensor) + 4 * 27 * filters
    graph = made.graph.SerializeToString() + b"\x2a" + varint(whole_tensor) + tensor
    whole_graph = len(graph) - len(tensor) + whole_tensor
    head = front + b"\x3a" + varint(whole_graph) + graph
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + 4 * 27 * filters)


CODE = """
import resource, sys
from pathlib import Path
from convwise.dialects.onnx.read_file import read_file
import onnx
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
graph = read_file(Path(sys.argv[1]), label="x", name=None, inputs={})
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(graph.weights["w"].elements, (after - before) // 1024)
"""


def test_a_gigabyte_of_weights_is_not_loaded(tmp_path):
    path = tmp_path / "large.onnx"
    hollow(path, GIGABYTE)
    assert path.stat().st_size > GIGABYTE - 200
    run = subprocess.run(
        [sys.executable, "-c", CODE, str(path)], capture_output=True, text=True, check=True
    )
    elements, megabytes = run.stdout.split()
    assert int(elements) == GIGABYTE // 108 * 27
    assert int(megabytes) < 60


def test_a_file_of_more_than_two_gigabytes_is_refused(tmp_path):
    path = tmp_path / "large.onnx"
    hollow(path, 2 * GIGABYTE)
    with pytest.raises(ReadError, match="at most 2,147,483,648 can be one ONNX message"):
        read_file(path, label="x", name=None, inputs={})


def test_a_description_without_end_is_refused():
    names = onnx.ModelProto(producer_name="x" * (9 << 20)).SerializeToString()
    with pytest.raises(LimitError, match="describes its network in more than"):
        trimmed(memoryview(names))


def test_messages_without_end_are_refused():
    """Two bytes each in the file, a hundred in memory."""
    attributes = b"\x2a\x00" * 800_000
    inside = b"\x0a" + varint(len(attributes)) + attributes
    raw = b"\x3a" + varint(len(inside)) + inside
    with pytest.raises(LimitError, match="more than 700,000 fields"):
        trimmed(memoryview(raw))


@pytest.mark.parametrize(
    "raw", [b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x0f", b"\x3a", b"\x0b" * 50, b"\x3a\x05\x0a"]
)
def test_what_is_no_message_is_refused(raw):
    with pytest.raises(ReadError, match="is no ONNX model, or only a part of one"):
        trimmed(memoryview(raw))

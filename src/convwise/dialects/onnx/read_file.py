"""Reads an .onnx file without its weights; must never open another file or run anything."""

from __future__ import annotations

import mmap
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from convwise.dialects.onnx.inputs import Given
from convwise.dialects.onnx.trim import damaged, trimmed
from convwise.errors import ReadError, UsageError
from convwise.graph.nodes import Graph

#: No protobuf message is larger.
MOST_BYTES: Final = 2 * 1024**3


#: What exporters call every network: a file's own name says more.
_NO_NAMES: Final = frozenset(
    ("main_graph", "torch_jit", "torch-jit-export", "main", "model", "tf2onnx")
)


def read_file(path: Path, *, label: str, name: str | None, inputs: Given) -> Graph:
    """The graph of a file; `inputs` are shapes without batch by input name.

    Weights are never loaded, neither those in the file nor those in other files. Raises ReadError,
    RuleError, UsageError and MissingInputError as `read_model`; UsageError without `onnx`.
    """
    from convwise.dialects.onnx.read_model import read_model

    graph = read_model(loaded(path), label=label, inputs=inputs, name=name)
    return replace(graph, name=path.stem) if graph.name in _NO_NAMES else graph


def loaded(path: Path) -> Any:
    """The file's message, its large values left out."""
    try:
        from onnx import ModelProto
    except ImportError:
        raise UsageError(
            "reading .onnx files needs onnx", hint="pip install convwise[onnx]"
        ) from None
    described = _described(path)
    proto = ModelProto()
    try:
        proto.ParseFromString(described)
    except Exception as error:  # of protobuf's own class, whose package is not ours to import
        raise damaged(f"{error!s:.200}") from None
    return proto


def _described(path: Path) -> bytes:
    """The bytes that describe the network."""
    try:
        size = path.stat().st_size
        if not size:
            raise ReadError("is empty", hint="export the model again")
        if size > MOST_BYTES:
            raise ReadError(
                f"has {size:,} bytes, at most {MOST_BYTES:,} can be one ONNX message",
                hint="export it with external data: the weights are not read",
            )
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            view = memoryview(data)
            try:
                return trimmed(view)
            finally:
                view.release()
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror or error}") from None

"""Reads an ONNX model that is in memory; must never run it, nor open another file."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.onnx.inputs import Given
from convwise.dialects.onnx.model import STANDARD, Definition, definition
from convwise.dialects.onnx.reader import graph_of
from convwise.errors import ReadError, UsageError
from convwise.graph.nodes import Graph

#: Earlier versions of the operators mean other things by some names.
OLDEST: Final = 9


def read_model(proto: Any, *, label: str, inputs: Given, name: str | None = None) -> Graph:
    """The graph of an `onnx.ModelProto`; `inputs` are shapes without batch by input name.

    Raises ReadError for what is no legal model, RuleError where sizes do not fit, UsageError and
    MissingInputError for the shapes that are given.
    """
    model = definition(proto)
    _must_be_new(model)
    if name is not None and name != model.graph.name:
        raise UsageError(
            f"there is no network {name!r:.80} in {label}",
            hint=f"an ONNX file holds one network: {model.graph.name or 'leave the name out'}",
        )
    return graph_of(model, name=model.graph.name, given=inputs)


def _must_be_new(model: Definition) -> None:
    version = model.versions.get(STANDARD)
    if version is not None and version < OLDEST:
        raise ReadError(
            f"uses opset {version} of ONNX, {OLDEST} and newer are read",
            hint="onnx.version_converter.convert_version(model, 17) makes it newer",
        )

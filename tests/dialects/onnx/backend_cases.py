"""ONNX's own single-operator cases, read by convwise, run in NumPy and compared with what they say.

A case feeds everything as an input of the graph. Shapes, axes and bounds are then values that the
network computes, so that a case is read in several forms: as it is, with its whole numbers and
small tables as initializers, and with all but its first input as initializers (weights).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import onnx
from onnx import numpy_helper

from convwise.dialects.onnx.read_model import read_model
from convwise.errors import ConvwiseError
from convwise.graph.nodes import Graph
from convwise.reference.run import forward
from tests.dialects.onnx.single import recurrent_piece

#: Which inputs become initializers.
FORMS = ("as fed", "whole numbers", "all but the first")
#: Whole numbers without sign count as those of the same size with one.
_SIGNED = {"uint16": "int16", "uint32": "int32", "uint64": "int64"}
#: Cases whose expected numbers are written with four decimals.
_ROUNDED = frozenset(
    ("test_averagepool_2d_ceil_last_window_starts_on_pad", "test_gridsample_bicubic")
)
_TOLERANCE = {2: 2e-3, 4: 1e-5, 8: 1e-6}
_TYPES = frozenset(
    ("float16", "bfloat16", "float32", "float64", "bool", "int8", "int16", "int32", "int64")
    + ("uint8", "uint16", "uint32", "uint64")
)


class Case(NamedTuple):
    """One case: its model, what it feeds, and what must come out."""

    name: str
    model: onnx.ModelProto
    inputs: dict[str, Any]
    outputs: list[Any]

    @property
    def operator(self) -> str:
        """The operator it is about; of several the one that the name tells."""
        nodes = self.model.graph.node
        return str(nodes[0].op_type) if len(nodes) == 1 else "expanded"


class Outcome(NamedTuple):
    """`state`: agrees, shape only, unknown, refused or wrong; `why`: of the last three."""

    state: str
    why: str = ""


@cache
def cases() -> tuple[Case, ...]:
    """Every case of the installed onnx package."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = collect_testcases()
    made = []
    for one in found:
        fed, told = one.data_sets[0]
        names = [value.name for value in one.model.graph.input]
        inputs = dict(zip(names, [_array(value) for value in fed], strict=True))
        made.append(Case(one.name, one.model, inputs, [_array(value) for value in told]))
    return tuple(made)


def _array(value: Any) -> Any:
    """A tensor of the file as an array; sequences and what is optional as they are."""
    return numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else value


def is_plain(case: Case) -> bool:
    """Whether all its values are tensors of numbers that NumPy itself knows."""
    values = [*case.inputs.values(), *case.outputs]
    return all(
        isinstance(one, np.ndarray | np.generic) and np.asarray(one).dtype.name in _TYPES
        for one in values
    )


def is_empty(case: Case) -> bool:
    """Whether what goes in first, or what comes out, has no values."""
    first = list(case.inputs.values())[:1]
    return any(np.asarray(one).size == 0 for one in (*first, *case.outputs))


def outcome(case: Case, form: str) -> Outcome:
    """What becomes of a case in one of FORMS."""
    if not is_plain(case):
        return Outcome("unknown", "values that are no tensors of plain numbers")
    if is_empty(case):
        return Outcome("unknown", "tensors without values")
    model, fed, stored = _in_form(case, form)
    try:
        graph = read_model(model, label=case.name, inputs={})
        if graph.unknown:
            return _told_rightly(case, graph)
        return _compared(case, graph, fed, stored)
    except ConvwiseError as error:
        return Outcome("refused", str(error).partition("\n")[0])


def _told_rightly(case: Case, graph: Graph) -> Outcome:
    """What is told of a shape behind what is not known must be true."""
    for value, true in zip(graph.outputs, case.outputs, strict=True):
        told = graph.tensor(value)
        if told.known and told.shape != np.asarray(true).shape:
            return Outcome("wrong", f"told {told.shape} instead of {np.asarray(true).shape}")
    return Outcome("unknown", _reason(graph))


def _reason(graph: Graph) -> str:
    notes = [note.message for note in graph.notes if note.code == "unclear"]
    return notes[0] if notes else graph.unknown[0].what


def _in_form(
    case: Case, form: str
) -> tuple[onnx.ModelProto, list[np.ndarray], dict[str, np.ndarray]]:
    """The model with some inputs as initializers, what is still fed, and what is stored."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    _made_newer(model)
    graph = model.graph
    stored = {
        one.name: np.asarray(case.inputs[one.name])
        for place, one in enumerate(graph.input)
        if place and _is_stored(np.asarray(case.inputs[one.name]), form)
    }
    kept = [one for one in graph.input if one.name not in stored]
    del graph.input[:]
    graph.input.extend(kept)
    graph.initializer.extend([numpy_helper.from_array(a, name) for name, a in stored.items()])
    return model, [np.asarray(case.inputs[one.name]) for one in kept], stored


def _made_newer(model: onnx.ModelProto) -> None:
    """Logic of the oldest versions means the same in the oldest that is read."""
    old = {"And", "Or", "Xor", "Not"}
    for one in model.opset_import:
        if one.domain == "" and one.version < 9 and {n.op_type for n in model.graph.node} <= old:
            one.version = 9


def _is_stored(values: np.ndarray, form: str) -> bool:
    if form == "as fed":
        return False
    whole = values.dtype.kind in "iub" or values.ndim == 0 or values.size == 0
    return whole or form == "all but the first"


def _compared(
    case: Case, graph: Graph, fed: list[np.ndarray], stored: Mapping[str, np.ndarray]
) -> Outcome:
    shapes = [graph.tensor(value).shape for value in graph.outputs]
    told = [np.asarray(one) for one in case.outputs]
    types = [graph.tensor(value).dtype for value in graph.outputs]
    if types != [_SIGNED.get(one.dtype.name, one.dtype.name) for one in told]:
        return Outcome("wrong", f"types {types} instead of {[one.dtype.name for one in told]}")
    if shapes != [one.shape for one in told]:
        return Outcome("wrong", f"shapes {shapes} instead of {[one.shape for one in told]}")
    if case.name.startswith("test_training_dropout"):
        return Outcome("shape only", "random numbers")
    weights = {name: _weight(case, name, graph, stored) for name in graph.weights}
    with np.errstate(all="ignore"):
        outputs = forward(graph, fed, weights).outputs
    constant = any(node.kind.name == "constant" for node in graph.nodes)
    for place, (found, true) in enumerate(zip(outputs, told, strict=True)):
        trouble = _difference(found, true, 1e-4 if case.name in _ROUNDED else 0.0)
        if trouble and constant:
            return Outcome("shape only", "values of constants are not in the graph")
        if trouble:
            return Outcome("wrong", f"output {place}: {trouble}")
    return Outcome("agrees")


def _difference(found: np.ndarray, true: np.ndarray, least: float) -> str:
    """What is wrong with an output; whole numbers are compared bit by bit."""
    if true.dtype.name == "bfloat16":
        true, least = true.astype(np.float32), 1e-2
    if true.dtype.kind != "f":
        same = np.array_equal(found.astype(true.dtype), true)
        return "" if same else "other whole numbers"
    tolerance = max(_TOLERANCE[true.dtype.itemsize], least)
    with np.errstate(all="ignore"):
        same = np.allclose(found, true.astype(np.float64), tolerance, tolerance, equal_nan=True)
        return "" if same else f"off by {np.nan_to_num(np.abs(found - true)).max():.3g}"


def _weight(case: Case, name: str, graph: Graph, stored: Mapping[str, np.ndarray]) -> np.ndarray:
    """The array of a weight in the file's order of axes; recurrent ones in the kinds' order."""
    initializer, _, piece = name.partition("/")
    values = stored[initializer].astype(np.float64)
    if case.operator in ("RNN", "LSTM", "GRU"):
        values = recurrent_piece(case.operator, values, piece)
    return values.reshape(graph.weights[name].shape)


def told_shape(case: Case) -> tuple[Any, ...] | None:
    """The shape of the first output where the file declares none; None where it is not known."""
    model, _, _ = _in_form(case, FORMS[2])
    for one in (*model.graph.output, *model.graph.value_info):
        one.type.tensor_type.ClearField("shape")
    graph = read_model(model, label=case.name, inputs={})
    told = graph.tensor(graph.outputs[0])
    return told.shape if told.known else None


@cache
def outcomes(form: str) -> dict[str, Outcome]:
    """Of every case in one form, by its name."""
    return {case.name: outcome(case, form) for case in cases()}


def best() -> dict[str, Outcome]:
    """Of every case the outcome of the form in which most of it is known; any wrong one first."""
    order = ("wrong", "agrees", "shape only", "unknown", "refused")
    rows = [outcomes(form) for form in FORMS]
    return {
        name: min([row[name] for row in rows], key=lambda one: order.index(one.state))
        for name in rows[0]
    }

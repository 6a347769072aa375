"""Answers as dictionaries in the shape of the committed schemas; must never compute a number."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from convwise.analyses.amount import amount_to_json
from convwise.analyses.memory.estimate import Memory, MemoryEstimate
from convwise.analyses.receptive_field import Field
from convwise.analyses.summary import LayerCost, Row, Summary, Totals
from convwise.graph.axes import FREE_BATCH, Axis, Tensor
from convwise.graph.dims import Dim, evaluate, to_json

SUMMARY_SCHEMA = "convwise.summary/1"

#: Equations by the identity of the formulas they print.
Equations = dict[int, dict[str, str]]


def summary_to_dict(summary: Summary) -> dict[str, Any]:
    """The JSON object of `convwise summary --json`."""
    equations: Equations = {}
    return {
        "schema": SUMMARY_SCHEMA,
        "network": {
            "name": summary.name,
            "source": summary.source,
            "dialect": summary.dialect,
            "batch": summary.batch,
            "evaluated_at_batch": summary.batch or 1,
            "dtype": summary.dtype,
        },
        "layers": [_row(row, summary.batch, equations) for row in summary.rows],
        "totals": _totals(summary.totals),
        "constraints": list(summary.constraints),
        "unknown": [
            {"layer": fact.layer, "what": fact.what, "line": fact.line} for fact in summary.unknown
        ],
        "checks": [],
        "notes": [{"code": note.code, "message": note.message} for note in summary.notes],
    }


def _row(row: Row, batch: int | None, equations: Equations) -> dict[str, Any]:
    pairs = zip(row.outputs, row.sizes_in_bytes, strict=True)
    outputs = [_output(tensor, size, batch) for tensor, size in pairs]
    return {
        "name": row.name,
        "kind": row.kind,
        "dialect_name": row.dialect_name,
        "line": row.line,
        "inputs": [{"layer": name, "output": output} for name, output in row.inputs],
        "calls": row.calls,
        "outputs": outputs,
        "output_shape": outputs[0]["shape"],
        "parameters": amount_to_json(row.parameters),
        "trainable_parameters": amount_to_json(row.trainable_parameters),
        "weights": [
            {
                "name": weight.name,
                "shape": [to_json(dim) for _, dim in weight.axes],
                "axes": [name for name, _ in weight.axes],
            }
            for weight in row.weights
        ],
        "macs": _macs(row.cost),
        "elementwise_ops": amount_to_json(row.cost.elementwise_ops),
        "formulas": dict(_equations(row, equations)),
        "dropped": {role: to_json(pixels) for role, pixels in row.dropped.items()},
        "receptive_field": _field(row.receptive_field),
        "output_bytes": amount_to_json(row.output_bytes),
        "kept_bytes": amount_to_json(row.kept_bytes),
        "notes": [{"code": note.code, "message": note.message} for note in row.notes],
    }


def _equations(row: Row, known: Equations) -> dict[str, str]:
    """The row's formulas as text; rows that are alike share them."""
    found = known.get(id(row.formulas))
    if found is None:
        found = {key: formula.equation() for key, formula in row.formulas.items()}
        known[id(row.formulas)] = found
    return found


def _output(tensor: Tensor, size: Dim, batch: int | None) -> dict[str, Any]:
    if not tensor.known:
        return {"axes": None, "shape": None, "dtype": None, "bytes": None}
    return {
        "axes": [axis.role for axis in tensor.axes],
        "shape": [_size(axis, batch) for axis in tensor.axes],
        "dtype": tensor.dtype,
        "bytes": to_json(size),
    }


def _size(axis: Axis, batch: int | None) -> object:
    if type(axis.dim) is int:
        return axis.dim
    if axis.dim == FREE_BATCH:
        return batch
    dim: Dim = evaluate(axis.dim, {"N": batch}) if batch else axis.dim
    return to_json(dim)


def _macs(cost: LayerCost) -> dict[str, Any]:
    return {
        "forward": amount_to_json(cost.forward),
        "input_gradient": amount_to_json(cost.input_gradient),
        "weight_gradient": amount_to_json(cost.weight_gradient),
    }


def _field(fields: dict[str, Field]) -> dict[str, Any] | None:
    """None when nothing is known; an axis whose part is not tracked has size None."""
    if not fields:
        return None
    found = fields.values()
    return {
        "axes": list(fields),
        "size": [None if f.whole or f.partial else f.size for f in found],
        "step": [None if f.whole or f.partial else _place(f.step) for f in found],
        "start": [None if f.whole or f.partial else _place(f.first) for f in found],
        "whole_input": all(f.whole for f in found),
    }


def _place(value: Dim | Fraction | None) -> object:
    if value is None:
        return None
    return float(value) if isinstance(value, Fraction) else to_json(value)


def _memory(found: Memory) -> dict[str, Any]:
    training = {name: _interval(one) for name, one in found.training.items()}
    return {"inference": _interval(found.inference), "training": training}


def _interval(found: MemoryEstimate) -> dict[str, Any]:
    """Bytes; high is null where a part of the network is unknown."""
    process = dict(zip(("low", "high"), found.process, strict=True))
    where = {"layer": found.layer or None, "phase": found.phase}
    sizes = {"low": found.low, "high": found.high, "level": found.level}
    return {**sizes, "process": process, "most_in": where, "parts": found.parts}


def _totals(totals: Totals) -> dict[str, Any]:
    return {
        "parameters": amount_to_json(totals.parameters),
        "trainable_parameters": amount_to_json(totals.trainable_parameters),
        "macs": _macs(totals.cost),
        "elementwise_ops": amount_to_json(totals.cost.elementwise_ops),
        "output_bytes": amount_to_json(totals.output_bytes),
        "kept_bytes": amount_to_json(totals.kept_bytes),
        "memory": None if totals.memory is None else _memory(totals.memory),
        "unused_input": totals.unused_input,
    }

"""What a summary says differently from the oracle, as sentences; an empty list is agreement."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .oracle import OracleLayer, OracleModel

FREE = "free"


def differences(summary: dict[str, Any], model: OracleModel, *, sized: bool) -> list[str]:
    """Every difference in names, shapes, calls, parameters and, where sizes are given, macs.

    summary: the JSON object of a summary. sized: the free sizes of the inputs have been set, so
    shapes are compared with the oracle's own sizes and multiply-adds with its counts.
    """
    rows = {row["name"]: row for row in summary["layers"]}
    found: list[str] = [f"not known: {fact}" for fact in summary["unknown"]]
    matched: dict[str, OracleLayer] = {}
    for layer in model.layers:
        if layer.is_operation:
            continue
        name = _row_name(layer, rows)
        if name is None:
            found.append(f"{'/'.join(layer.path)} ({layer.class_name}) has no row")
            continue
        matched[name] = layer
        found += _layer_differences(rows[name], layer, sized)
    others = [row for name, row in rows.items() if name not in matched]
    found += _operation_differences(others, model, sized)
    return found + _total_differences(summary["totals"], model, sized)


def _row_name(layer: OracleLayer, rows: dict[str, Any]) -> str | None:
    """The row of a layer: by its whole path, or by its name when only one row ends in it."""
    path = "/".join(layer.path)
    if path in rows:
        return path
    ends = [name for name in rows if name.rpartition("/")[2] == layer.name]
    return ends[0] if len(ends) == 1 else None


def _layer_differences(row: dict[str, Any], layer: OracleLayer, sized: bool) -> list[str]:
    pairs: dict[str, tuple[Any, Any]] = {
        "calls": (row["calls"], layer.calls),
        "shapes": ([_shape(out) for out in row["outputs"]], _expected(layer, sized)),
        "parameters": (row["parameters"], layer.parameters),
        "trainable": (row["trainable_parameters"], layer.trainable),
    }
    if sized:
        pairs["macs"] = (row["macs"]["forward"], layer.macs)
    where = f"{'/'.join(layer.path)} ({layer.class_name}, line {row['line']})"
    return [f"{where} {what}: {ours} is not {keras}" for what, (ours, keras) in _unequal(pairs)]


def _operation_differences(rows: list[Any], model: OracleModel, sized: bool) -> list[str]:
    """Every operation of the functional graph has some row without a layer and with its shape."""
    operations = [layer for layer in model.layers if layer.is_operation]
    needed = Counter(str(_expected(layer, sized)) for layer in operations for _ in layer.outputs)
    offered: Counter[str] = Counter()
    for row in rows:
        offered[str([_shape(out) for out in row["outputs"]])] += row["calls"]
    missing = needed - offered
    return [f"operation with output {shape} has no row" for shape in missing.elements()]


def _total_differences(totals: dict[str, Any], model: OracleModel, sized: bool) -> list[str]:
    pairs = {
        "parameters": (totals["parameters"], model.parameters),
        "trainable": (totals["trainable_parameters"], model.trainable),
    }
    if sized:
        pairs["macs"] = (totals["macs"]["forward"], model.macs)
    return [f"total {what}: {ours} is not {keras}" for what, (ours, keras) in _unequal(pairs)]


def _unequal(pairs: dict[str, tuple[Any, Any]]) -> list[tuple[str, tuple[Any, Any]]]:
    return [(what, pair) for what, pair in pairs.items() if pair[0] != pair[1]]


def _shape(output: dict[str, Any]) -> tuple[Any, ...] | None:
    """A shape of a summary without the batch; formulas stand for free sizes."""
    if output["shape"] is None:
        return None
    return tuple(FREE if isinstance(size, dict) else size for size in output["shape"][1:])


def _expected(layer: OracleLayer, sized: bool) -> list[tuple[Any, ...]]:
    """The oracle's shapes of the last call, without the batch."""
    if sized:
        return [shape[1:] for shape in layer.sizes[-1]]
    return [tuple(FREE if s is None else s for s in shape[1:]) for shape in layer.outputs[-1]]

"""Predicted against measured as text, Markdown and a dictionary; must never compute a cost."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import Any

from convwise.analyses.measurement import Measurement, PartTime, Predicted
from convwise.reports.numbers import byte_size
from convwise.reports.table import Column, layout

MEASURE_SCHEMA = "convwise.measure/1"
_NAMES = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "momentum": "SGD with momentum"}
_PHASES = ("forward", "loss", "backward", "optimizer")
_HEADS = ("", "predicted", "measured", "error", "")
_LAYER_HEADS = ("layer", "predicted", "measured", "adds, predicted", "measured")


def measure_text(found: Measurement, width: int = 100) -> str:
    """What was run, totals, layers, how it was found out."""
    columns = [Column(_HEADS[0]), *[Column(head, right=True) for head in _HEADS[1:4]]]
    columns.append(Column(_HEADS[4], shrinks=True, optional=True))
    layers = [Column(_LAYER_HEADS[0], shrinks=True)]
    layers += [Column(head, right=True) for head in _LAYER_HEADS[1:]]
    parts = [
        _title(found),
        "\n".join(layout(columns, _totals(found), width)),
        "\n".join(layout(layers, _layers(found), width)),
        *[textwrap.fill(one, width) for one in _sentences(found)],
    ]
    return "\n\n".join(parts)


def measure_markdown(found: Measurement) -> str:
    """The same as tables of Markdown."""
    tables = [_markdown(_HEADS, _totals(found)), _markdown(_LAYER_HEADS, _layers(found))]
    return "\n\n".join([f"**{_title(found)}**", *tables, *_sentences(found)]) + "\n"


def measure_to_dict(found: Measurement) -> dict[str, Any]:
    """The JSON object of the schema convwise.measure/1; bytes and seconds."""
    predicted, measured = asdict(found.predicted), asdict(found.measured)
    for side, source in ((predicted, found.predicted), (measured, found.measured)):
        side["by_layer"] = {name: part._asdict() for name, part in source.by_layer.items()}
    predicted["troubles"] = list(found.predicted.troubles)
    return {
        "schema": MEASURE_SCHEMA,
        "network": found.name,
        "batch": found.batch,
        "training": None if found.training is None else asdict(found.training),
        "threads": found.threads,
        "predicted": {"level": "calibrated", **predicted},
        "measured": measured,
        "errors": {
            "peak": found.peak_error,
            "process": found.process_error,
            "seconds": found.seconds_error,
            "kept_heap_seconds": found.kept_heap_error,
        },
    }


def seconds_text(seconds: float) -> str:
    """Three figures with the unit that suits them: 12.3 ms."""
    for factor, unit in ((1, "s"), (1e3, "ms")):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}" if seconds < 1000 else f"{seconds:,.0f} s"
    return f"{seconds * 1e6:.3g} us"


def _title(found: Measurement) -> str:
    training = found.training
    threads = f"{found.threads} thread{'s' if found.threads > 1 else ''}"
    if training is None:
        return f"{found.name}: inference of {found.batch}, {threads}, PyTorch"
    optimizer = _NAMES.get(training.optimizer, training.optimizer)
    extra = f", {training.accumulation} times accumulated" if training.accumulation > 1 else ""
    return (
        f"{found.name}: one training step, batch {training.batch}{extra}, {optimizer}, "
        f"{training.precision}, {threads}, PyTorch"
    )


def _totals(found: Measurement) -> list[list[str]]:
    p, m = found.predicted, found.measured
    places = dict.fromkeys([p.peak_layer, p.peak_phase])
    where = ", ".join([place for place in places if place])
    where = f"most at once: {where}" if where else ""
    process = "not tried" if p.process_bytes is None else byte_size(p.process_bytes)
    spread = f"{seconds_text(m.seconds_low)} to {seconds_text(m.seconds_high)}, {m.steps} steps"
    rows = [
        ["tensors", byte_size(p.peak_bytes), byte_size(m.peak_bytes), _error(found.peak_error)],
        ["process", process, byte_size(m.process_bytes), _error(found.process_error)],
        ["time", seconds_text(p.seconds), seconds_text(m.seconds), _error(found.seconds_error)],
    ]
    if m.kept_heap_seconds is not None:
        times = [seconds_text(p.kept_heap_seconds), seconds_text(m.kept_heap_seconds)]
        rows.append(["time, heap kept", *times, _error(found.kept_heap_error)])
    kept = "where freed memory stays with the process"
    imported = f"{byte_size(m.imported_bytes)} of it imports"
    rows = [[*row, note] for row, note in zip(rows, (where, imported, spread, kept), strict=False)]
    for phase in _PHASES:
        if phase in m.by_phase and len(m.by_phase) > 1:
            expected = p.by_phase.get(phase, 0.0)
            cells = [seconds_text(expected), seconds_text(m.by_phase[phase]), "", ""]
            rows.append([f"  {phase}", *cells])
    return rows


def _layers(found: Measurement) -> list[list[str]]:
    """One row per layer, in the order in which they run."""
    names = dict.fromkeys([*found.predicted.by_layer, *found.measured.by_layer])
    rows = []
    for name in names:
        p, m = found.predicted.by_layer.get(name), found.measured.by_layer.get(name)
        times, sizes = [_part_time(p), _part_time(m)], [_part_size(p), _part_size(m)]
        rows.append([name, *times, *sizes])
    return rows


def _part_time(part: PartTime | None) -> str:
    return "-" if part is None else seconds_text(part.total)


def _part_size(part: PartTime | None) -> str:
    return "-" if part is None else byte_size(part.peak_bytes)


def _error(error: float | None) -> str:
    return "" if error is None else f"{100 * error:+.1f} %"


def _sentences(found: Measurement) -> list[str]:
    p = found.predicted
    lines = [
        f"predicted: each of the step's {p.operators} distinct operators measured by itself on "
        f"this machine{_now(p)}; tensors followed from birth to death without running the step. "
        "Layers in forward and backward together.",
        f"measured: {p.environment}. In the table of layers every operator is timed, which slows "
        "the step a little.",
    ]
    return [*lines, *[f"note: {trouble}" for trouble in p.troubles]]


def _now(predicted: Predicted) -> str:
    if not predicted.measured_operators:
        return " earlier"
    return f" ({predicted.measured_operators} of them now)"


def _markdown(heads: tuple[str, ...], rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join([*lines, *[f"| {' | '.join(row)} |" for row in cells]])

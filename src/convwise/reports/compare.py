"""A comparison as text, Markdown and a dictionary; must never compute a number."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from convwise.analyses.amount import Amount, amount_to_json
from convwise.analyses.compare import CHANNELS, Comparison, Design
from convwise.graph.axes import SPATIAL
from convwise.graph.dims import to_json
from convwise.reports.bounds import seconds, shortly
from convwise.reports.json import summary_to_dict
from convwise.reports.measure import measure_to_dict, seconds_text
from convwise.reports.numbers import amount, byte_size, grouped, shape
from convwise.reports.table import Column, layout
from convwise.reports.terminal import LONGEST_AMOUNT, is_long

COMPARE_SCHEMA = "convwise.compare/1"

#: Designs that stand side by side in columns; of more, each has a row.
MOST_COLUMNS = 3


def comparison_text(comparison: Comparison, width: int = 100) -> str:
    """A table, what differs, what cannot be made, the verdict."""
    heads, rows = table(comparison)
    optional = _WHERE_RUN if _was_run(comparison) else ("output",)
    columns = [
        Column(head, right=index > 0, optional=head in optional) for index, head in enumerate(heads)
    ]
    parts = ["\n".join(layout(columns, rows, width))]
    changed = [(design.name, design.what) for design in comparison.designs if design.what]
    missing = [(one.name, f"cannot be made: {one.why}") for one in comparison.missing]
    if changed or missing:
        parts.append("\n".join(_named([*changed, *missing], width)))
    if comparison.verdict:
        parts.append("\n".join([textwrap.fill(one, width) for one in comparison.verdict]))
    parts += [
        textwrap.fill(f"note: {note}", width, subsequent_indent="  ") for note in comparison.notes
    ]
    return "\n\n".join(parts)


def _named(pairs: Sequence[tuple[str, str]], width: int) -> list[str]:
    room = max(len(name) for name, _ in pairs)
    lines = []
    for name, text in pairs:
        head = f"{name:<{room}}  "
        lines += textwrap.wrap(text, width, initial_indent=head, subsequent_indent=" " * (room + 2))
    return lines


def table(comparison: Comparison) -> tuple[list[str], list[list[str]]]:
    """Headings and rows: designs side by side, or below each other when there are many."""
    designs = comparison.designs
    facts = [[head, *[say(design) for design in designs]] for head, say in _FACTS]
    facts = [row for row in facts if any(row[1:])]
    if len(designs) <= MOST_COLUMNS:
        return ["", *[design.name for design in designs]], facts
    chosen = [row for row in facts if row[0] in _SHORT]
    if _was_run(comparison):
        chosen = [row for row in chosen if row[0] != "output"]
    heads = ["", *[_SHORT[row[0]] for row in chosen]]
    rows = [[design.name] for design in designs]
    for row in chosen:
        for line, cell in zip(rows, row[1:], strict=True):
            line.append(cell)
    return heads, rows


def _was_run(comparison: Comparison) -> bool:
    return any(design.measurement is not None for design in comparison.designs)


def _weights(design: Design) -> str:
    if design.kernels is None or design.others is None:
        return amount(design.summary.totals.parameters)
    return f"{design.kernels:,} + {design.others:,}" if design.others else f"{design.kernels:,}"


def _output(design: Design) -> str:
    text = shape(design.output)
    return text if len(text) <= LONGEST_AMOUNT else "open sizes"


def _frames(design: Design) -> str:
    return "" if design.frames is None else f"{design.frames:,}"


def _said(value: Amount) -> str:
    """An amount, or that it is open: a long formula has no place in a row."""
    return "open: give --input" if is_long(value) else amount(value)


def _forward(design: Design) -> str:
    return _said(design.forward)


def _backward(design: Design) -> str:
    return _said(design.backward)


def _per_frame(design: Design) -> str:
    if not design.frames or type(design.forward) is not int:
        return ""
    return grouped(design.forward // design.frames)


def _same_output(design: Design) -> str:
    return "" if design.same_output is None else grouped(design.same_output)


def _bytes(value: Amount) -> str:
    return "open" if is_long(value) else byte_size(value)


def _made(design: Design) -> str:
    return _bytes(design.made_bytes)


def _kept(design: Design) -> str:
    return _bytes(design.kept_bytes)


def _space(design: Design) -> str:
    """The window in space; where time is an axis, the first axis is left out."""
    names = [name for name in design.seen if name in SPATIAL]
    names = names[1:] if len(names) == 3 else names
    return " x ".join([_extent(design, name) for name in names])


def _in_time(design: Design) -> str:
    names = [name for name in design.seen if name in SPATIAL]
    if len(names) == 3:
        return _extent(design, names[0])
    return f"all {design.steps}" if design.time == CHANNELS else ""


def _extent(design: Design, name: str) -> str:
    field = design.seen[name]
    if field.whole:
        return "all"
    return "?" if field.partial else str(field.size)


def _at_least(design: Design) -> str:
    return "" if design.bounds is None else seconds(design.bounds.seconds)


def _predicted_memory(design: Design) -> str:
    found = design.measurement
    return "" if found is None else byte_size(found.predicted.peak_bytes)


def _measured_memory(design: Design) -> str:
    found = design.measurement
    return "" if found is None else byte_size(found.measured.peak_bytes)


def _predicted_process(design: Design) -> str:
    found = design.measurement
    if found is None:
        return ""
    size = found.predicted.process_bytes
    return "not tried" if size is None else byte_size(size)


def _measured_process(design: Design) -> str:
    found = design.measurement
    return "" if found is None else byte_size(found.measured.process_bytes)


def _predicted_time(design: Design) -> str:
    found = design.measurement
    return "" if found is None else seconds_text(found.predicted.seconds)


def _measured_time(design: Design) -> str:
    found = design.measurement
    return "" if found is None else seconds_text(found.measured.seconds)


_FACTS = (
    ("output", _output),
    ("weights + biases", _weights),
    ("output frames", _frames),
    ("multiply-adds", _forward),
    ("- backward", _backward),
    ("- per frame", _per_frame),
    ("- for all frames", _same_output),
    ("activations", _made),
    ("kept for backward", _kept),
    ("a step takes at least", _at_least),
    ("memory, predicted", _predicted_memory),
    ("memory, measured", _measured_memory),
    ("process, predicted", _predicted_process),
    ("process, measured", _measured_process),
    ("time, predicted", _predicted_time),
    ("time, measured", _measured_time),
    ("sees in space", _space),
    ("sees in time", _in_time),
)

#: Columns that make way for what was measured, the last first, where the width is short.
_WHERE_RUN = ("weights", "activations", "space", "time")

_SHORT = {
    "output": "output",
    "weights + biases": "weights",
    "multiply-adds": "multiply-adds",
    "activations": "activations",
    "a step takes at least": "at least",
    "memory, predicted": "memory",
    "memory, measured": "measured",
    "time, predicted": "takes",
    "time, measured": "measured",
    "sees in space": "space",
    "sees in time": "time",
}


def comparison_markdown(comparison: Comparison) -> str:
    """A table, then lists."""
    heads, rows = table(comparison)
    lines = [f"| {' | '.join(heads)} |", f"| --- |{' ---: |' * (len(heads) - 1)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    changed = [f"- **{one.name}**: {one.what}" for one in comparison.designs if one.what]
    changed += [f"- **{one.name}** cannot be made: {one.why}" for one in comparison.missing]
    if changed:
        lines += ["", *changed]
    if comparison.verdict:
        lines += ["", *[f"- {one}" for one in comparison.verdict]]
    lines += [f"\n> {note}" for note in comparison.notes]
    return "\n".join(lines) + "\n"


def comparison_to_dict(comparison: Comparison) -> dict[str, Any]:
    """The JSON object of `convwise compare --json`."""
    return {
        "schema": COMPARE_SCHEMA,
        "designs": [_design(design) for design in comparison.designs],
        "missing": [
            {"name": one.name, "what": one.what, "why": one.why} for one in comparison.missing
        ],
        "verdict": list(comparison.verdict),
        "notes": list(comparison.notes),
    }


def _design(design: Design) -> dict[str, Any]:
    summary = summary_to_dict(design.summary)
    bounds = {} if design.bounds is None else {"bounds": shortly(design.bounds)}
    found = design.measurement
    measured = {} if found is None else {"measurement": measure_to_dict(found)}
    return {
        **bounds,
        **measured,
        "name": design.name,
        "what": design.what,
        "network": summary["network"],
        "totals": summary["totals"],
        "output_shape": [to_json(dim) for dim in design.output.shape[1:]],
        "kernels": design.kernels,
        "others": design.others,
        "time": design.time or None,
        "steps": design.steps,
        "frames": design.frames,
        "macs": {
            "forward": amount_to_json(design.forward),
            "backward": amount_to_json(design.backward),
            "same_output": design.same_output,
        },
        "made_bytes": amount_to_json(design.made_bytes),
        "kept_bytes": amount_to_json(design.kept_bytes),
        "receptive_field": {
            name: None if field.whole or field.partial else field.size
            for name, field in design.seen.items()
        },
        "properties": list(design.properties),
    }

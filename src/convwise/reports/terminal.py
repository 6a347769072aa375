"""The summary as text for a terminal, 80 columns or more; must never compute a number."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from convwise.analyses.amount import Amount, AtLeast
from convwise.analyses.memory.estimate import Memory, MemoryEstimate
from convwise.analyses.summary import Row, Summary, Totals
from convwise.analyses.weight_orders import WeightOrders
from convwise.graph.axes import SPATIAL
from convwise.reports.numbers import amount, byte_size, field, grouped, shape
from convwise.reports.table import Column, layout
from convwise.reports.weights import weights_text

#: Layers explained below the table; larger networks show the first ones and say how many follow.
MOST_REASONS = 12

#: Symbolic amounts longer than this leave the table for the reasons below it.
LONGEST_AMOUNT = 24

_NAMES = ("layer", "operation", "output", "parameters", "multiply-adds", "sees")
_COLUMNS = (
    Column("layer", shrinks=True),
    Column("operation", shrinks=True),
    Column("output", shrinks=True),
    Column("parameters", right=True),
    Column("multiply-adds", right=True),
    Column("sees", right=True, optional=True),
)


def summary_text(
    summary: Summary, width: int = 100, weights: Sequence[WeightOrders] | None = None
) -> str:
    """The whole screen: heading, table, totals, weights if given, reasons, what is unknown."""
    parts = [
        _wrapped(heading(summary), width),
        "\n".join(_table(summary, width)),
        "\n".join(_facts(summary, width)),
    ]
    if weights is not None:
        parts.append("\n".join(weights_text(weights, width)))
    why = _reasons(summary, width)
    if why:
        parts.append("\n".join(["why", *why]))
    parts.extend(remarks(summary, width))
    return "\n\n".join(parts)


def heading(summary: Summary) -> str:
    """Which network, from where, at which batch size and type."""
    place = f" from {summary.source}" if summary.source else ""
    batch = "one example" if summary.batch is None else f"batch {summary.batch}"
    return f"{summary.name}{place} ({summary.dialect}, {batch}, {summary.dtype})"


def _table(summary: Summary, width: int) -> list[str]:
    rows = [_cells(row) for row in summary.rows]
    totals = summary.totals
    rows.append(["total", "", "", amount(totals.parameters), amount(totals.cost.forward), ""])
    macs = _NAMES.index("multiply-adds")
    columns = list(_COLUMNS)
    if any(len(row[macs]) > LONGEST_AMOUNT for row in rows):
        del columns[macs]
        for row in rows:
            del row[macs]
    lines = layout(columns, rows, width)
    lines.insert(len(lines) - 1, lines[1])
    return lines


def _cells(row: Row) -> list[str]:
    calls = f" (called {row.calls} times)" if row.calls > 1 else ""
    return [
        row.name + calls,
        row.dialect_name,
        shape(row.outputs[0]),
        amount(row.parameters),
        amount(row.cost.forward),
        field(row.receptive_field),
    ]


def _facts(summary: Summary, width: int) -> list[str]:
    lines = []
    for name, text in facts(summary):
        indent = " " * 16
        lines.extend(
            textwrap.wrap(text, width, initial_indent=f"{name:<14}  ", subsequent_indent=indent)
        )
    return lines


def facts(summary: Summary) -> list[tuple[str, str]]:
    """Totals in words: (what, sentence)."""
    totals = summary.totals
    found = [("parameters", _parameters(totals)), ("multiply-adds", _macs(totals))]
    found.append(("tensors", _tensors(totals)))
    if totals.memory is not None:
        found.append(("memory", memory_sentence(totals.memory)))
    if totals.unused_input is not None:
        found.append(("input used", _unused(summary, totals.unused_input)))
    if summary.constraints:
        found.append(("works only if", ", ".join(summary.constraints)))
    return found


def _parameters(totals: Totals) -> str:
    if isinstance(totals.parameters, AtLeast):
        return f"{amount(totals.parameters)}: what is listed as unknown below is not counted"
    if totals.parameters == totals.trainable_parameters:
        return f"{amount(totals.parameters)}, all trainable"
    return f"{amount(totals.parameters)}, {amount(totals.trainable_parameters)} of them trainable"


def _tensors(totals: Totals) -> str:
    if is_long(totals.output_bytes):
        return "their bytes depend on the sizes left open: give --input for numbers"
    kept = f"{byte_size(totals.kept_bytes)} kept for the backward pass"
    return f"{byte_size(totals.output_bytes)} made, {kept}"


def memory_sentence(found: Memory) -> str:
    """Training and inference as intervals of tensors and scratch."""
    adam, sgd = [_interval(found.training[name]) for name in ("adam", "sgd")]
    return (
        f"training {adam} with Adam, {sgd} with SGD; inference {_interval(found.inference)} "
        "(PyTorch on a CPU, predicted by rules; imports not counted)"
    )


def _interval(found: MemoryEstimate) -> str:
    if found.high is None:
        return f">= {byte_size(found.low)}"
    low, high = byte_size(found.low), byte_size(found.high)
    return low if low == high else f"{low} to {high}"


def is_long(value: Amount) -> bool:
    """Whether an amount is a formula too long to be read in a row."""
    return len(amount(value)) > LONGEST_AMOUNT


def _macs(totals: Totals) -> str:
    cost = totals.cost
    if is_long(cost.forward):
        return f"forward {amount(cost.forward)}; give --input for numbers"
    return (
        f"forward {amount(cost.forward)}; backward {amount(cost.input_gradient)} for inputs "
        f"and {amount(cost.weight_gradient)} for weights (FLOPs are twice as many)"
    )


def _unused(summary: Summary, unused: dict[str, int]) -> str:
    lost = [f"{pixels:,} along {role}" for role, pixels in unused.items() if pixels]
    if not lost:
        return "every position of the input reaches the output"
    return f"never reach the output: {', '.join(lost)}"


def _reasons(summary: Summary, width: int) -> list[str]:
    """Formulas of each distinct layer; layers with the same ones fold into the first."""
    told: dict[str, list[str]] = {}
    for row in summary.rows:
        text = reason(row)
        if text:
            told.setdefault(text, []).append(row.name)
    lines = []
    for text, names in list(told.items())[:MOST_REASONS]:
        same = f" (and {len(names) - 1} more alike)" if len(names) > 1 else ""
        lines.extend(
            textwrap.wrap(
                f"{names[0]}{same}: {text}", width, initial_indent="  ", subsequent_indent="    "
            )
        )
    if len(told) > MOST_REASONS:
        lines.append(f"  ... {len(told) - MOST_REASONS} more kinds of layers; --json has them all")
    return lines


def reason(row: Row) -> str:
    """One layer's formulas in a line: sizes that share a formula are said once."""
    said: dict[str, list[str]] = {}
    keys = [*SPATIAL, "channel", "feature", "parameters"]
    if is_long(row.cost.forward):
        keys.append("macs")
    for key in keys:
        if key in row.formulas:
            formula = row.formulas[key]
            equation = formula.text()
            if key != "macs":
                equation += f" = {grouped(formula.value)}"
            if formula.text() != str(formula.value):
                said.setdefault(equation, []).append(key)
    parts = [f"{' and '.join(keys)} {equation}" for equation, keys in said.items()]
    parts = [part.replace("macs ", "multiply-adds ", 1) for part in parts]
    lost = [f"{pixels} along {role}" for role, pixels in row.dropped.items() if pixels != 0]
    if lost:
        parts.append(f"pixels dropped at the border: {', '.join(lost)}")
    return "; ".join(parts)


def remarks(summary: Summary, width: int) -> list[str]:
    """Notes, then what could not be known."""
    found = [note.message for note in summary.notes]
    found += [f"{row.name}: {note.message}" for row in summary.rows for note in row.notes]
    parts = ["\n".join(_wrapped(f"note: {text}", width) for text in found)] if found else []
    if summary.unknown:
        lines = [
            f"  {fact.layer}{f' (line {fact.line})' if fact.line else ''}: {fact.what}"
            for fact in summary.unknown
        ]
        parts.append("\n".join(["unknown, and not counted", *lines]))
    return parts


def _wrapped(text: str, width: int) -> str:
    return "\n".join(textwrap.wrap(text, width, subsequent_indent="  ") or [""])

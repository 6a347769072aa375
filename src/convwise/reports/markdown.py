"""The summary as Markdown, for README files and notebooks; must never compute a number."""

from __future__ import annotations

from collections.abc import Sequence

from convwise.analyses.summary import Row, Summary
from convwise.analyses.weight_orders import WeightOrders
from convwise.reports.numbers import amount, field, shape
from convwise.reports.terminal import facts, heading, is_long, reason
from convwise.reports.weights import weight_rows


def summary_markdown(summary: Summary, weights: Sequence[WeightOrders] | None = None) -> str:
    """Heading, the table of layers, totals, weights if given, reasons and what is unknown."""
    rows = [
        [
            _code(row.name) + (f" ({row.calls} calls)" if row.calls > 1 else ""),
            row.dialect_name,
            shape(row.outputs[0]),
            amount(row.parameters),
            _macs(row),
            field(row.receptive_field),
        ]
        for row in summary.rows
    ]
    totals = summary.totals
    rows.append(["**total**", "", "", f"**{amount(totals.parameters)}**", _bold_macs(summary), ""])
    names = ["layer", "operation", "output", "parameters", "multiply-adds", "sees"]
    parts = [f"### {heading(summary)}", _table(names, rows, right=(3, 4, 5))]
    parts.append("\n".join(f"- **{name}**: {text}" for name, text in facts(summary)))
    if weights:
        lines = [row for one in weights for row in weight_rows(one)]
        heads = ["weight", "written by", "shape", "axes", "elements", "trained"]
        parts.append(_table(heads, lines, right=(4,)))
    reasons = [f"- {_code(row.name)}: {reason(row)}" for row in summary.rows if reason(row)]
    if reasons:
        parts.append("\n".join(["Why:", "", *reasons]))
    unknown = [f"- {_code(fact.layer)}: {fact.what}" for fact in summary.unknown]
    if unknown:
        parts.append("\n".join(["Unknown, and not counted:", "", *unknown]))
    return "\n\n".join(parts) + "\n"


def _bold_macs(summary: Summary) -> str:
    forward = summary.totals.cost.forward
    return "" if is_long(forward) else f"**{amount(forward)}**"


def _macs(row: Row) -> str:
    """The number; a long formula stands below, where it keeps its factors."""
    return "see below" if is_long(row.cost.forward) else amount(row.cost.forward)


def _table(names: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int]) -> str:
    rule = ["---:" if index in right else "---" for index in range(len(names))]
    lines = [names, rule, *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(name: str) -> str:
    return f"`{name}`"

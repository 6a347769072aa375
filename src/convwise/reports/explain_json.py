"""An explanation as a dictionary in the shape of its schema; must never compute a number."""

from __future__ import annotations

from math import isfinite
from typing import Any

from convwise.analyses.explain import Explanation, Story
from convwise.analyses.lessons.contract import Change
from convwise.reference.by_hand.contract import Grid, Worked
from convwise.reference.by_hand.paper import OnPaper
from convwise.reports.json import summary_to_dict

EXPLAIN_SCHEMA = "convwise.explain/1"


def explanation_to_dict(explanation: Explanation) -> dict[str, Any]:
    """The JSON object of `convwise explain --json`: layers by what is said, rows as `summary`."""
    summary = summary_to_dict(explanation.summary)
    rows = {row["name"]: row for row in summary["layers"]}
    return {
        "schema": EXPLAIN_SCHEMA,
        "network": summary["network"],
        "totals": summary["totals"],
        "layers": [_story(story, rows[story.row.name]) for story in explanation.stories],
        "changes": [_change(change) for change in explanation.changes],
    }


def _story(story: Story, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row,
        "alike": list(story.alike),
        "also": list(story.also),
        "points": [{"topic": point.topic, "text": point.text} for point in story.points],
        "beliefs": [
            {"about": myth.about, "claim": myth.claim, "refuted": myth.refuted}
            for myth in story.myths
        ],
        "worked": None if story.paper is None else _paper(story.paper),
    }


def _paper(paper: OnPaper) -> dict[str, Any]:
    return {
        "numbers": "given" if paper.given else "drawn",
        "output": _worked(paper.output),
        "framework": None
        if paper.beside is None
        else {"who": paper.beside.who, "value": paper.beside.value},
        "then": [{"what": word, "value": value} for word, value in paper.then],
        "weight_gradient": None if paper.weight is None else _worked(paper.weight),
        "input_gradient": None if paper.input is None else _worked(paper.input),
    }


def _worked(worked: Worked) -> dict[str, Any]:
    return {
        "what": worked.what,
        "place": list(worked.place),
        "formula": worked.formula,
        "value": float(worked.value),
        "steps": [
            {
                "text": step.text,
                "op": step.op,
                "grids": [_grid(grid) for grid in step.grids],
                "value": float(step.value),
            }
            for step in worked.steps
        ],
        "note": worked.note,
    }


def _grid(grid: Grid) -> dict[str, Any]:
    padding = None if grid.padding is None else grid.padding.tolist()
    return {"label": grid.label, "values": _finite(grid.values.tolist()), "padding": padding}


def _finite(values: Any) -> Any:
    """Nested numbers; null for infinity, which JSON does not know (padding that never wins)."""
    if isinstance(values, list):
        return [_finite(one) for one in values]
    return values if isfinite(values) else None


def _change(change: Change) -> dict[str, Any]:
    return {
        "layers": list(change.layers),
        "fields": {name: _plain(value) for name, value in change.fields},
        "why": change.why,
        "code": [{"line": line, "text": text} for line, text in change.code],
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value

"""What makes training fit, as text, Markdown and a dictionary; must never compute a number."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

from convwise.analyses.fit.answer import Fit, LargestField, Option
from convwise.analyses.fit.plan import Plan
from convwise.reports.numbers import byte_size, grouped
from convwise.reports.table import Column, layout

FIT_SCHEMA = "convwise.fit/1"

_LEVELS = {
    "rules": "rules: no framework was asked, so that memory is an interval",
    "calibrated": "operations measured on this machine",
}
#: Names of a run of layers that are written out.
_NAMED = 4


def fit_text(answer: Fit, width: int = 100) -> str:
    """A table of options, what to take, what cannot be made, the largest field, notes."""
    heads, rows = _table(answer)
    columns = [
        Column(head, right=head in _RIGHT, optional=head in _OPTIONAL, shrinks=head == "way")
        for head in heads
    ]
    parts = [
        textwrap.fill(_question(answer), width),
        "\n".join(layout(columns, rows, width)),
        "\n".join(textwrap.wrap(_taken(answer), width)),
    ]
    steps = _steps(answer)
    if steps:
        parts.append(
            "\n".join([textwrap.fill(f"- {one}", width, subsequent_indent="  ") for one in steps])
        )
    missing = [f"{one.name} cannot be made: {one.why_not}" for one in _missing(answer)]
    said = [*missing, *_remarks(answer), _field(answer.field)]
    parts.append("\n".join([textwrap.fill(one, width, subsequent_indent="  ") for one in said]))
    parts += [
        textwrap.fill(f"note: {note}", width, subsequent_indent="  ") for note in answer.notes
    ]
    return "\n\n".join(parts)


def fit_markdown(answer: Fit) -> str:
    """The same with a Markdown table."""
    heads, rows = _table(answer)
    marks = ["---:" if head in _RIGHT else "---" for head in heads]
    lines = [_question(answer), "", f"| {' | '.join(heads)} |", f"| {' | '.join(marks)} |"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    lines += ["", _taken(answer)]
    steps = _steps(answer)
    lines += ["", *[f"- {one}" for one in steps]] if steps else []
    missing = [f"**{one.name}** cannot be made: {one.why_not}" for one in _missing(answer)]
    said = [*missing, *_remarks(answer), _field(answer.field)]
    lines += ["", *[f"- {one}" for one in said]]
    lines += [f"\n> {note}" for note in answer.notes]
    return "\n".join(lines) + "\n"


def _question(answer: Fit) -> str:
    examples = "1 example" if answer.batch == 1 else f"{answer.batch} examples"
    text = (
        f"{answer.network}: training with {answer.optimizer} on {examples} per step within "
        f"{byte_size(answer.budget_bytes)} of the whole process"
    )
    if answer.seconds is not None:
        text += f" and {answer.seconds:g} s"
    return f"{text}, predicted by {_LEVELS.get(answer.level, answer.level)}."


def _made(answer: Fit) -> list[Option]:
    return [option for option in answer.options if option.plan is not None]


def _missing(answer: Fit) -> list[Option]:
    return [option for option in answer.options if option.plan is None]


def _table(answer: Fit) -> tuple[list[str], list[list[str]]]:
    """Headings and rows; a column that says nothing is left out."""
    options = _made(answer)
    cells = [(head, [say(option) for option in options]) for head, say in _COLUMNS]
    shown = [(head, column) for head, column in cells if any(column)]
    return [head for head, _ in shown], [
        [column[row] for _, column in shown] for row in range(len(options))
    ]


def _way(option: Option) -> str:
    return option.name


def _fits(option: Option) -> str:
    fits = {True: "yes", False: "no", None: "perhaps"}[option.fits]
    return f"{fits}, too slow" if option.in_time is False else fits


def _process(option: Option) -> str:
    if option.process_bytes is None:
        return ""
    low, high = option.process_bytes
    if byte_size(low) == byte_size(high):
        return byte_size(high)
    return f"{byte_size(low)} to {byte_size(high)}"


def _factor(option: Option) -> str:
    return "" if option.factor is None else f"x {option.factor:.2f}"


def _macs(option: Option) -> str:
    return "" if option.macs is None else grouped(option.macs)


def _seconds(option: Option) -> str:
    known = option.estimate.seconds if option.estimate is not None else None
    return "" if known is None else f"{known:.3g} s"


def _exact(option: Option) -> str:
    return "yes" if option.exact else "no"


def _batch(option: Option) -> str:
    certain, possible = option.largest_batch, option.possible_batch
    if certain is None:
        return ""
    if possible is None or possible == certain:
        return grouped(certain)
    return f"{grouped(certain)} to {grouped(possible)}"


_COLUMNS: tuple[tuple[str, Callable[[Option], str]], ...] = (
    ("way", _way),
    ("fits", _fits),
    ("process", _process),
    ("multiply-adds", _macs),
    ("work", _factor),
    ("seconds", _seconds),
    ("exact", _exact),
    ("largest batch", _batch),
)
_RIGHT = ("process", "multiply-adds", "work", "seconds", "largest batch")
_OPTIONAL = ("multiply-adds",)


def _taken(answer: Fit) -> str:
    """The way to take, in a sentence."""
    if answer.best is None:
        return "Nothing of this fits for certain."
    option = answer.options[answer.best]
    if option.name == "as it is":
        return "It fits as it is: nothing has to be changed."
    exact = "the loss and gradients stay the same" if option.exact else "not exact"
    return f"Take {option.name}: {option.what}; {exact}."


def _steps(answer: Fit) -> list[str]:
    """What the way to take sets."""
    option = answer.options[answer.best] if answer.best is not None else None
    if option is None or option.plan is None:
        return []
    plan = option.plan
    said = []
    if plan.accumulation > 1:
        said.append(f"{plan.accumulation} parts of {plan.batch} examples, then one step")
    said += [f"computed again: {_run(run)}" for run in plan.recompute]
    if plan.precision != "float32":
        said.append(f"precision {plan.precision}")
    return said


def _run(names: tuple[str, ...]) -> str:
    if len(names) <= _NAMED:
        return ", ".join(names)
    return f"{names[0]} to {names[-1]} ({len(names)} layers)"


def _remarks(answer: Fit) -> list[str]:
    return [f"{option.name}: {note}" for option in answer.options for note in option.notes]


def _field(field: LargestField) -> str:
    """The largest images as they are, at the batch asked for."""
    if not field.sizes:
        return f"Largest field as it is: none is named, {field.why_not}."
    sides = " x ".join([str(side) for side in field.sizes.values()])
    names = " x ".join(field.sizes)
    units = " and ".join([str(unit) for unit in dict.fromkeys(field.unit.values())])
    more = " or more" if field.at_least else ""
    step = "" if set(field.unit.values()) == {1} else f", in steps of {units}"
    return f"Largest field as it is: {names} {sides}{more}{step}."


def fit_to_dict(answer: Fit) -> dict[str, Any]:
    """The JSON object of `convwise fit --json`."""
    return {
        "schema": FIT_SCHEMA,
        "network": answer.network,
        "budget_bytes": answer.budget_bytes,
        "batch": answer.batch,
        "optimizer": answer.optimizer,
        "seconds": answer.seconds,
        "level": answer.level,
        "options": [_option(option) for option in answer.options],
        "best": answer.best,
        "largest_field": {
            "sizes": answer.field.sizes,
            "unit": answer.field.unit,
            "at_least": answer.field.at_least,
            "why_not": answer.field.why_not or None,
        },
        "predictions": answer.predictions,
        "notes": list(answer.notes),
    }


def _option(option: Option) -> dict[str, Any]:
    estimate, process = option.estimate, option.process_bytes
    return {
        "name": option.name,
        "what": option.what,
        "cost": option.cost,
        "plan": _plan(option.plan),
        "tensor_bytes": None
        if estimate is None
        else {"low": estimate.low, "high": estimate.high, "level": estimate.level},
        "process_bytes": None if process is None else {"low": process[0], "high": process[1]},
        "seconds": None if estimate is None else estimate.seconds,
        "fits": option.fits,
        "exact": option.exact,
        "macs": option.macs,
        "factor": option.factor,
        "in_time": option.in_time,
        "largest_batch": None
        if option.largest_batch is None
        else {"certain": option.largest_batch, "possible": option.possible_batch},
        "notes": list(option.notes),
        "why_not": option.why_not or None,
    }


def _plan(plan: Plan | None) -> dict[str, Any] | None:
    return None if plan is None else plan.to_dict()

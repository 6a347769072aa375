"""Printed summaries stay as they were looked at, fit their width, and add up as printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.golden.forms import EXAMPLES, FOLDER, FORMS, printed

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "schema" / "summary-1.json").read_text("utf-8")
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("example", EXAMPLES)
def test_printed_as_expected(example: str, form: str) -> None:
    assert printed(example, form) == (FOLDER / f"{example}.{form}").read_text("utf-8")


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("example", EXAMPLES)
def test_fits_its_width(example: str, width: int) -> None:
    widest = max(printed(example, f"{width}.txt").splitlines(), key=len)
    assert len(widest) <= width


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("example", EXAMPLES)
def test_printed_columns_add_up_to_the_printed_total(example: str, width: int) -> None:
    rows, totals = _table(printed(example, f"{width}.txt"))
    assert rows
    for column in ("parameters", "multiply-adds"):
        assert sum(row[column] for row in rows) == totals[column]


def test_the_sum_test_can_fail() -> None:
    text = printed("feature_maps", "100.txt").replace("18,496", "18,497", 1)
    rows, totals = _table(text)
    assert sum(row["parameters"] for row in rows) != totals["parameters"]


@pytest.mark.parametrize("example", EXAMPLES)
def test_json_keeps_its_schema_and_adds_up(example: str) -> None:
    answer = json.loads(printed(example, "json"))
    Draft202012Validator(SCHEMA).validate(answer)
    total = answer["totals"]
    assert sum(layer["parameters"] for layer in answer["layers"]) == total["parameters"]
    for key in ("forward", "input_gradient", "weight_gradient"):
        assert sum(layer["macs"][key] for layer in answer["layers"]) == total["macs"][key]
    assert sum(layer["kept_bytes"] for layer in answer["layers"]) == total["kept_bytes"]
    assert sum(layer["output_bytes"] for layer in answer["layers"]) == total["output_bytes"]


def _table(text: str) -> tuple[list[dict[str, int]], dict[str, int]]:
    """Numbers of each printed row, found by where the headings end."""
    lines = text.splitlines()
    head = next(index for index, line in enumerate(lines) if line.startswith("layer"))
    ends = {name: lines[head].index(name) + len(name) for name in ("parameters", "multiply-adds")}
    rows = []
    for line in lines[head + 2 :]:
        if line.startswith("─"):
            continue
        found = {name: int(line[:end].split()[-1].replace(",", "")) for name, end in ends.items()}
        if line.startswith("total"):
            return rows, found
        rows.append(found)
    raise AssertionError("no total line")

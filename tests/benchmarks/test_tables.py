"""The tables of the pages are those of the stored results."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import (
    accelerate_steps,
    accuracy,
    accuracy_table,
    cost_table,
    fit_table,
    kernels_table,
    pages,
    precision_table,
    table,
)
from benchmarks.accuracy_cases import CASES


def test_the_speed_tables_show_the_stored_results() -> None:
    found = json.loads(table.RESULTS.read_text("utf-8"))
    assert pages.shown(pages.README, "speed") == table.short_table(found), "run `make bench`"
    assert pages.shown(pages.COMPARED, "speed") == table.long_table(found), "run `make bench`"


def test_the_accuracy_table_shows_the_stored_results() -> None:
    found = json.loads(accuracy.RESULTS.read_text("utf-8"))
    shown = pages.shown(pages.COMPARED, "accuracy")
    assert shown == accuracy_table.accuracy_table(found), "run `make bench`"


@pytest.mark.parametrize("made", [accelerate_steps, cost_table, fit_table, precision_table])
def test_the_tables_of_pages_show_the_stored_results(made: ModuleType) -> None:
    found = json.loads(made.RESULTS.read_text("utf-8"))
    assert pages.shown(made.PAGE, made.MARK) == made.table(found), (
        f"run `python -m {made.__name__}`"
    )


def test_the_tables_of_kernels_show_the_stored_results() -> None:
    found = json.loads(kernels_table.RESULTS.read_text("utf-8"))
    assert pages.shown(kernels_table.PAGE, kernels_table.MARK) == kernels_table.tables(found)


def test_the_stored_accuracy_is_of_the_cases_as_they_are() -> None:
    stored = json.loads(accuracy.RESULTS.read_text("utf-8"))["cases"]
    asked = [(case["question"], case["code"], case["input"], case["truth"]) for case in stored]
    assert asked == [(c.question, c.code, list(c.shape), c.macs) for c in CASES]


def test_text_is_put_between_its_marks_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- a:begin -->\nold\n<!-- a:end -->\nafter\n", "utf-8")
    pages.put(page, "a", "new")
    text = page.read_text("utf-8")
    assert text == "before\n<!-- a:begin -->\nnew\n<!-- a:end -->\nafter\n"
    assert pages.shown(page, "a") == "new"
    with pytest.raises(ValueError, match="no marks"):
        pages.put(page, "b", "new")

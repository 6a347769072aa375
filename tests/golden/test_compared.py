"""Printed comparisons stay as they were looked at, and their figures follow from each other."""

from __future__ import annotations

import re

import pytest

from tests.golden.compared import COMPARED, FORMS, printed
from tests.golden.forms import FOLDER


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", COMPARED)
def test_printed_as_expected(name: str, form: str) -> None:
    assert printed(name, form) == (FOLDER / f"{name}.{form}").read_text("utf-8")


@pytest.mark.parametrize("width", [80, 100])
def test_printed_figures_follow_from_each_other(width: int) -> None:
    rows = {}
    for line in printed("compare.question", f"{width}.txt").splitlines():
        cells = re.split(r" {2,}", line)
        rows[cells[0]] = cells[1:]
    numbers = {
        name: [int(c.replace(",", "")) for c in cells]
        for name, cells in rows.items()
        if _plain(cells)
    }
    columns = zip(
        numbers["multiply-adds"],
        numbers["output frames"],
        numbers["- per frame"],
        numbers["- for all frames"],
        strict=True,
    )
    for macs, frames, each, every in columns:
        assert macs == frames * each
        assert every == 16 * each
    kernels = [int(cell.split(" + ")[0].replace(",", "")) for cell in rows["weights + biases"]]
    assert kernels == [5 * 5 * 5, 5 * 5 * 16, 5 * 5 * 16 * 16]


def _plain(cells: list[str]) -> bool:
    return bool(cells) and all(re.fullmatch(r"[\d,]+", cell) for cell in cells)

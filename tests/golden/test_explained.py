"""Printed explanations stay as they were looked at, fit their width, and can be added up again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from convwise.reference.by_hand.contract import OPS
from tests.golden.explained import EXPLAINED, FORMS, printed
from tests.golden.forms import FOLDER

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "schema" / "explain-1.json").read_text("utf-8")
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", EXPLAINED)
def test_printed_as_expected(name: str, form: str) -> None:
    assert printed(name, form) == (FOLDER / f"{name}.{form}").read_text("utf-8")


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("name", EXPLAINED)
def test_fits_its_width(name: str, width: int) -> None:
    widest = max(printed(name, f"{width}.txt").splitlines(), key=len)
    assert len(widest) <= width


@pytest.mark.parametrize("name", EXPLAINED)
def test_json_keeps_its_schema(name: str) -> None:
    answer = json.loads(printed(name, "json"))
    Draft202012Validator(SCHEMA).validate(answer)
    assert answer["layers"]


def sums(text: str) -> list[tuple[float, float]]:
    """Every sum that is printed in a line: what its numbers add up to, and what is printed."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r" {4}[^:]+: (-?[\d.]+(?: [+-] [\d.]+)+) = (-?[\d.]+)", line)
        if match:
            total = sum(
                float(part) for part in match[1].replace("- ", "-").replace("+ ", "").split()
            )
            found.append((total, float(match[2])))
    return found


@pytest.mark.parametrize("name", EXPLAINED)
def test_printed_sums_add_up(name: str) -> None:
    found = sums(printed(name, "100.txt"))
    for total, said in found:
        assert total == pytest.approx(said, rel=2e-3, abs=6e-3)
    if "conv" in name or "feature" in name:
        assert found


def test_the_sum_test_can_fail() -> None:
    assert sums("    sum over channels: 1.5 - 0.5 + 2 = 3.5") == [(3.0, 3.5)]


def test_json_steps_can_be_done_again() -> None:
    import numpy as np

    answer = json.loads(printed("explain.feature_maps.conv2d_1", "json"))
    worked = answer["layers"][0]["worked"]
    done = 0
    for part in ("output", "weight_gradient", "input_gradient"):
        for step in worked[part]["steps"]:
            grids = [np.asarray(grid["values"], dtype=float) for grid in step["grids"]]
            assert float(OPS[step["op"]](*grids)) == pytest.approx(step["value"], abs=1e-9)
            done += 1
        assert worked[part]["steps"][-1]["value"] == worked[part]["value"]
    assert done > 6

"""convwise gives the closed form of every small network of the comparison; verdicts are fair."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.accuracy import judged
from benchmarks.accuracy_cases import CASES, Case
from convwise import read


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.question)
def test_convwise_gives_the_closed_form(case: Case) -> None:
    said = read(case.source, case.shape).summary().to_dict()
    assert said["unknown"] == []
    assert said["totals"]["macs"]["forward"] == case.macs


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.question)
def test_the_closed_form_is_what_runs(case: Case) -> None:
    """The derivations are checked by a tool that is not ours."""
    names: dict[str, Any] = {}
    counter = FlopCounterMode(display=False)
    with torch.device("meta"):
        exec(case.source, names)
        with counter:
            names["model"].eval()(torch.empty(1, *case.shape))
    assert counter.get_total_flops() == 2 * case.macs


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"macs": 100, "left_out": []}, "right"),
        ({"macs": 100, "left_out": ["aten::softmax"]}, "right"),
        ({"macs": 110, "left_out": []}, "besides"),
        ({"macs": 120, "left_out": []}, "wrong"),
        ({"macs": 120, "left_out": ["aten::softmax"]}, "wrong"),
        ({"macs": 60, "left_out": []}, "wrong"),
        ({"macs": 0, "left_out": []}, "silent"),
        ({"macs": 0, "left_out": ["aten::lstm"]}, "told"),
        ({"macs": 60, "left_out": ["aten::lstm"]}, "told"),
        ({"error": "ValueError: no"}, "refused"),
    ],
)
def test_verdicts(said: dict[str, Any], verdict: str) -> None:
    case = Case("a question", "model = None", (1,), 100, "it is so", extra=10)
    assert judged(case, said) == said | {"verdict": verdict}

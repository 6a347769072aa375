"""Every operation of a calculation on paper, and steps that do not follow from their numbers."""

from __future__ import annotations

from math import erf, exp, isclose, log, sqrt, tanh

import numpy as np
import pytest

from convwise.reference.by_hand.contract import OPS, Grid, Step, Worked, redone
from tests.reference.by_hand.checked import steps_that_fail

_EXPECTED: dict[str, tuple[tuple[object, ...], float]] = {
    "sum of products": (([1, 2], [3, -4]), -5),
    "sum": (([[1, 2], [3, 4]], 5), 15),
    "mean": (([1, 2, 6],), 3),
    "maximum": (([1, 7], 4), 7),
    "minimum": (([3, 7], 4), 3),
    "product": (([2, 3], 4), 24),
    "difference": ((2, 5), -3),
    "quotient": ((3, 4), 0.75),
    "mean of squares": (([1, 3],), 5),
    "sum of powers": (([1, 2], 3), 9),
    "square root": ((9,), 3),
    "exponential": ((2,), exp(2)),
    "sum of exponentials": (([1, 2],), exp(1) + exp(2)),
    "logarithm": ((2,), log(2)),
    "power": ((2, 3), 8),
    "tanh": ((0.5,), tanh(0.5)),
    "sigmoid": ((0.5,), 1 / (1 + exp(-0.5))),
    "error function": ((0.5,), erf(0.5)),
    "copy": ((4,), 4),
}


@pytest.mark.parametrize("op", OPS)
def test_each_operation_gives_its_number(op: str) -> None:
    numbers, expected = _EXPECTED[op]
    grids = tuple([Grid("given", np.asarray(one, dtype=np.float64)) for one in numbers])
    assert isclose(redone(Step("tried", op, grids, 0.0)), expected, rel_tol=1e-15)


def _worked(*steps: Step) -> Worked:
    return Worked("a number", (0,), "y", steps, steps[-1].value)


def test_a_step_that_does_not_follow_is_found() -> None:
    two = Grid("two", np.array([2.0, 3.0]))
    right, wrong = Step("add", "sum", (two,), 5.0), Step("add", "sum", (two,), 5.1)
    assert steps_that_fail(_worked(right)) == []
    assert "gives 5.0, not 5.1" in steps_that_fail(_worked(wrong))[0]


def test_a_step_that_leads_nowhere_is_found() -> None:
    number = Grid("given", np.array(2.0))
    first = Step("root", "square root", (number,), sqrt(2.0))
    assert (
        "leads to no later step"
        in steps_that_fail(_worked(first, Step("y", "copy", (number,), 2.0)))[0]
    )

"""The search for the largest number: right, and with few questions."""

from __future__ import annotations

import random

import pytest

from convwise.analyses.fit.asking import CLOSE, MOST, largest


@pytest.mark.parametrize("power", [1, 2])
def test_the_largest_that_fits(power: int) -> None:
    questions = []
    for seed in range(300):
        draw = random.Random(seed)
        base, slope = draw.uniform(0, 1e9), draw.choice([1e3, 1e5, 1e7, 1e8])
        budget = int(draw.uniform(0, 1e10))
        jump = draw.choice([0, 1e8])
        asked: list[int] = []

        def need(number: int) -> int:
            asked.append(number)  # noqa: B023 - used before the next round
            return int(base + slope * number**power + jump * (number > 50))  # noqa: B023

        found = largest(need, budget, lambda number: float(number**power))
        questions.append(len(asked))
        exact = next((n for n in range(found, MOST + 1) if need(n + 1) > budget), MOST)
        assert found <= exact <= max(found * CLOSE, found)
        assert found == 0 or need(found) <= budget
    assert max(questions) <= 15
    assert sum(questions) / len(questions) <= 6


def test_nothing_fits_and_everything_fits() -> None:
    assert largest(lambda _: 2, 1, float) == 0
    assert largest(lambda _: 1, 1, float, 100) == 100

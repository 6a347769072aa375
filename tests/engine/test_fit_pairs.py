"""Plans that are promised to fit do fit, in fresh processes; the whole table is a command."""

from __future__ import annotations

import pytest

from convwise.analyses.fit.again import tightest
from convwise.analyses.fit.plan import Plan
from convwise.measure.asking import Asked

from .fit_pairs import FAST, PAIRS, Pair, answered, carried_out, largest_batch, outcome


def _quiet(done: int, total: int, what: str) -> None:
    """Shows no progress."""


def test_a_promise_is_kept() -> None:
    graph = PAIRS[0].read().graph
    plan = Plan(8, recompute=tightest(graph, Plan(8)))
    with Asked(1, _quiet) as predict:
        promised = predict(graph, plan.training()).process
    took = carried_out(graph, plan)["process_bytes"]
    assert promised is not None
    assert 0.85 * promised[0] < took <= promised[1]


@pytest.mark.slow
@pytest.mark.parametrize("pair", FAST, ids=lambda pair: f"{pair.name}-{pair.budget >> 20}")
def test_plans_stay_within_their_budget(pair: Pair) -> None:
    answer = answered(pair)
    assert answer.best is not None
    assert outcome(pair, answer.options[answer.best]).held
    fits, above = largest_batch(pair, answer)
    assert fits <= pair.budget < above


def test_there_are_twenty_pairs() -> None:
    assert len(PAIRS) == 20

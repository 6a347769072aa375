"""Plans that are promised to fit do fit, in fresh processes; the whole table is a command."""

from __future__ import annotations

from pathlib import Path

import pytest

import convwise
from convwise.analyses.fit.again import tightest
from convwise.analyses.fit.plan import Plan
from convwise.measure.asking import Asked

from .fit_pairs import EQUAL, FAST, PAIRS, Pair, carried_out, distance, proof
from .networks import residual


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
    found = proof(pair)
    assert found.kept, found
    assert found.largest


def test_there_are_twenty_pairs() -> None:
    assert len(PAIRS) == 20


@pytest.mark.slow
def test_other_gradients_are_told_apart(tmp_path: Path) -> None:
    graph = convwise.read(residual(), (3, 16, 16)).graph
    names = tuple([layer.name for layer in graph.layers if layer.name != "input"])
    assert distance(graph, Plan(4, recompute=(names[1:3],)), tmp_path) < EQUAL
    # Batch statistics of two examples at once are not those of four.
    assert distance(graph, Plan(2, 2), tmp_path) > EQUAL

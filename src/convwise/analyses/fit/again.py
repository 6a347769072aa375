"""Finds what to compute again so that a step fits: the least work that a prediction accepts."""

from __future__ import annotations

from typing import Final

from convwise.analyses.fit.asking import Asking, process_bytes
from convwise.analyses.fit.plan import Plan
from convwise.analyses.fit.schedule import Schedule, nothing, schedule, smallest
from convwise.analyses.fit.stretches import Stretches, stretches
from convwise.graph.nodes import Graph

Segments = tuple[tuple[str, ...], ...]

#: How often a better schedule is looked for.
_TRIES: Final = 6
_DTYPES: Final = {"bf16-mixed": "bfloat16", "float64": "float64"}


def tightest(graph: Graph, plan: Plan) -> Segments:
    """The runs with which a step needs the fewest bytes; they are the same at every batch."""
    parts = _parts(graph, plan)
    return _named(parts, smallest(parts))


def cheapest(graph: Graph, plan: Plan, asking: Asking) -> Segments | None:
    """The runs of least work with which the plan fits; None when no choice of runs does.

    The model of `stretches` ranks schedules, the prediction decides: the limit in the model is
    moved to where predictions meet the budget.
    """
    parts = _parts(graph, plan)
    least, most = smallest(parts), nothing(parts)
    best = _named(parts, least)
    need = _need(graph, plan, best, asking)
    if need > asking.budget_bytes:
        return None
    # (limit in the model, predicted bytes) of what fits, and of what does not.
    inside = (least.peak_bytes, need)
    outside = (most.peak_bytes, _need(graph, plan, (), asking))
    if outside[1] <= asking.budget_bytes:
        return ()
    work = least.work
    for _ in range(_TRIES):
        limit = _between(inside, outside, asking.budget_bytes)
        found = schedule(parts, limit)
        if found is None or found.work >= work:
            inside = (max(limit, inside[0] + 1), inside[1])
        else:
            named = _named(parts, found)
            need = _need(graph, plan, named, asking)
            if need <= asking.budget_bytes:
                best, work, inside = named, found.work, (limit, need)
            else:
                outside = (limit, need)
        if outside[0] - inside[0] <= max(1, most.peak_bytes // 500):
            break
    return best


def _between(inside: tuple[int, int], outside: tuple[int, int], budget: int) -> int:
    """Where a straight line meets the budget, not too close to either end."""
    (low, need_low), (high, need_high) = inside, outside
    share = (budget - need_low) / max(need_high - need_low, 1)
    return low + round(min(max(share, 0.1), 0.9) * (high - low))


def _need(graph: Graph, plan: Plan, segments: Segments, asking: Asking) -> int:
    tried = Plan(plan.batch, plan.accumulation, segments, plan.precision, plan.optimizer)
    return process_bytes(asking.estimate(graph, tried.training()))[1]


def _parts(graph: Graph, plan: Plan) -> Stretches:
    return stretches(graph, plan.batch, _DTYPES.get(plan.precision, "float32"))


def _named(parts: Stretches, found: Schedule) -> Segments:
    """Runs of layers by name. Runs that touch stay two: each is computed again by itself."""
    return tuple(
        [
            tuple([name for part in parts.all[first:end] for name in part.layers])
            for first, end in found.runs
        ]
    )

"""Multiply-adds of a training step of a plan: what it does anew and what it does again."""

from __future__ import annotations

from convwise.analyses.costs import costs
from convwise.analyses.evaluate import at_batch
from convwise.analyses.fit.plan import Plan
from convwise.analyses.recomputation import Segments, node_runs
from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph


def step_macs(graph: Graph, plan: Plan) -> int:
    """Forward, backward and what is computed again, of all examples of the plan."""
    once = _plain(graph, plan.batch) + again_macs(graph, plan.batch, plan.recompute)
    return once * plan.accumulation


def again_macs(graph: Graph, batch: int, segments: Segments) -> int:
    """Of the forward passes that are done a second time."""
    steps = at_batch(graph, batch)
    runs = node_runs(graph, segments)
    nodes = [node for first, end in runs for node in range(first, end)]
    return sum([_whole(steps[node].asked.macs.forward) for node in nodes])


def _plain(graph: Graph, batch: int) -> int:
    found = costs(graph, at_batch(graph, batch))
    known = [cost for cost in found if cost is not None]
    return sum(
        [
            _whole(cost.forward) + _whole(cost.input_gradient) + _whole(cost.weight_gradient)
            for cost in known
        ]
    )


def _whole(amount: Dim) -> int:
    assert type(amount) is int, "the graph's sizes are closed before it is planned for"
    return amount

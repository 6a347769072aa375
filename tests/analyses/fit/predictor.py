"""A simple prediction for tests: weights, what backward keeps, and what moves; no workspace."""

from __future__ import annotations

from convwise.analyses.fit.stretches import stretches
from convwise.analyses.memory.options import Estimate, Training
from convwise.analyses.recomputation import layer_calls, node_runs
from convwise.graph.nodes import Graph

#: What a process takes besides its tensors here.
IMPORTS_BYTES = 50_000_000


class Predictor:
    """Counts how often it is asked; `spread`: the high end over the low one."""

    def __init__(self, spread: float = 1.0, seconds_per_mac: float | None = None) -> None:
        self.asked = 0
        self.spread = spread
        self.seconds_per_mac = seconds_per_mac

    def __call__(self, graph: Graph, training: Training) -> Estimate:
        self.asked += 1
        dtype = "bfloat16" if training.precision == "bf16-mixed" else "float32"
        weights = sum([int(str(weight.elements)) for weight in graph.weights.values()])
        states = 2 + 2 * (training.optimizer in ("adam", "adamw"))
        tensors = 4 * weights * states + _activations(graph, training, dtype)
        high = int(tensors * self.spread)
        seconds = None if self.seconds_per_mac is None else tensors * self.seconds_per_mac
        process = (IMPORTS_BYTES + tensors, IMPORTS_BYTES + high)
        return Estimate(tensors, high, "rules", process, seconds)


def _activations(graph: Graph, training: Training, dtype: str) -> int:
    """The peak, told layer by layer as `schedule` models it."""
    parts = stretches(graph, training.batch, dtype)
    calls = layer_calls(graph)
    assert len(parts.all) == len(calls), "for small networks only"
    place_of = {first: place for place, (_, first, _) in enumerate(calls)}
    end_of = {end: place + 1 for place, (_, _, end) in enumerate(calls)}
    runs = {place_of[a]: end_of[b] for a, b in node_runs(graph, training.recompute)}
    kept = peak = place = 0
    while place < len(calls):
        end = runs.get(place, place + 1)
        inside = sum([part.kept_bytes for part in parts.all[place:end]])
        moving = max([part.moving_bytes for part in parts.all[place:end]])
        left = parts.leaving(place, end) if place in runs else 0
        peak = max(peak, kept + inside + moving + left)
        kept += left if place in runs else inside
        place = end
    return peak

"""The order in which Keras lists the layers of a functional model; must never build anything.

Keras sorts layers by their depth, the longest way to an output, and layers of one depth by when a
walk from the outputs to the inputs meets them first (keras.src.ops.function.map_graph).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from convwise.dialects.keras.recording import Recording
from convwise.graph.nodes import Value


def listed(
    recording: Recording, nodes: Sequence[int], starts: Sequence[Value], stops: Sequence[Value]
) -> list[Any]:
    """The layers called between starts and stops, as `model.layers` has them."""
    parents = _parents(recording, nodes)
    ends = [recording.steps[value.node].call for value in stops]
    met, order = _walk(parents, ends)
    depth: dict[Any, int] = {}
    calls: dict[int, int] = {}
    for call in reversed(order):
        layer = recording.callers[call]
        depth[layer] = calls[call] = max(calls.get(call, 0), depth.get(layer, 0))
        for parent in parents.get(call, ()):
            calls[parent] = max(calls.get(parent, 0), calls[call] + 1)
    for value in starts:
        depth.setdefault(recording.callers[recording.steps[value.node].call], 0)
    places: dict[Any, int] = {}
    for call in met:
        places.setdefault(recording.callers[call], len(places))
    return sorted(depth, key=lambda layer: (-depth[layer], places.get(layer, len(places))))


def _parents(recording: Recording, nodes: Iterable[int]) -> dict[int, list[int]]:
    """For every call, the calls whose outputs it takes, in order."""
    found: dict[int, dict[int, None]] = {}
    for node in nodes:
        step = recording.steps[node]
        own = found.setdefault(step.call, {})
        for value in step.inputs:
            call = recording.steps[value.node].call
            if call != step.call:
                own[call] = None
    return {call: list(own) for call, own in found.items()}


def _walk(parents: dict[int, list[int]], ends: Sequence[int]) -> tuple[list[int], list[int]]:
    """Calls when they are met, and when all before them are done, from the outputs backwards."""
    met: dict[int, None] = {}
    done: dict[int, None] = {}
    for end in ends:
        waiting = [end]
        while waiting:
            call = waiting[-1]
            if call in done:
                waiting.pop()
                continue
            met[call] = None
            left = [one for one in parents.get(call, ()) if one not in done]
            if left:
                waiting.append(left[0])
            else:
                done[waiting.pop()] = None
    return list(met), list(done)

"""Predicts a step and runs it, each in a process of its own; shows nothing.

A fresh process has nothing in its heap and its libraries that an earlier job left there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from convwise.analyses.measurement import Measured, Measurement, PartTime, Predicted
from convwise.analyses.memory.options import Training
from convwise.graph.nodes import Graph
from convwise.measure.machine_state import must_fit
from convwise.measure.workers import Progress, Worker


def measure_step(
    graph: Graph,
    training: Training | None,
    batch: int,
    *,
    threads: int,
    progress: Progress,
    heap: str = "usual",
    force: bool = False,
) -> Measurement:
    """Predict a step, then run it for the truth.

    heap: what the process does with freed memory, one of `convwise.engine.heap.HEAPS`; besides
    "usual" the time of "kept" is taken, too. force: run also what is predicted not to fit.
    Operators that the cost store does not have are measured first. Raises ConvwiseError for a
    network that has no PyTorch code or does not run, UsageError where nothing can be measured, or
    for a step that would not fit into the memory that is available.
    """
    given = asdict(training) if training is not None else None

    def answer(verb: str, heap: str = heap) -> dict[str, Any]:
        with Worker(threads, progress) as worker:
            return worker.ask(verb, graph, training=given, batch=batch, heap=heap)

    expected = _expected(answer)
    if not force:
        must_fit(expected.peak_bytes)
    truth = answer("run")
    warm = answer("run", "kept") if heap == "usual" else None
    found = Measured(
        peak_bytes=truth["peak_bytes"],
        process_bytes=truth["process_bytes"],
        imported_bytes=truth["imported_bytes"],
        seconds=truth["seconds"],
        seconds_low=truth["seconds_low"],
        seconds_high=truth["seconds_high"],
        steps=truth["steps"],
        by_phase=truth["by_phase"],
        by_layer=_layers(truth["by_layer"]),
        kept_heap_seconds=None if warm is None else warm["seconds"],
    )
    return Measurement(graph.name, batch, training, threads, expected, found)


def _expected(answer: Callable[[str], dict[str, Any]]) -> Predicted:
    found = answer("predict")
    own, grown = found["own_bytes"], found["grown_bytes"]
    if own is None:
        own = answer("own")["own_bytes"]
    return _predicted(found, None if grown is None else own + grown)


def _predicted(answer: dict[str, Any], process_bytes: int | None) -> Predicted:
    return Predicted(
        peak_bytes=answer["peak_bytes"],
        peak_layer=answer["peak_layer"],
        peak_phase=answer["peak_phase"],
        lasting_bytes=answer["lasting_bytes"],
        process_bytes=process_bytes,
        seconds=answer["seconds"],
        kept_heap_seconds=answer["kept_heap_seconds"],
        by_phase=answer["by_phase"],
        by_layer=_layers(answer["by_layer"]),
        operators=answer["operators"],
        measured_operators=answer["measured_operators"],
        measuring_seconds=answer["measuring_seconds"],
        environment=answer["environment"],
        troubles=tuple(answer["troubles"]),
    )


def _layers(found: dict[str, Any]) -> dict[str, PartTime]:
    return {
        name: PartTime(share["seconds"], share["peak_bytes"], share["calls"])
        for name, share in found.items()
    }

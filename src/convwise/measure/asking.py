"""Asks one process for estimates, as long as there are questions; measures nothing."""

from __future__ import annotations

from dataclasses import asdict
from types import TracebackType
from typing import final

from convwise.analyses.memory.options import Estimate, Training
from convwise.graph.nodes import Graph
from convwise.measure.workers import Progress, Worker


@final
class Asked:
    """Calibrated estimates: `with Asked(threads) as predict: predict(graph, training)`.

    The process starts with the first question and ends with the block. Raises ConvwiseError for a
    network that has no PyTorch code or does not run, UsageError where nothing can be measured.
    timed: with the seconds of a step, which takes longer to measure.
    """

    def __init__(self, threads: int, progress: Progress, *, timed: bool = False) -> None:
        self._worker = Worker(threads, progress)
        self._timed = timed

    def __enter__(self) -> Asked:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._worker.__exit__(kind, error, trace)

    def __call__(self, graph: Graph, training: Training) -> Estimate:
        """The estimate of a training step."""
        found = self._worker.ask("estimate", graph, training=asdict(training), timed=self._timed)
        return Estimate(**{**found, "process": tuple(found["process"])})

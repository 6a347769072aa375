"""Estimates steps of many networks and trainings in one process; starts none for a network.

The process must be one that counts its allocations: operators that the cost store does not know
are measured when they are first met.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, final

import torch
from torch.utils._pytree import tree_leaves

from convwise.analyses.memory.options import Estimate, Training
from convwise.costs.store import Record
from convwise.errors import ConvwiseError
from convwise.graph.nodes import Graph
from convwise.measure.around import overheads
from convwise.measure.calibration import added_bytes
from convwise.measure.known import Known
from convwise.measure.machine_state import available_bytes
from convwise.measure.operators import Shape
from convwise.measure.predicted import predict
from convwise.measure.subjects import subject_of
from convwise.measure.tracing import Event, Watched, watched

Progress = Callable[[int, int, str], None]

#: As the store calls what an empty process takes that trains.
_OWN: Final = "a process that carries out plans"
#: Tensors and the scratch inside of operators, over the tensors alone: 1.34 at most was measured.
_SCRATCH: Final = 1.5
#: No operator takes more scratch than so many times its arguments and results.
_MOST_SCRATCH: Final = 3
#: Libraries keep packed weights and compiled kernels, the heap keeps small blocks: so much of the
#: tensors, and so many bytes, may come on top.
_KEPT_SHARE: Final = 0.01
_KEPT_BYTES: Final = 12 * 1024 * 1024
#: Every operator of a step leaves nodes, Python's objects and small blocks, and pages of libraries
#: that an empty process does not touch: 5 KiB were measured, 7 KiB with recomputation.
_KEPT_BY_OPERATOR: Final = 8 * 1024


@final
class Estimator:
    """Memory and time of training steps from operators measured on this machine.

    The process is one whose heap gives memory back (`engine.heap`): what an empty process takes,
    plus the tensors and scratch of the step. Seconds are those of a warm heap.
    """

    __slots__ = ("_known", "_peaks", "_progress", "_threads")

    def __init__(self, threads: int, folder: Path, progress: Progress) -> None:
        torch.set_num_threads(threads)
        self._threads = threads
        self._progress = progress
        self._known = Known(threads, folder, progress)
        self._peaks: dict[str, int] = {}

    def estimate(self, graph: Graph, training: Training, *, timed: bool = False) -> Estimate:
        """The bytes and, where they are asked for, the seconds of a step.

        Without seconds only the memory of those operators is measured that can be at the peak, by
        one call each. A step whose tensors alone are more than this machine has is not measured:
        its level is "traced", and its high end leaves room for scratch. Raises ConvwiseError for a
        network that has no PyTorch code or does not run.
        """
        subject = subject_of(graph, training.recompute)
        self._progress(0, 0, f"following a step of {training.batch}")
        # Later steps are for the replay of the heap.
        seen = watched(subject.module, subject.inputs(training.batch), training, steps=2)
        own = self._own_bytes()
        least = seen.tensor_bytes
        free = available_bytes()
        if free is not None and least > free:
            most = int(_SCRATCH * least)
            return Estimate(least, most, "traced", (own + least, own + most))
        seconds = self._seconds(seen) if timed else None
        peak = max([least, *[event.live_bytes + self._adds(event, least) for event in seen.events]])
        kept = _KEPT_BYTES + _KEPT_BY_OPERATOR * len(seen.events)
        most = own + peak + int(_KEPT_SHARE * peak) + kept
        return Estimate(peak, peak, "calibrated", (own + peak, most), seconds)

    def _seconds(self, seen: Watched) -> float:
        """Of the whole step; every operator that the store does not know is measured."""
        self._known.measured([event.operator for event in seen.events])
        records = self._known.records
        return predict(seen, records, overheads(records)).seconds

    def _adds(self, event: Event, least: int) -> int:
        """Bytes that an operator adds at most, measured where that could be the peak."""
        operator = event.operator
        if operator.moves_nothing:
            return 0
        given = tree_leaves((operator.args, operator.kwargs), _is_shape)
        known = sum([leaf.bytes for leaf in given if isinstance(leaf, Shape)]) + event.new_bytes
        if event.live_bytes + _MOST_SCRATCH * known + _KEPT_BYTES < least:
            return event.new_bytes
        key = operator.shape_key
        if key not in self._peaks:
            record = self._known.get(operator.key)
            measured = record.peak_bytes if record is not None else None
            if measured is None:
                self._progress(0, 0, operator.name)
                measured = added_bytes(operator, self._known.counter)
            self._peaks[key] = measured
        return max(self._peaks[key], event.new_bytes)

    def _own_bytes(self) -> int:
        """What a process takes for itself that carries out plans, measured in one, once."""
        if self._known.get(_OWN) is None:
            self._progress(0, 0, "measuring an empty process")
            self._known.keep({_OWN: Record(None, None, 1, peak_bytes=self._empty_process_bytes())})
        return self._known.records[_OWN].peak_bytes or 0

    def _empty_process_bytes(self) -> int:
        """Without the counter of allocations, whose table is memory too."""
        around = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
        command = [sys.executable, "-m", "convwise.engine.empty", str(self._threads)]
        done = subprocess.run(command, capture_output=True, text=True, env=around, check=False)
        if done.returncode or not done.stdout.strip().isdigit():
            raise ConvwiseError("what an empty process takes could not be measured")
        return int(done.stdout)


def _is_shape(leaf: Any) -> bool:
    """Shapes are tuples too: they are leaves here."""
    return isinstance(leaf, Shape)

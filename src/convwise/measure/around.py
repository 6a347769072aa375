"""What this machine adds around operators: Python, autograd, fresh memory; predicts nothing.

An operator measured by itself misses two things of a step: the time between operators, and that
memory which was given back to the system comes as new pages, each zeroed when it is first touched.
"""

from __future__ import annotations

import mmap
import statistics
import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, Final

import torch
from torch import nn

from convwise.analyses.memory.options import Training
from convwise.costs.store import Record
from convwise.measure.allocations import Counter
from convwise.measure.calibration import Progress, measure
from convwise.measure.operators import Shape
from convwise.measure.predicted import Overheads
from convwise.measure.steps import Run
from convwise.measure.tracing import Watched, watched

#: The names under which the store keeps what is found here.
OPERATIONS: Final = {
    "forward": "around one of many operators of a forward pass",
    "backward": "around one of many operators of a backward pass",
    "optimizer": "around one of many operators of an optimizer step",
    "fresh": "a fresh MiB of memory",
}
_PHASES: Final = ("forward", "backward", "optimizer")
#: MiB of memory that are taken anew.
_BLOCKS: Final = 128
_MIB: Final = 2**20
_STEPS: Final = 30
#: The input of the reference network.
_REFERENCE: Final = Shape((4, 16, 32, 32), (16384, 1024, 32, 1), torch.float32)
#: The input of the small network.
SMALL: Final = Shape((1, 4, 4, 4), (64, 16, 4, 1), torch.float32)


def overheads(records: Mapping[str, Record]) -> Overheads:
    """The figures of these records."""
    return Overheads(*[records[OPERATIONS[phase]].seconds or 0.0 for phase in _PHASES])


def fresh_seconds(records: Mapping[str, Record]) -> float:
    """Seconds of a fresh byte of memory."""
    return (records[OPERATIONS["fresh"]].seconds or 0.0) / _MIB


def measure_around(counter: Counter, progress: Progress) -> dict[str, Record]:
    """Measure them, in a few seconds."""
    found = _around_operators(counter, progress)
    found[OPERATIONS["fresh"]] = _record([_fresh_seconds() for _ in range(7)])
    return found


def _record(values: list[float]) -> Record:
    ordered = sorted(values)
    quarter = len(ordered) // 4
    spread = ordered[-1 - quarter] - ordered[quarter]
    return Record(max(statistics.median(ordered), 0.0), spread, len(ordered))


def _fresh_seconds() -> float:
    """Of one MiB: mapped anew, touched and given back, less when it was there already."""
    size = _BLOCKS * _MIB

    def fill(memory: mmap.mmap) -> None:
        torch.frombuffer(memory, dtype=torch.float32).fill_(1.0)

    started = time.perf_counter()
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        fill(memory)
        warm = _seconds(lambda: fill(memory))
    return (time.perf_counter() - started - 2 * warm) / _BLOCKS


def _seconds(*calls: Callable[[], object]) -> float:
    started = time.perf_counter()
    for call in calls:
        call()
    return time.perf_counter() - started


def _around_operators(counter: Counter, progress: Progress) -> dict[str, Record]:
    """From a network of many short operators, whose data put the code out of the nearest caches."""
    training = Training(batch=_REFERENCE.size[0], optimizer="adam")
    seen = watched(_reference_network, (_REFERENCE,), training)
    moving = [event.operator for event in seen.events if not event.operator.moves_nothing]
    records = measure(moving, counter, progress)
    run = Run(_reference_network(), (torch.rand(_REFERENCE.size),), training)
    for _ in range(5):
        run()
    steps = [phase_seconds(run) for _ in range(_STEPS)]
    return {
        OPERATIONS[phase]: _record([_between(seen, records, phase, step[phase]) for step in steps])
        for phase in _PHASES
    }


def _between(seen: Watched, records: dict[str, Record], phase: str, seconds: float) -> float:
    """Seconds per operator that the operators themselves do not explain."""
    mine = [event for event in seen.events if event.phase == phase]
    known = sum(
        [
            records[event.operator.key].seconds or 0.0
            for event in mine
            if not event.operator.moves_nothing
        ]
    )
    return (seconds - known) / len(mine)


def phase_seconds(run: Run) -> dict[str, float]:
    """Seconds of one step by phase."""
    marks: list[tuple[str, float]] = []
    run(lambda phase: marks.append((phase, time.perf_counter())))
    marks.append(("", time.perf_counter()))
    found: dict[str, float] = {}
    for (phase, start), (_, end) in pairwise(marks):
        found[phase] = found.get(phase, 0.0) + end - start
    return found


def _reference_network() -> Any:
    """Each layer has other numbers of channels: libraries run code of its own for it, cold code."""
    widths = [_REFERENCE.size[1], *range(9, 33)]
    parts: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        parts += [nn.Conv2d(inputs, outputs, 1), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*parts)


def small_network() -> Any:
    """A network so small that its step is nothing but calls."""
    parts: list[nn.Module] = []
    for _ in range(12):
        parts += [nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4), nn.ReLU()]
    return nn.Sequential(*parts)

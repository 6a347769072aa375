"""What this machine adds around operators: Python, autograd, fresh memory; predicts nothing.

An operator measured by itself misses two things of a step: the time between operators, and that
memory which was given back to the system comes as new pages, each zeroed when it is first touched.
"""

from __future__ import annotations

import ctypes
import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

import torch
from torch import nn

from convwise.analyses.memory.options import Training
from convwise.costs.store import Record
from convwise.measure.allocations import Counter
from convwise.measure.calibration import measure
from convwise.measure.operators import Shape
from convwise.measure.predicted import Overheads
from convwise.measure.steps import Run
from convwise.measure.tracing import Watched, watched

#: The names under which the store keeps what is found here.
OPERATIONS: Final = {
    "forward": "around an operator of a forward pass",
    "backward": "around an operator of a backward pass",
    "optimizer": "around an operator of an optimizer step",
    "fresh": "a fresh MiB of memory",
    "whole": "a step of the reference network",
    "parts": "the operators of that step, one by one",
}
_PHASES: Final = ("forward", "backward", "optimizer")
_BLOCKS: Final = 32
_BLOCK: Final = 1024 * 1024
_MIB: Final = 2**20
_STEPS: Final = 30
#: The input of the small network.
_REFERENCE: Final = Shape((4, 3, 96, 96), (27648, 9216, 96, 1), torch.float32)
SMALL: Final = Shape((1, 4, 4, 4), (64, 16, 4, 1), torch.float32)


def overheads(records: dict[str, Record]) -> Overheads:
    """The figures of these records."""
    seconds = {name: records[text].seconds or 0.0 for name, text in OPERATIONS.items()}
    return Overheads(
        seconds["forward"],
        seconds["backward"],
        seconds["optimizer"],
        seconds["fresh"] / _MIB,
        max(seconds["whole"] / seconds["parts"], 1.0) if seconds["parts"] else 1.0,
    )


def measure_around(counter: Counter) -> dict[str, Record]:
    """Measure them, in a few seconds."""
    found = _around_operators(counter)
    cold = [_fresh_seconds() for _ in range(7)]
    found[OPERATIONS["fresh"]] = _record(cold)
    return {**found, **_whole_and_parts(counter)}


def _whole_and_parts(counter: Counter) -> dict[str, Record]:
    """A network of usual size: its caches and pages are shared, unlike those of one operator."""
    training = Training(batch=_REFERENCE.size[0], optimizer="sgd")
    seen = watched(_reference_network, (_REFERENCE,), training)
    moving = [event.operator for event in seen.events if not event.operator.moves_nothing]
    records = measure(moving, counter, lambda done, total, what: None)
    parts = sum([records[operator.key].seconds or 0.0 for operator in moving])
    run = Run(_reference_network(), (torch.rand(_REFERENCE.size),), training)
    for _ in range(3):
        run()
    steps = [_seconds(run) for _ in range(_STEPS)]
    return {OPERATIONS["whole"]: _record(steps), OPERATIONS["parts"]: Record(parts, None, 1)}


def _record(values: list[float]) -> Record:
    ordered = sorted(values)
    quarter = len(ordered) // 4
    spread = ordered[-1 - quarter] - ordered[quarter]
    return Record(max(statistics.median(ordered), 0.0), spread, len(ordered))


def _fresh_seconds() -> float:
    """Of one MiB: taken from the system, touched and given back, less when it was there already."""
    libc = ctypes.CDLL(None)
    trim: Callable[[int], int] = getattr(libc, "malloc_trim", lambda pad: 0)
    # Freeing a large block lets the C library keep blocks up to this size in its heap.
    large = torch.empty(7 * _BLOCK)
    del large
    _fill()
    trim(0)
    fresh = _seconds(_fill, lambda: trim(0))
    kept = [torch.empty(_BLOCK) for _ in range(_BLOCKS)]
    # A block behind the others: what they leave is not at the end, and stays.
    plug = torch.empty(_BLOCK // 16)
    for block in kept:
        block.fill_(1.0)
    kept.clear()
    warm = _seconds(_fill)
    del plug
    return (fresh - warm) / (_BLOCKS * _BLOCK * 4 / _MIB)


def _fill() -> None:
    blocks = [torch.empty(_BLOCK) for _ in range(_BLOCKS)]
    for block in blocks:
        block.fill_(1.0)


def _seconds(*calls: Callable[[], object]) -> float:
    started = time.perf_counter()
    for call in calls:
        call()
    return time.perf_counter() - started


def _around_operators(counter: Counter) -> dict[str, Record]:
    """From a network so small that its step is nothing but calls."""
    training = Training(batch=1, optimizer="adam")
    seen = watched(small_network, (SMALL,), training)
    moving = [event.operator for event in seen.events if not event.operator.moves_nothing]
    records = measure(moving, counter, lambda done, total, what: None)
    run = Run(small_network(), (torch.zeros(SMALL.size),), training)
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
    parts: list[nn.Module] = [nn.Conv2d(3, 32, 3, padding=1)]
    for _ in range(4):
        parts += [nn.Conv2d(32, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU()]
    parts += [nn.MaxPool2d(2), nn.Conv2d(32, 64, 1), nn.GELU(), nn.Conv2d(64, 64, 3, groups=64)]
    return nn.Sequential(*parts)


def small_network() -> Any:
    """A network so small that its step is nothing but calls."""
    parts: list[nn.Module] = []
    for _ in range(12):
        parts += [nn.Conv2d(4, 4, 1), nn.BatchNorm2d(4), nn.ReLU()]
    return nn.Sequential(*parts)

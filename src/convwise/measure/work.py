"""Jobs as they travel between processes, and what each of them does; knows no terminal."""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import torch

from convwise.analyses.memory.options import Training
from convwise.costs.store import Record
from convwise.engine.heap import keep_heap, use_heap
from convwise.engine.resident import status_bytes
from convwise.errors import UsageError
from convwise.graph.nodes import Graph
from convwise.measure.allocations import Counter, library
from convwise.measure.around import SMALL, fresh_seconds, overheads, phase_seconds, small_network
from convwise.measure.known import Known, environment_of
from convwise.measure.machine_state import must_fit
from convwise.measure.predicted import predict, shares
from convwise.measure.replay import Replayed, replay, script_of
from convwise.measure.steps import Run
from convwise.measure.subjects import Subject, subject_of
from convwise.measure.tracing import Watched, watched, watched_for_real

Progress = Callable[[int, int, str], None]
#: Steps before the measured ones: libraries compile kernels and pack weights in the first.
_WARM_STEPS: Final = 3
_LEAST_STEPS: Final = 5
_MOST_STEPS: Final = 60
_ENOUGH_SECONDS: Final = 3.0
#: What a process takes for itself, by whether it trains.
_OWN: Final = {True: "a process that trains", False: "a process that infers"}


@dataclass(frozen=True, slots=True)
class Job:
    """What to do with a network; `folder` is that of the cost store.

    `training` is None for inference of `batch` examples. `heap`: what the process does with
    freed memory, one of `convwise.engine.heap.HEAPS`.
    """

    graph: Graph
    batch: int
    training: Training | None
    threads: int
    folder: str
    heap: str = "usual"


def predicted(job: Job, progress: Progress) -> dict[str, Any]:
    """The step from measured operators; what the store does not have is measured and stored."""
    torch.set_num_threads(job.threads)
    subject = _subject(job)
    keep_heap()
    progress(0, 0, "following one step")
    seen = watched(subject.module, subject.inputs(job.batch), job.training)
    # Operators of a step that does not fit may not fit themselves.
    must_fit(seen.tensor_bytes)
    known = Known(job.threads, Path(job.folder), progress)
    started = time.perf_counter()
    fresh = known.measured([event.operator for event in seen.events])
    measuring = time.perf_counter() - started
    replayed = _replayed(job, seen, known.records)
    found = predict(seen, known.records, overheads(known.records))
    fresh_bytes = replayed.fresh_bytes if replayed else 0
    own = known.get(_OWN[job.training is not None])
    moving = [event.operator for event in seen.events if not event.operator.moves_nothing]
    return {
        **asdict(found),
        "seconds": found.seconds + fresh_bytes * fresh_seconds(known.records),
        "kept_heap_seconds": found.seconds,
        "grown_bytes": replayed.grown_bytes if replayed else None,
        "own_bytes": own.peak_bytes if own is not None else None,
        "operators": len({operator.key for operator in moving}),
        "measured_operators": fresh,
        "measuring_seconds": measuring,
        "environment": known.environment.name,
        "troubles": known.troubles,
    }


def _subject(job: Job) -> Subject:
    return subject_of(job.graph, job.training.recompute if job.training else ())


def _replayed(job: Job, seen: Watched, records: dict[str, Record]) -> Replayed | None:
    with tempfile.TemporaryDirectory() as folder:
        script = script_of(seen, records)
        return replay(script, library(Path(job.folder)), Path(folder), job.heap)


def own(job: Job, progress: Progress) -> dict[str, Any]:
    """What a process takes that runs next to nothing: its imports, what libraries load and keep."""
    torch.set_num_threads(job.threads)
    use_heap(job.heap)
    progress(0, 0, "measuring an empty process")
    # Writing a module loads what every job loads.
    _subject(job)
    run = Run(small_network(), (torch.zeros(SMALL.size),), job.training)
    for _ in range(_WARM_STEPS):
        run()
    taken = status_bytes("VmHWM") - _bytes(run.lasting())
    known = Known(job.threads, Path(job.folder), progress)
    known.keep({_OWN[job.training is not None]: Record(None, None, 1, peak_bytes=taken)})
    return {"own_bytes": taken}


def ran(job: Job, progress: Progress) -> dict[str, Any]:
    """The truth: the step is run, its memory counted and its time taken."""
    torch.set_num_threads(job.threads)
    use_heap(job.heap)
    counter = Counter()
    subject = _subject(job)
    imported = status_bytes("VmRSS")
    progress(0, 0, "warming up")
    run = _run_of(subject, job)
    for _ in range(_WARM_STEPS):
        run()
    gc.collect()
    seconds, peaks = _steps(run, counter, progress)
    if not counter.complete:
        raise UsageError(
            "there are more blocks of memory at once than can be counted",
            hint="a smaller network; convwise summary predicts its memory",
        )
    process = status_bytes("VmHWM")
    lasting = _bytes(run.lasting())
    phases = [phase_seconds(run) for _ in range(min(len(seconds), 9))]
    # The first time, libraries prepare themselves for what the dispatch mode hands them.
    watched_for_real(run, counter)
    layers = shares(watched_for_real(run, counter))
    quartiles = statistics.quantiles(seconds, n=4)
    return {
        "peak_bytes": lasting + max(peaks),
        "lasting_bytes": lasting,
        "process_bytes": process,
        "imported_bytes": imported,
        "seconds": statistics.median(seconds),
        "seconds_low": quartiles[0],
        "seconds_high": quartiles[2],
        "steps": len(seconds),
        "by_phase": {name: statistics.median([one[name] for one in phases]) for name in phases[0]},
        "by_layer": {name: asdict(share) for name, share in layers.items()},
        "environment": environment_of(job.threads).name,
    }


def _run_of(subject: Subject, job: Job) -> Run:
    torch.manual_seed(0)
    shapes = subject.inputs(job.batch)
    inputs = [
        torch.rand(s.size) if s.dtype.is_floating_point else torch.zeros(s.size, dtype=s.dtype)
        for s in shapes
    ]
    return Run(subject.module(), tuple(inputs), job.training)


def _steps(run: Run, counter: Counter, progress: Progress) -> tuple[list[float], list[int]]:
    """Seconds of each step and the most bytes it adds, until there is enough of them."""
    seconds: list[float] = []
    peaks: list[int] = []
    while len(seconds) < _LEAST_STEPS or (
        sum(seconds) < _ENOUGH_SECONDS and len(seconds) < _MOST_STEPS
    ):
        progress(len(seconds), 0, "running")
        counter.reset()
        before = counter.live_bytes
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
        peaks.append(counter.peak_bytes - before)
    return seconds, peaks


def _bytes(tensors: list[Any]) -> int:
    """Bytes of tensors, memory that they share once."""
    found = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in tensors}
    return sum(found.values())

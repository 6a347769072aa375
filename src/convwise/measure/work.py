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
from convwise.costs.key import Environment
from convwise.costs.machine import this_machine
from convwise.costs.store import Record, Store
from convwise.engine.heap import fix_thresholds, keep_heap
from convwise.measure.allocations import Counter, library
from convwise.measure.around import (
    OPERATIONS,
    SMALL,
    measure_around,
    overheads,
    phase_seconds,
    small_network,
)
from convwise.measure.calibration import measure
from convwise.measure.machine_state import must_fit
from convwise.measure.predicted import predict, shares
from convwise.measure.replay import Replayed, replay, script_of
from convwise.measure.steps import Run
from convwise.measure.subjects import Subject, stored
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
    """What to do with a network: `graph` is a file, `folder` that of the cost store.

    `training` is None for inference of `batch` examples. `fixed`: freed memory is given back to
    the system at once.
    """

    graph: str
    batch: int
    training: Training | None
    threads: int
    folder: str
    fixed: bool = False


def job_of(found: dict[str, Any]) -> Job:
    """A job that was written as JSON."""
    training = found["training"]
    if training is not None:
        runs = tuple([tuple(run) for run in training["recompute"]])
        training = Training(**{**training, "recompute": runs})
    return Job(**{**found, "training": training})


def environment_of(threads: int) -> Environment:
    """Where measurements of this process belong."""
    return Environment(this_machine(), (("torch", torch.__version__),), threads)


def predicted(job: Job, progress: Progress) -> dict[str, Any]:
    """The step from measured operators; what the store does not have is measured and stored."""
    torch.set_num_threads(job.threads)
    subject = _subject(job)
    keep_heap()
    progress(0, 0, "following one step")
    seen = watched(subject.module, subject.inputs(job.batch), job.training)
    # Operators of a step that does not fit may not fit themselves.
    must_fit(max([event.live_bytes + event.new_bytes for event in seen.events], default=0))
    store, environment = Store(Path(job.folder)), environment_of(job.threads)
    counter = Counter()
    wanted = {e.operator.key: e.operator for e in seen.events if not e.operator.moves_nothing}
    own = _OWN[job.training is not None]
    records = store.get_many(environment, [*wanted, *OPERATIONS.values(), own])
    around = [name for name in OPERATIONS.values() if name not in records]
    if around:
        progress(0, 0, "measuring this machine")
        records.update(_kept(store, environment, measure_around(counter)))
    missing = [operator for key, operator in wanted.items() if key not in records]
    started = time.perf_counter()
    fresh = measure(missing, counter, progress) if missing else {}
    records.update(_kept(store, environment, fresh))
    replayed = _replayed(job, seen, records)
    found = predict(seen, records, overheads(records), replayed.fresh_bytes if replayed else 0)
    return {
        **asdict(found),
        "grown_bytes": replayed.grown_bytes if replayed else None,
        "own_bytes": records[own].peak_bytes if own in records else None,
        "operators": len(wanted),
        "measured_operators": len(missing),
        "measuring_seconds": time.perf_counter() - started,
        "environment": environment.name,
        "troubles": store.troubles,
    }


def _subject(job: Job) -> Subject:
    return stored(Path(job.graph), job.training.recompute if job.training else ())


def _kept(store: Store, environment: Environment, fresh: dict[str, Record]) -> dict[str, Record]:
    if fresh:
        store.put_many(environment, fresh)
    return fresh


def _replayed(job: Job, seen: Watched, records: dict[str, Record]) -> Replayed | None:
    with tempfile.TemporaryDirectory() as folder:
        script = script_of(seen, records)
        return replay(script, library(Path(job.folder)), Path(folder), fixed=job.fixed)


def own(job: Job, progress: Progress) -> dict[str, Any]:
    """What a process takes that runs next to nothing: its imports, what libraries load and keep."""
    torch.set_num_threads(job.threads)
    if job.fixed:
        fix_thresholds()
    progress(0, 0, "measuring an empty process")
    # Reading a graph loads what every job loads.
    stored(Path(job.graph))
    run = Run(small_network(), (torch.zeros(SMALL.size),), job.training)
    for _ in range(_WARM_STEPS):
        run()
    taken = status_bytes("VmHWM") - _bytes(run.lasting())
    store, environment = Store(Path(job.folder)), environment_of(job.threads)
    record = Record(None, None, 1, peak_bytes=taken)
    store.put_many(environment, {_OWN[job.training is not None]: record})
    return {"own_bytes": taken}


def ran(job: Job, progress: Progress) -> dict[str, Any]:
    """The truth: the step is run, its memory counted and its time taken."""
    torch.set_num_threads(job.threads)
    if job.fixed:
        fix_thresholds()
    counter = Counter()
    subject = _subject(job)
    imported = status_bytes("VmRSS")
    progress(0, 0, "warming up")
    run = _run_of(subject, job)
    for _ in range(_WARM_STEPS):
        run()
    gc.collect()
    seconds, peaks = _steps(run, counter, progress)
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
        "complete": counter.complete,
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


def status_bytes(name: str) -> int:
    """What the system states of this process: VmRSS, resident now; VmHWM, the most so far."""
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0

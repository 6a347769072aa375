"""Starts the processes that measure, passes their progress on, brings their answers; runs nothing.

Each job has a fresh process: what an earlier one left in the heap or in a library is not in it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, Any

from convwise.analyses.measurement import Measured, Measurement, PartTime, Predicted
from convwise.analyses.memory.options import Training
from convwise.costs.store import default_folder
from convwise.errors import ConvwiseError, UsageError
from convwise.graph.nodes import Graph
from convwise.graph.serial import graph_to_json
from convwise.kinds.catalog import encode
from convwise.measure.allocations import environment
from convwise.measure.machine_state import must_fit
from convwise.measure.work import Job

Progress = Callable[[int, int, str], None]


def quiet(done: int, total: int, what: str) -> None:
    """Shows no progress."""


def predict_step(
    graph: Graph, training: Training | None, batch: int, *, threads: int, progress: Progress = quiet
) -> Predicted:
    """The calibrated prediction of a step; training None means inference of `batch` examples.

    Operators that the cost store does not have are measured first. Raises ConvwiseError for a
    network that has no PyTorch code or does not run, UsageError where nothing can be measured.
    """
    with tempfile.TemporaryDirectory() as folder:
        return _expected(_job(graph, training, batch, threads, folder), progress)


def measure_step(
    graph: Graph,
    training: Training | None,
    batch: int,
    *,
    threads: int,
    fixed: bool = False,
    force: bool = False,
    progress: Progress = quiet,
) -> Measurement:
    """Predict a step, then run it for the truth.

    fixed: freed memory is given back to the system at once, so that the resident memory follows
    the tensors. force: run also what is predicted not to fit. Raises as `predict_step`, and
    UsageError for a step that would not fit into the memory that is available.
    """
    with tempfile.TemporaryDirectory() as folder:
        job = replace(_job(graph, training, batch, threads, folder), fixed=fixed)
        expected = _expected(job, progress)
        if not force:
            must_fit(expected.peak_bytes)
        truth = _ask("run", job, progress)
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
    )
    return Measurement(graph.name, batch, training, threads, expected, found)


def _job(graph: Graph, training: Training | None, batch: int, threads: int, folder: str) -> Job:
    path = Path(folder) / "graph.json"
    path.write_text(json.dumps(graph_to_json(graph, encode)), "utf-8")
    return Job(str(path), batch, training, threads, str(default_folder()))


def _ask(verb: str, job: Job, progress: Progress) -> dict[str, Any]:
    """What the process for a job answers; it ends with this one."""
    path = Path(job.graph).with_name(f"{verb}.json")
    path.write_text(json.dumps({"verb": verb, **asdict(job)}), "utf-8")
    command = [sys.executable, "-m", "convwise.measure.worker", str(path)]
    around = {**environment(default_folder()), "OMP_NUM_THREADS": str(job.threads)}
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
        subprocess.Popen(
            command, env=around, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as worker,
    ):
        try:
            assert worker.stdout is not None
            answer = _listen(worker.stdout, progress)
        except BaseException:
            worker.kill()
            raise
        status = worker.wait()
        errors.seek(0)
        told = errors.read()
    if answer is None:
        raise _failed(status, told)
    return answer


def _listen(lines: IO[str], progress: Progress) -> dict[str, Any] | None:
    """The answer among the lines of a worker. Raises UsageError for an error it states."""
    for line in lines:
        told = json.loads(line)
        if "progress" in told:
            progress(*told["progress"])
        elif "error" in told:
            stated = told["error"]
            error = UsageError(stated["message"], hint=stated["hint"], line=stated["line"])
            raise error.at(layer=stated["layer"])
        else:
            answer: dict[str, Any] = told["answer"]
            return answer
    return None


def _failed(status: int, told: str) -> ConvwiseError:
    """Why a worker ended without an answer."""
    if status in (-9, 137):
        return ConvwiseError(
            "the process that measures was killed: there was not enough memory",
            hint="a smaller --batch or --input",
        )
    lines = [line for line in told.strip().splitlines() if line.strip()]
    last = lines[-1] if lines else f"exit status {status}"
    return ConvwiseError(f"the network does not run: {last}", hint="convwise summary shows it")


def _expected(job: Job, progress: Progress) -> Predicted:
    answer = _ask("predict", job, progress)
    own, grown = answer["own_bytes"], answer["grown_bytes"]
    if own is None:
        own = _ask("own", job, progress)["own_bytes"]
    return _predicted(answer, None if grown is None else own + grown)


def _predicted(answer: dict[str, Any], process_bytes: int | None) -> Predicted:
    return Predicted(
        peak_bytes=answer["peak_bytes"],
        peak_layer=answer["peak_layer"],
        peak_phase=answer["peak_phase"],
        lasting_bytes=answer["lasting_bytes"],
        process_bytes=process_bytes,
        seconds=answer["seconds"],
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

"""Asks a process of its own for estimates, as long as there are questions; measures nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, final

from convwise.analyses.memory.options import Estimate, Training
from convwise.costs.store import default_folder
from convwise.errors import ConvwiseError
from convwise.graph.nodes import Graph
from convwise.graph.serial import graph_to_json
from convwise.kinds.catalog import encode
from convwise.measure.allocations import environment

Progress = Callable[[int, int, str], None]


@final
class Asked:
    """Calibrated estimates: `with Asked(threads) as predict: predict(graph, training)`.

    The process starts with the first question and ends with the block. Raises ConvwiseError for a
    network that has no PyTorch code or does not run, UsageError where nothing can be measured.
    timed: with the seconds of a step, which takes longer to measure.
    """

    def __init__(self, threads: int, progress: Progress, *, timed: bool = False) -> None:
        self._threads = threads
        self._timed = timed
        self._progress = progress
        self._paths: dict[int, tuple[Graph, str]] = {}
        self._folder = tempfile.TemporaryDirectory()
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - as long as it
        self._worker: subprocess.Popen[str] | None = None

    def __enter__(self) -> Asked:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        worker = self._worker
        if worker is not None:
            if kind is not None:
                worker.kill()
            if worker.stdin is not None:
                worker.stdin.close()
            worker.wait()
            if worker.stdout is not None:
                worker.stdout.close()
        self._errors.close()
        self._folder.cleanup()

    def __call__(self, graph: Graph, training: Training) -> Estimate:
        """The estimate of a training step."""
        worker = self._worker or self._started()
        assert worker.stdin is not None
        question: dict[str, Any] = {"graph": self._path(graph), "training": asdict(training)}
        question["timed"] = self._timed
        try:
            print(json.dumps(question), file=worker.stdin, flush=True)
        except BrokenPipeError:
            raise self._ended(worker) from None
        return self._answer(worker)

    def _started(self) -> subprocess.Popen[str]:
        folder = default_folder()
        command = [sys.executable, "-m", "convwise.measure.asked", str(self._threads), str(folder)]
        threads = str(self._threads)
        around = {**os.environ, **environment(folder), "OMP_NUM_THREADS": threads}
        self._worker = subprocess.Popen(
            command,
            env=around,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        return self._worker

    def _path(self, graph: Graph) -> str:
        """The file of a graph, written once."""
        if id(graph) not in self._paths:
            path = Path(self._folder.name) / f"{len(self._paths)}.json"
            path.write_text(json.dumps(graph_to_json(graph, encode)), "utf-8")
            self._paths[id(graph)] = (graph, str(path))
        return self._paths[id(graph)][1]

    def _answer(self, worker: subprocess.Popen[str]) -> Estimate:
        assert worker.stdout is not None
        for line in worker.stdout:
            told: dict[str, Any] = json.loads(line)
            if "progress" in told:
                self._progress(*told["progress"])
            elif "error" in told:
                stated = told["error"]
                error = ConvwiseError(stated["message"], hint=stated["hint"], line=stated["line"])
                raise error.at(layer=stated["layer"])
            else:
                found = told["answer"]
                return Estimate(**{**found, "process": tuple(found["process"])})
        raise self._ended(worker)

    def _ended(self, worker: subprocess.Popen[str]) -> ConvwiseError:
        """Why the process ended without an answer."""
        status = worker.wait()
        self._errors.seek(0)
        lines = [line for line in self._errors.read().splitlines() if line.strip()]
        if status in (-9, 137):
            return ConvwiseError(
                "the process that measures was killed: there was not enough memory",
                hint="a smaller --batch or --input, or predictions by rules",
            )
        last = lines[-1] if lines else f"exit status {status}"
        return ConvwiseError(f"the network does not run: {last}", hint="convwise summary shows it")

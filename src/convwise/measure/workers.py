"""Starts a process that measures, asks it, passes its progress on; measures nothing.

Questions and answers are lines of JSON. A fresh process has nothing in its heap and its libraries
that an earlier question left there.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, final

from convwise.costs.store import default_folder
from convwise.errors import ConvwiseError, UsageError
from convwise.graph.nodes import Graph
from convwise.graph.serial import graph_to_json
from convwise.kinds.catalog import encode
from convwise.measure.allocations import environment

Progress = Callable[[int, int, str], None]


@final
class Worker:
    """A process whose allocations are counted: starts with the first question, ends with the block.

    An answer that is an error is raised as UsageError; a process that ended as ConvwiseError.
    """

    def __init__(self, threads: int, progress: Progress) -> None:
        self._threads = threads
        self._progress = progress
        self._folder = tempfile.TemporaryDirectory()
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - as long as it
        self._graphs: dict[int, tuple[Graph, str]] = {}
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        process = self._process
        if process is not None:
            if kind is not None:
                process.kill()
            if process.stdin is not None:
                process.stdin.close()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        self._errors.close()
        self._folder.cleanup()

    def ask(self, verb: str, graph: Graph, **details: Any) -> dict[str, Any]:
        """The answer to a question about a graph; the verbs are those of `measure.worker`."""
        process = self._process or self._started()
        assert process.stdin is not None
        question = {"verb": verb, "graph": self._path(graph), "threads": self._threads, **details}
        question["folder"] = str(default_folder())
        try:
            print(json.dumps(question), file=process.stdin, flush=True)
        except BrokenPipeError:
            raise self._ended(process) from None
        return self._listen(process)

    def _started(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "convwise.measure.worker"]
        around = {**environment(default_folder()), "OMP_NUM_THREADS": str(self._threads)}
        self._process = subprocess.Popen(
            command,
            env=around,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        return self._process

    def _path(self, graph: Graph) -> str:
        """The file of a graph, written once."""
        if id(graph) not in self._graphs:
            path = Path(self._folder.name) / f"{len(self._graphs)}.json"
            path.write_text(json.dumps(graph_to_json(graph, encode)), "utf-8")
            self._graphs[id(graph)] = (graph, str(path))
        return self._graphs[id(graph)][1]

    def _listen(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        assert process.stdout is not None
        for line in process.stdout:
            told: dict[str, Any] = json.loads(line)
            if "progress" in told:
                self._progress(*told["progress"])
            elif "error" in told:
                stated = told["error"]
                error = UsageError(stated["message"], hint=stated["hint"], line=stated["line"])
                raise error.at(layer=stated["layer"])
            else:
                answer: dict[str, Any] = told["answer"]
                return answer
        raise self._ended(process)

    def _ended(self, process: subprocess.Popen[str]) -> ConvwiseError:
        """Why the process ended without an answer."""
        status = process.wait()
        if status in (-9, 137):
            return ConvwiseError(
                "the process that measures was killed: there was not enough memory",
                hint="a smaller --batch or --input",
            )
        self._errors.seek(0)
        lines = [line for line in self._errors.read().splitlines() if line.strip()]
        last = lines[-1] if lines else f"exit status {status}"
        return ConvwiseError(f"the network does not run: {last}", hint="convwise summary shows it")

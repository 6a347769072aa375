"""Measures whole processes and repeated answers of a process that stays; knows no tool."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, Any


@dataclass(frozen=True, slots=True)
class Run:
    """One process: processor seconds (user and system), seconds by the clock, what it said."""

    cpu: float
    wall: float
    said: dict[str, Any]


def process(arguments: Sequence[str], environment: dict[str, str]) -> Run:
    """Run a command that prints JSON to its end; RuntimeError with its words when it fails."""
    with tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        child = subprocess.Popen(
            arguments, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        assert child.stdout is not None
        printed = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        child.stdout.close()
        if status:
            raise _failed(arguments, errors)
    return Run(usage.ru_utime + usage.ru_stime, wall, json.loads(printed))


@dataclass
class Server:
    """A process that stays and answers one line with one line of JSON."""

    arguments: Sequence[str]
    environment: dict[str, str]
    errors: IO[str] = field(default_factory=lambda: tempfile.TemporaryFile("w+"))  # noqa: SIM115

    def __enter__(self) -> Server:
        self.child = subprocess.Popen(
            self.arguments,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        return self

    def ask(self, question: str) -> dict[str, Any]:
        """The answer to one question; RuntimeError with its words when the process has ended."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        try:
            self.child.stdin.write(question + "\n")
            self.child.stdin.flush()
        except BrokenPipeError:
            raise _failed(self.arguments, self.errors) from None
        line = self.child.stdout.readline()
        if not line:
            raise _failed(self.arguments, self.errors)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __exit__(self, *_: object) -> None:
        self.child.communicate()
        self.errors.close()


def _failed(arguments: Sequence[str], errors: IO[str]) -> RuntimeError:
    errors.seek(0)
    return RuntimeError(f"{' '.join(arguments)} failed:\n{errors.read()[-4000:]}")


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, least and most, four figures."""
    return {
        "median": _figures(statistics.median(values)),
        "least": _figures(min(values)),
        "most": _figures(max(values)),
    }


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, float]:
    """Theirs over ours, round by round: above 1 we need less."""
    return spread([b / a for a, b in zip(ours, theirs, strict=True)])


def _figures(value: float) -> float:
    return float(f"{value:.4g}")

"""Measures whole processes and repeated calls: processor seconds and peak memory, nothing else."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """One process: processor seconds (user and system), peak resident MB, what it printed."""

    seconds: float
    megabytes: float
    printed: str


def process(arguments: Sequence[str], environment: dict[str, str]) -> Run:
    """Run a command to its end; RuntimeError when it fails."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os.dup2(write, 1)
        os.execvpe(arguments[0], list(arguments), environment)
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as pipe:
        printed = pipe.read()
    _, status, usage = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"{' '.join(arguments)} ended with status {status}:\n{printed}")
    seconds = usage.ru_utime + usage.ru_stime
    scale = 1024 if sys.platform != "darwin" else 1024 * 1024
    return Run(seconds, usage.ru_maxrss / scale, printed)


def call(function: Callable[[], object]) -> float:
    """Processor seconds of one call."""
    start = time.process_time()
    function()
    return time.process_time() - start


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

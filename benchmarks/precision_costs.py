"""Predicted against measured memory of steps in mixed precision and with recomputation.

Every step is predicted (calibrated) and run in a fresh process by `convwise.measure`; compared is
the peak of tensors and scratch. What is computed again is what `fit` would choose for the fewest
bytes. Writes precision_costs.json, from which docs/memory.md has its table; measures no time.

    python -m benchmarks.precision_costs             all, in about ten minutes
    python -m benchmarks.precision_costs --only vgg  those whose name has this in it

A later call goes on where an earlier one ended.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import convwise
from benchmarks.machine import machine
from convwise.analyses.fit.again import Segments, tightest
from convwise.analyses.fit.plan import Plan
from convwise.analyses.measurement import Measurement
from convwise.analyses.memory.options import Training
from convwise.graph.nodes import Graph
from convwise.measure.launch import measure_step
from convwise.measured import usable_threads
from convwise.progress import quiet

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "precision_costs.json"
ZOO = ROOT / "tests" / "zoo" / "torch"
FLOAT, MIXED = "float32", "bf16-mixed"
#: What is done in each run: the precision, and whether layers are computed again.
WAYS = ((FLOAT, False), (MIXED, False), (FLOAT, True), (MIXED, True))


class Case(NamedTuple):
    """A network of the zoo, the shape of its input, its batch and optimizer."""

    source: str
    shape: tuple[int, ...]
    batch: int
    optimizer: str


CASES = (
    Case("squeezenet.py", (3, 128, 128), 4, "adam"),
    Case("dncnn.py", (1, 64, 64), 2, "sgd"),
    Case("mobilenet_v2.py", (3, 96, 96), 4, "adam"),
    Case("unet.py", (3, 188, 188), 1, "sgd"),
    Case("unet3d.py", (1, 16, 64, 64), 1, "adam"),
    Case("vgg16.py", (3, 64, 64), 4, "sgd"),
    Case("densenet121.py", (3, 64, 64), 4, "sgd"),
    Case("convnext_tiny.py", (3, 64, 64), 4, "adam"),
    Case("resnet.py:resnet18", (3, 96, 96), 8, "adam"),
    Case("vit_small.py", (), 4, "adam"),
)


def graph_of(case: Case) -> Graph:
    """The network with its sizes."""
    path, _, name = case.source.partition(":")
    return convwise.read(ZOO / path, case.shape or None, name=name or None).graph


def step(case: Case, graph: Graph, precision: str, again: bool) -> Measurement:
    """One way to train, predicted and measured."""
    plan = Plan(case.batch, precision=precision, optimizer=case.optimizer)
    runs: Segments = tightest(graph, plan) if again else ()
    training = Training(case.batch, case.optimizer, precision, recompute=runs)
    return measure_step(graph, training, case.batch, threads=usable_threads(), progress=quiet)


def run(case: Case) -> list[dict[str, Any]]:
    """All ways of a network."""
    graph = graph_of(case)
    found = []
    for precision, again in WAYS:
        made = step(case, graph, precision, again)
        found.append(
            {
                "network": case.source,
                "batch": case.batch,
                "optimizer": case.optimizer,
                "precision": precision,
                "again": again,
                "peak": [made.predicted.peak_bytes, made.measured.peak_bytes],
                "environment": made.predicted.environment,
            }
        )
        print(_line(found[-1]), flush=True)
    return found


def main(arguments: list[str]) -> int:
    """Run all networks; each is written when it is done."""
    only = arguments[1] if arguments[:1] == ["--only"] else ""
    draft = RESULTS.with_suffix(".part")
    found: list[dict[str, Any]] = json.loads(draft.read_text("utf-8")) if draft.exists() else []
    done = {one["network"] for one in found}
    for case in CASES:
        if only in case.source and case.source not in done:
            found += run(case)
            _write(draft, found)
    order = [case.source for case in CASES]
    found.sort(key=lambda one: order.index(one["network"]))
    if len(found) == len(CASES) * len(WAYS):
        _write(RESULTS, {"machine": machine(("torch",)), "runs": found})
        draft.unlink()
    return 0


def _write(path: Path, found: object) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    draft.replace(path)


def _line(one: dict[str, Any]) -> str:
    predicted, measured = one["peak"]
    again = "computed again" if one["again"] else "kept"
    return (
        f"{one['network']} {one['precision']} {again}: {measured / 2**20:.2f} MiB, "
        f"{predicted / measured - 1:+.3%}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

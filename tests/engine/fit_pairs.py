"""Networks and budgets: what `fit` plans is carried out in fresh processes and its peak measured.

`python -m tests.engine.fit_pairs` does all of them, in half an hour, and writes what was found to
benchmarks/results/fit.json, from which docs/fit.md has its table; numbers behind it choose single
pairs. A later call goes on where an earlier one ended. Exit status 1 when a promise is not kept.
Resident memory is compared.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from math import ceil
from pathlib import Path
from typing import Any

import torch

import convwise
from benchmarks.machine import machine
from convwise.analyses.fit.again import tightest
from convwise.analyses.fit.answer import Fit, Option
from convwise.analyses.fit.fit import fit
from convwise.analyses.fit.plan import Plan
from convwise.graph.nodes import Graph
from convwise.graph.serial import graph_to_json
from convwise.kinds.catalog import encode
from convwise.measure.asking import Asked

from .networks import UNet, chain, residual

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "fit.json"
MIB = 1 << 20
#: Losses and gradients of exact plans are this close, in float64.
EQUAL = 1e-6
#: Gradients this much smaller than the largest of the network are rounding.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Pair:
    """A network on images of a shape, trained on a batch within a budget."""

    name: str
    shape: tuple[int, ...]
    batch: int
    budget: int
    optimizer: str = "adam"

    def read(self) -> convwise.Network:
        """The network."""
        makers = {
            "chain": lambda: chain(16, 10),
            "wide": lambda: chain(48, 4),
            "unet": lambda: UNet(16),
            "residual": lambda: residual(16),
        }
        source: Any = makers[self.name]() if self.name in makers else f"tests/zoo/torch/{self.name}"
        return convwise.read(source, self.shape)


PAIRS = [
    Pair(name, shape, batch, budget * MIB, optimizer)
    for name, shape, batch, optimizer, budgets in (
        ("chain", (3, 128, 128), 24, "adam", (520, 600, 700, 900)),
        ("wide", (3, 128, 128), 16, "sgd", (560, 650, 800)),
        ("unet", (2, 128, 128), 32, "adam", (520, 600, 700, 900)),
        ("resnet.py:resnet18", (3, 128, 128), 24, "sgd", (650, 700, 900)),
        ("squeezenet.py:squeezenet1_1", (3, 160, 160), 16, "adam", (460, 520, 620)),
        ("mobilenet_v2.py:MobileNetV2", (3, 96, 96), 32, "adam", (520, 600, 800)),
    )
    for budget in budgets
]
#: Those that a fast run does.
FAST = (PAIRS[1], PAIRS[8])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a process took, and how far the loss and gradients are from those of the plain step.

    predicted_bytes: the least and the most that were promised. apart: the largest difference, in
    float64, of a loss relative to itself and of gradients relative to the largest of their tensor;
    None where the plan is not exact.
    """

    option: str
    exact: bool
    predicted_bytes: tuple[int, int]
    process_bytes: int
    apart: float | None


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest batch that an option names, and a batch of at least 1.15 times that."""

    option: str
    batch: int
    process_bytes: int
    above: int
    above_bytes: int


@dataclass(frozen=True, slots=True)
class Proof:
    """A pair, every option that was said to fit, and the batches that options name.

    best: which of the outcomes is the plan that `fit` says to take.
    """

    pair: Pair
    outcomes: tuple[Outcome, ...]
    best: int
    largest: tuple[Largest, ...]

    @property
    def kept(self) -> bool:
        """Whether everything is as it was promised."""
        budget = self.pair.budget
        within = all(one.process_bytes <= budget for one in self.outcomes)
        equal = all(one.apart is None or one.apart < EQUAL for one in self.outcomes)
        batches = all(one.process_bytes <= budget < one.above_bytes for one in self.largest)
        return within and equal and batches


def answered(pair: Pair) -> Fit:
    """The answer of calibrated predictions on one thread."""
    with Asked(1, lambda done, total, what: None) as predict:
        return fit(
            pair.read().graph, pair.budget, predict, batch=pair.batch, optimizer=pair.optimizer
        )


def carried_out(graph: Graph, plan: Plan, gradients: Path | None = None) -> dict[str, Any]:
    """What a fresh process says that carries the plan out; gradients: the file that it writes."""
    ends = (graph.inputs[0], graph.outputs[0])
    shapes = [[int(str(dim)) for dim in graph.tensor(value).shape[1:]] for value in ends]
    asked = {
        "graph": graph_to_json(graph, encode),
        "plan": plan.to_dict(),
        "shapes": shapes,
        "gradients": None if gradients is None else str(gradients),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.carry_out"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def outcomes(options: Sequence[Option]) -> list[Outcome]:
    """Carry options out, all of one network and as many examples, and the plain step beside."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for option in options:
            assert option.plan is not None
            assert option.graph is not None
            assert option.process_bytes is not None
            took = carried_out(option.graph, option.plan)["process_bytes"]
            apart = distance(option.graph, option.plan, Path(folder)) if option.exact else None
            found.append(Outcome(option.name, option.exact, option.process_bytes, took, apart))
    return found


def distance(graph: Graph, plan: Plan, folder: Path) -> float:
    """How far a plan is from the plain step, both in float64; see `Outcome.apart`.

    folder: keeps the plain step, which is the same for all plans of it.
    """
    plain = Plan(plan.examples, optimizer=plan.optimizer, precision="float64")
    stored = folder / "plain.json"
    if not stored.exists():
        stored.write_text(json.dumps(carried_out(graph, plain, folder / "plain")), "utf-8")
    double = replace(plan, precision="float64")
    found = [
        json.loads(stored.read_text("utf-8")),
        carried_out(graph, double, folder / "planned"),
    ]
    gradients = [torch.load(folder / name) for name in ("plain", "planned")]
    apart = [abs(a - b) / abs(a) for a, b in zip(*[one["losses"] for one in found], strict=True)]
    largest = max([float(one.abs().max()) for one in gradients[0]])
    for a, b in zip(*gradients, strict=True):
        # Some gradients are zero but for rounding: biases in front of batch statistics.
        scale = max(float(a.abs().max()), ROUNDING * largest)
        apart.append(float((a - b).abs().max()) / scale)
    return max(apart)


def largest_batches(pair: Pair, answer: Fit) -> tuple[Largest, ...]:
    """What the largest batches of the options take, and batches above them."""
    found = []
    for option in answer.options:
        if not option.largest_batch or option.plan is None or option.graph is None:
            continue
        plan = replace(option.plan, accumulation=1)
        if plan.recompute or option.name.endswith("recomputation"):
            # The batch that is named is that of this way followed as far as it goes.
            plan = replace(plan, recompute=tightest(option.graph, plan))
        most, above = option.largest_batch, ceil(1.15 * option.largest_batch)
        peaks = [
            carried_out(option.graph, replace(plan, batch=batch))["process_bytes"]
            for batch in (most, above)
        ]
        found.append(Largest(option.name, most, peaks[0], above, peaks[1]))
    return tuple(found)


def proof(pair: Pair) -> Proof:
    """Plan for a pair and carry out what is promised. AssertionError where nothing fits."""
    answer = answered(pair)
    assert answer.best is not None, f"nothing fits: {pair}"
    best = answer.options[answer.best]
    plans = {option.plan: option for option in reversed(answer.options) if option.fits}
    fitting = list(reversed(plans.values()))
    place = [option.plan for option in fitting].index(best.plan)
    return Proof(pair, tuple(outcomes(fitting)), place, largest_batches(pair, answer))


def main(chosen: Sequence[Pair]) -> int:
    """Prove pairs that are not proved yet; each is written when it is done."""
    found = _proved()
    for pair in chosen:
        if _plain(asdict(pair)) in [one["pair"] for one in found]:
            continue
        made = proof(pair)
        found.append({**_plain(asdict(made)), "kept": made.kept})
        _write(found)
        print(json.dumps(found[-1]), flush=True)
    return 0 if all(one["kept"] for one in found) else 1


def _proved() -> list[dict[str, Any]]:
    """What the file has of pairs as they are now."""
    if not RESULTS.exists():
        return []
    stored: list[dict[str, Any]] = json.loads(RESULTS.read_text("utf-8"))["pairs"]
    known = [_plain(asdict(pair)) for pair in PAIRS]
    return [one for one in stored if one["pair"] in known]


def _write(found: list[dict[str, Any]]) -> None:
    """In the order of the pairs, under another name first."""
    order = [_plain(asdict(pair)) for pair in PAIRS]
    ordered = sorted(found, key=lambda one: order.index(one["pair"]))
    stated = {"machine": machine(("torch",)), "asked": len(PAIRS), "pairs": ordered}
    draft = RESULTS.with_suffix(".new")
    draft.write_text(json.dumps(stated, indent=1) + "\n", "utf-8")
    draft.replace(RESULTS)


def _plain(found: dict[str, Any]) -> Any:
    """As it is in a file."""
    return json.loads(json.dumps(found))


if __name__ == "__main__":
    sys.exit(main([PAIRS[int(number)] for number in sys.argv[1:]] or PAIRS))

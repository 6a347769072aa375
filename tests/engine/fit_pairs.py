"""Networks and budgets: what `fit` plans is carried out in fresh processes and its peak measured.

`python -m tests.engine.fit_pairs` does all of them and prints a table (about half an hour); exit
status 1 when a plan does not stay within its budget. Resident memory is compared.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import convwise
from convwise.analyses.fit.answer import Fit, Option
from convwise.analyses.fit.fit import fit
from convwise.analyses.fit.plan import Plan
from convwise.graph.nodes import Graph
from convwise.graph.serial import graph_to_json
from convwise.kinds.catalog import encode
from convwise.measure.asking import Asked

from .networks import UNet, chain, residual

MIB = 1 << 20


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
        ("mobilenet_v2.py:MobileNetV2", (3, 128, 128), 16, "adam", (520, 600, 800)),
    )
    for budget in budgets
]
#: Those that a fast run does.
FAST = (PAIRS[1], PAIRS[8])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a process took, and how far the loss and gradients are from those of the plain step."""

    pair: Pair
    option: str
    exact: bool
    predicted_bytes: int
    process_bytes: int
    apart: float | None

    @property
    def held(self) -> bool:
        """Whether the plan kept what was promised."""
        near = not self.exact or self.apart is None or self.apart < 1e-6
        return self.process_bytes <= self.pair.budget and near


def answered(pair: Pair) -> Fit:
    """The answer of calibrated predictions on one thread."""
    with Asked(1, lambda done, total, what: None) as predict:
        return fit(
            pair.read().graph, pair.budget, predict, batch=pair.batch, optimizer=pair.optimizer
        )


def carried_out(graph: Graph, plan: Plan) -> dict[str, Any]:
    """What a fresh process says that carries the plan out."""
    ends = (graph.inputs[0], graph.outputs[0])
    shapes = [[int(str(dim)) for dim in graph.tensor(value).shape[1:]] for value in ends]
    asked = {"graph": graph_to_json(graph, encode), "plan": plan.to_dict(), "shapes": shapes}
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


def outcome(pair: Pair, option: Option) -> Outcome:
    """Carry an option out, and the plain step beside it."""
    assert option.plan is not None
    assert option.graph is not None
    assert option.process_bytes is not None
    found = carried_out(option.graph, option.plan)
    apart = None
    if option.exact:
        double = replace(option.plan, precision="float64")
        plain = Plan(double.examples, optimizer=pair.optimizer, precision="float64")
        runs = [carried_out(option.graph, plan) for plan in (plain, double)]
        apart = _apart(*runs)
    return Outcome(
        pair, option.name, option.exact, option.process_bytes[1], found["process_bytes"], apart
    )


def _apart(one: dict[str, Any], other: dict[str, Any]) -> float:
    """The largest relative difference of losses and of gradients' sums of squares."""
    pairs = zip([*one["losses"], *one["sums"]], [*other["losses"], *other["sums"]], strict=True)
    return max([abs(a - b) / max(abs(a), abs(b), 1e-12) for a, b in pairs])


def largest_batch(pair: Pair, answer: Fit) -> tuple[int, int]:
    """The peaks of the largest batch named and of 1.15 times that."""
    option = answer.options[0]
    assert option.graph is not None
    most = option.largest_batch or 1
    peaks = [
        carried_out(option.graph, Plan(batch, optimizer=pair.optimizer))["process_bytes"]
        for batch in (most, ceil(1.15 * most))
    ]
    return peaks[0], peaks[1]


def main(pairs: Sequence[Pair]) -> int:
    """Print every outcome; how many failed decides the exit status."""
    failed = 0
    for pair in pairs:
        answer = answered(pair)
        what = f"{pair.name} {pair.budget // MIB} MiB"
        if answer.best is None:
            print(f"{what}: nothing fits", flush=True)
            continue
        found = outcome(pair, answer.options[answer.best])
        fits, above = largest_batch(pair, answer) if answer.options[0].largest_batch else (0, 0)
        told = fits <= pair.budget and (not fits or above > pair.budget)
        failed += not (found.held and told)
        print(
            f"{what}: {found.option}, promised {found.predicted_bytes / MIB:.0f}, took "
            f"{found.process_bytes / MIB:.0f} MiB, apart {found.apart}; largest batch "
            f"{answer.options[0].largest_batch}: {fits / MIB:.0f}, above {above / MIB:.0f} MiB: "
            f"{'held' if found.held and told else 'FAILED'}",
            flush=True,
        )
    return 1 if failed else 0


if __name__ == "__main__":
    chosen = [PAIRS[int(number)] for number in sys.argv[1:]] or PAIRS
    sys.exit(main(chosen))

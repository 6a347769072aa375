"""Whole training steps, plain and accelerated in turn in one process; writes accelerate.json.

Each network: convolutions with ReLU between them, the mean squared error and Adam, float32, on one
example of 16 steps of time. Losses of both sides are compared step by step. Memory is not measured.

    python -m benchmarks.accelerate_steps         all, about five minutes on two idle cores
    python -m benchmarks.accelerate_steps --table writes the table of docs/accelerate.md
"""

from __future__ import annotations

import copy
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn

import convwise
from benchmarks.machine import machine
from benchmarks.pages import ROOT, put
from convwise.engine.accelerate import chosen
from convwise.engine.plans.direct import kernels_version

RESULTS = Path(__file__).parent / "results" / "accelerate.json"
PAGE = ROOT / "docs" / "accelerate.md"
MARK = "steps"
_STEPS = 7


class Case(NamedTuple):
    """Channels along a chain, the kernel's size in each axis, and the field's height and width."""

    channels: tuple[int, ...]
    kernel: tuple[int, int, int]
    size: int

    @property
    def name(self) -> str:
        """1->8->8->1, 5x5x5."""
        return f"{'->'.join(map(str, self.channels))}, {'x'.join(map(str, self.kernel))}"

    def module(self) -> nn.Module:
        """The chain; time keeps its length."""
        torch.manual_seed(0)
        parts: list[nn.Module] = []
        padding = tuple([k // 2 for k in self.kernel])
        for inputs, outputs in zip(self.channels, self.channels[1:], strict=False):
            parts += [nn.Conv3d(inputs, outputs, self.kernel, padding=padding), nn.ReLU()]
        return nn.Sequential(*parts[:-1])


CASES = (
    Case((1, 1, 1, 1), (5, 5, 5), 512),
    Case((1, 1, 1, 1), (3, 3, 3), 512),
    Case((1, 8, 8, 1), (5, 5, 5), 256),
    Case((1, 8, 8, 1), (3, 3, 3), 256),
    Case((16, 16, 16), (3, 3, 3), 128),
)


def run(case: Case) -> dict[str, Any]:
    """Seconds of both sides' steps, in turn after one that is not counted, and their losses."""
    plain = case.module()
    fast = convwise.accelerate(copy.deepcopy(plain))
    x = torch.rand(1, case.channels[0], 16, case.size, case.size)
    y = torch.rand(1, case.channels[-1], 16, case.size, case.size)
    sides = {"plain": plain, "accelerated": fast}
    optimizers = {name: torch.optim.Adam(one.parameters()) for name, one in sides.items()}
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    losses: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(_STEPS + 1):
        for name, module in sides.items():
            started = time.perf_counter()
            optimizers[name].zero_grad()
            loss = nn.functional.mse_loss(module(x), y)
            loss.backward()
            optimizers[name].step()
            if number:
                seconds[name].append(time.perf_counter() - started)
            losses[name].append(loss.item())
    pairs = zip(losses["plain"], losses["accelerated"], strict=True)
    return {
        "network": case.name,
        "size": [16, case.size, case.size],
        "seconds": seconds,
        "plans": [row.choice.plan for row in chosen(fast)],
        "losses_apart": max(abs(a - b) / abs(a) for a, b in pairs),
    }


def table(found: dict[str, Any]) -> str:
    """A row per network."""
    lines = [
        "| network | field | PyTorch | accelerated | times as fast (quartiles) | plans |",
        "| --- | --- | ---: | ---: | ---: | --- |",
    ]
    for one in found["runs"]:
        plain, fast = one["seconds"]["plain"], one["seconds"]["accelerated"]
        ratios = [a / b for a, b in zip(plain, fast, strict=True)]
        low, middle, high = statistics.quantiles(ratios, n=4)
        cells = [
            one["network"],
            "x".join(map(str, one["size"])),
            f"{1e3 * statistics.median(plain):.0f} ms",
            f"{1e3 * statistics.median(fast):.0f} ms",
            f"**{middle:.1f}** ({low:.1f} to {high:.1f})",
            ", ".join(one["plans"]),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    worst = max(one["losses_apart"] for one in found["runs"])
    about = found["machine"]
    kernels = "with" if found["kernels"] else "without"
    return "\n".join(
        [
            *lines,
            "",
            f"Medians of {_STEPS} steps in turn, {found['threads']} threads, {kernels} the "
            "compiled kernels. Losses of the two sides differ by at most "
            f"{worst:.0e} of themselves.",
            "",
            f"{about['processor']}, {about['cores']} cores, PyTorch {about['versions']['torch']}.",
        ]
    )


def main(arguments: list[str]) -> int:
    """Measure, or write the table of what was measured."""
    if arguments == ["--table"]:
        put(PAGE, MARK, table(json.loads(RESULTS.read_text("utf-8"))))
        return 0
    found = {
        "machine": machine(("torch",)),
        "threads": torch.get_num_threads(),
        "kernels": kernels_version(),
        "runs": [],
    }
    for case in CASES:
        found["runs"].append(run(case))
        print(json.dumps(found["runs"][-1]), flush=True)
    draft = RESULTS.with_suffix(".new")
    draft.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    draft.replace(RESULTS)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

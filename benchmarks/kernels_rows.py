"""Times few-channel convolutions in this process: PyTorch in both layouts and ours, in turn.

All sides allocate their outputs. Needs the distribution in kernels/; judges nothing.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import convwise_kernels
import torch
from convwise_kernels.library import peak_flops_per_second
from convwise_kernels.operators import conv_op, input_grad_op, weight_grad_op
from torch import Tensor

STEPS = ("forward", "input gradient", "weight gradient")
SIDES = ("PyTorch", "PyTorch, channels_last_3d", "ours")
LEAST_ROUNDS = 3
Work = Callable[[], object]


@final
@dataclass(frozen=True, slots=True)
class Row:
    """One convolution with zero padding that keeps the size: [1, inputs, 16, size, size]."""

    inputs: int
    outputs: int
    kernel: int
    size: int

    @property
    def flops(self) -> float:
        """Floating-point operations of each of the three steps, padded taps counted."""
        macs = self.inputs * self.outputs * self.kernel**3 * 16 * self.size**2
        return 2.0 * macs

    def tensors(self) -> list[Tensor]:
        """Input, weight and the output's gradient."""
        generator = torch.Generator().manual_seed(0)
        shapes = [
            (1, self.inputs, 16, self.size, self.size),
            (self.outputs, self.inputs, *[self.kernel] * 3),
            (1, self.outputs, 16, self.size, self.size),
        ]
        return [torch.randn(shape, generator=generator) for shape in shapes]

    def works(self) -> dict[str, dict[str, Work]]:
        """For each step, each side's call."""
        plain = self.tensors()
        last = [tensor.to(memory_format=torch.channels_last_3d) for tensor in plain]
        sides = {
            SIDES[0]: self._pytorch(*plain),
            SIDES[1]: self._pytorch(*last),
            SIDES[2]: self._ours(*plain),
        }
        return {
            step: {side: works[place] for side, works in sides.items()}
            for place, step in enumerate(STEPS)
        }

    def _pytorch(self, x: Tensor, w: Tensor, g: Tensor) -> tuple[Work, Work, Work]:
        where = ([1] * 3, [self.kernel // 2] * 3, [1] * 3)

        def backward(*which: bool) -> object:
            return torch.ops.aten.convolution_backward(
                g, x, w, None, *where, False, [0] * 3, 1, which
            )

        return (
            lambda: torch.conv3d(x, w, None, 1, self.kernel // 2),
            lambda: backward(True, False, False),
            lambda: backward(False, True, False),
        )

    def _ours(self, x: Tensor, w: Tensor, g: Tensor) -> tuple[Work, Work, Work]:
        where = ([1] * 3, [self.kernel // 2] * 3, [1] * 3, 1)
        return (
            lambda: conv_op(x, w, None, *where, False),
            lambda: input_grad_op(g, w, None, list(x.shape), *where),
            lambda: weight_grad_op(g, x, None, list(w.shape), *where),
        )


def seconds_of(work: Work) -> float:
    """One call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def alternate(works: dict[str, Work], budget: float) -> dict[str, list[float]]:
    """Seconds of each side, in turn, after one call of each that is not counted; at least
    LEAST_ROUNDS rounds, more while they fit into `budget` seconds, at most 20."""
    for work in works.values():
        work()
    found: dict[str, list[float]] = {side: [] for side in works}
    until = time.perf_counter() + budget
    for _ in range(20):
        for side, work in works.items():
            found[side].append(seconds_of(work))
        if len(found[SIDES[-1]]) >= LEAST_ROUNDS and time.perf_counter() > until:
            break
    return found


def measured(row: Row, budget: float) -> dict[str, object]:
    """The row's answer: for each step and side, median, least and most seconds."""
    steps = {}
    for step, works in row.works().items():
        steps[step] = {
            side: {
                "median_seconds": statistics.median(seconds),
                "least_seconds": min(seconds),
                "most_seconds": max(seconds),
                "rounds": len(seconds),
            }
            for side, seconds in alternate(works, budget / len(STEPS)).items()
        }
    return {
        "inputs": row.inputs,
        "outputs": row.outputs,
        "kernel": row.kernel,
        "flops_of_each_step": row.flops,
        "steps": steps,
    }


def main() -> None:
    """One row; prints JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inputs", type=int)
    parser.add_argument("outputs", type=int)
    parser.add_argument("kernel", type=int)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=6.0)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with torch.no_grad():
        peak = peak_flops_per_second(0.5)
        row = Row(options.inputs, options.outputs, options.kernel, options.size)
        found = measured(row, options.seconds)
    about = {"level": convwise_kernels.level(), "peak_flops_per_second": peak}
    print(json.dumps({**about, "row": found}))


if __name__ == "__main__":
    main()

"""Times convolutions with few channels against PyTorch's own, alternating in one process.

Both sides allocate their outputs. Needs the distribution in kernels/; judges nothing.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import convwise_kernels
import torch
from convwise_kernels.derivatives import conv_op, input_grad_op, weight_grad_op
from torch import Tensor

ROWS = [(1, 1, 5), (1, 8, 5), (8, 1, 5), (8, 8, 5), (1, 1, 3), (1, 8, 3), (8, 1, 3), (8, 8, 3)]
STEPS = ("forward", "input gradient", "weight gradient")
Work = Callable[[], object]


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

    def pairs(self) -> list[tuple[Work, Work]]:
        """For each step, PyTorch's call and ours."""
        x = torch.randn(1, self.inputs, 16, self.size, self.size)
        w = torch.randn(self.outputs, self.inputs, *[self.kernel] * 3)
        g = torch.randn(1, self.outputs, 16, self.size, self.size)
        where = ([1] * 3, [self.kernel // 2] * 3, [1] * 3)

        def plain(*which: bool) -> tuple[Tensor, ...]:
            return torch.ops.aten.convolution_backward(
                g, x, w, None, *where, False, [0] * 3, 1, which
            )

        ours = (*where, 1)
        return [
            (
                lambda: torch.conv3d(x, w, None, 1, self.kernel // 2),
                lambda: conv_op(x, w, None, *ours, False),
            ),
            (
                lambda: plain(True, False, False),
                lambda: input_grad_op(g, w, None, list(x.shape), *ours),
            ),
            (
                lambda: plain(False, True, False),
                lambda: weight_grad_op(g, x, None, list(w.shape), *ours),
            ),
        ]


def seconds_of(work: Work) -> float:
    """One call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def alternate(pair: tuple[Work, Work], rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each side, in turn, after one call of each that is not counted."""
    found: tuple[list[float], list[float]] = ([], [])
    for counted in range(-1, rounds):
        for side, work in zip(found, pair, strict=True):
            seconds = seconds_of(work)
            if counted >= 0:
                side.append(seconds)
    return found


def _told(seconds: list[float], flops: float) -> str:
    middle = statistics.median(seconds)
    return f"{middle * 1e3:8.2f} ms (least {min(seconds) * 1e3:8.2f}) {flops / middle / 1e9:6.1f}"


def report(row: Row, rounds: int) -> None:
    """Prints one row of the table: each step, then the three together, by medians."""
    totals = [0.0, 0.0]
    least = [0.0, 0.0]
    print(f"{row.inputs}->{row.outputs}, k = {row.kernel}, 16x{row.size}x{row.size}")
    for step, pair in zip(STEPS, row.pairs(), strict=True):
        sides = alternate(pair, rounds)
        for side, seconds in enumerate(sides):
            totals[side] += statistics.median(seconds)
            least[side] += min(seconds)
        ratio = statistics.median(sides[0]) / statistics.median(sides[1])
        told = " | ".join(_told(seconds, row.flops) for seconds in sides)
        print(f"  {step:15} {told} GFLOP/s | {ratio:6.1f} times")
    print(
        f"  {'together':15} {totals[0] / totals[1]:6.1f} times by medians, "
        f"{least[0] / least[1]:6.1f} by the least times",
        flush=True,
    )


def sgemm() -> float:
    """GFLOP/s of PyTorch's matrix product, for scale."""
    a = torch.randn(1024, 1024)
    return 2 * 1024**3 / min(seconds_of(lambda: a @ a) for _ in range(10)) / 1e9


def main() -> None:
    """The rows named as inputs,outputs,kernel; without names, the whole table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", help="for example 1,8,5")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    named = [tuple(int(part) for part in row.split(",")) for row in options.rows]
    print(
        f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, "
        f"level {convwise_kernels.level()}, sgemm {sgemm():.0f} GFLOP/s"
    )
    with torch.no_grad():
        for inputs, outputs, kernel in named or ROWS:
            report(Row(inputs, outputs, kernel, options.size), options.rounds)


if __name__ == "__main__":
    main()

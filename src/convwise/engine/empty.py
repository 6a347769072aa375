"""What a process that carries out plans takes without a network: its imports and libraries.

`python -m convwise.engine.empty THREADS` prints bytes; it trains next to nothing.
"""

from __future__ import annotations

import sys

from convwise.engine.heap import fix_thresholds
from convwise.engine.resident import status_bytes


def main(threads: str) -> None:
    """Train a tiny network with these threads and print the peak of the resident memory."""
    fix_thresholds()
    import torch

    from convwise.analyses.fit.plan import Plan
    from convwise.engine.again import recomputed
    from convwise.engine.step import training_step

    torch.set_num_threads(int(threads))
    layers = (torch.nn.Conv2d(1, 2, 3, padding=1), torch.nn.BatchNorm2d(2), torch.nn.ReLU())
    module = torch.nn.Sequential(*layers)
    optimizer = torch.optim.Adam(module.parameters())
    x, y = torch.zeros(2, 1, 8, 8), torch.zeros(2, 2, 8, 8)
    for _ in range(3):
        training_step(module, optimizer, x, y, Plan(2))
    recomputed(module.forward, (), x).sum().backward()
    print(status_bytes("VmHWM"))


if __name__ == "__main__":
    main(sys.argv[1])

"""Long chains of convolutions, convwise alone: is reading and analysing linear in the layers?

`python -m benchmarks.chains ROUNDS` prints what it measured.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from benchmarks.measured import spread

LENGTHS = (1_000, 2_000, 5_000, 10_000)
CHAINS = {
    "torch": """import torch
from torch import nn
layers = []
for i in range({count}):
    layers.append(nn.Conv2d(8 + i % 7, 8 + (i + 1) % 7, 3, padding=1))
model = nn.Sequential(*layers)
""",
    "keras": """from keras import Input, Sequential, layers
stack = [Input((32, 32, 8))]
for i in range({count}):
    stack.append(layers.Conv2D(8 + (i + 1) % 7, 3, padding="same"))
model = Sequential(stack)
""",
}
INPUTS = {"torch": (8, 32, 32), "keras": None}


def chains(rounds: int) -> dict[str, Any]:
    """Processor seconds for each length, in turn."""
    found = {}
    for code in CHAINS:
        _answer(code, LENGTHS[0])
        columns = zip(*[[_answer(code, n) for n in LENGTHS] for _ in range(rounds)], strict=True)
        pairs = zip(LENGTHS, columns, strict=True)
        found[code] = {str(count): spread(seconds) for count, seconds in pairs}
    return found


def _answer(code: str, count: int) -> float:
    import convwise

    text = CHAINS[code].format(count=count)
    start = time.process_time()
    convwise.read(text, INPUTS[code]).summary().to_dict()
    return time.process_time() - start


if __name__ == "__main__":
    print(json.dumps(chains(int(sys.argv[1]))))

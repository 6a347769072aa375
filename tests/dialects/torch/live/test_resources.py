"""A reading takes little time and memory, whatever the size of the input: measured outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.hostile.harness import slowness

#: ResNet-50 of the zoo with real weights, read at two sizes of the image; prints what that took.
SCRIPT = """
import json, resource, sys, time, warnings
import torch
import convwise
from tests.zoo.torch_cases import FOLDER
from tests.zoo.torch_oracle import load

def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

# What PyTorch loads when a tensor without memory is used for the first time is an import.
convwise.read(torch.nn.Sequential(torch.nn.Conv2d(3, 3, 1), torch.nn.BatchNorm2d(3)), (3, 8, 8))
network = load(FOLDER / "resnet.py").resnet50()
before, found = most(), []
for size in json.loads(sys.argv[1]):
    start = time.process_time()
    graph = convwise.read(network, (3, size, size)).graph
    taken = time.process_time() - start
    found.append({"seconds": taken, "more": most() - before, "layers": len(graph.layers),
                  "unknown": len(graph.unknown)})
print(json.dumps(found))
"""


def measured(*sizes: int) -> list[dict[str, float]]:
    """Seconds of the processor and more megabytes than the model's own, per reading."""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, json.dumps(sizes)],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=True,
    )
    found: list[dict[str, float]] = json.loads(run.stdout.splitlines()[-1])
    return found


@pytest.mark.slow
def test_a_resnet_50_takes_little_and_a_huge_image_nothing_more():
    limit = 2.5 * slowness()
    small, huge = measured(224, 16384)
    assert small["seconds"] < limit
    assert small["more"] < 100
    assert huge["seconds"] < limit
    assert huge["more"] < 100
    assert huge["more"] - small["more"] < 10
    assert (small["layers"], small["unknown"]) == (huge["layers"], huge["unknown"])
    assert small["unknown"] == 0

"""A reading takes little time and memory, whatever the size of the input: measured outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest
from torch import nn

from convwise.dialects.torch.read_live import read_live
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


@pytest.mark.slow
def test_ten_thousand_layers_take_seconds():
    layers = [(nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU()) for _ in range(3333)]
    module = nn.Sequential(*[layer for three in layers for layer in three])
    start = time.process_time()
    graph = read_live(module, inputs={None: (4, 32, 32)})
    assert time.process_time() - start < 5 * slowness()
    assert len(graph.nodes) == 10_000

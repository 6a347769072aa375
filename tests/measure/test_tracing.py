"""A step on fake tensors is followed as it really runs: operators, tensors, layers, phases."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import torch

import convwise
from convwise.analyses.memory.options import Training
from convwise.measure.allocations import library
from convwise.measure.replay import replay, script_of
from convwise.measure.steps import Run
from convwise.measure.subjects import subject_of
from convwise.measure.tracing import GONE, Watched, Watcher, watched

ZOO = Path(__file__).parents[1] / "zoo"
CASES = {
    "cifar10": ("example:cifar10", None),
    "squeezenet": (ZOO / "torch" / "squeezenet.py", (3, 64, 64)),
    "vit": (ZOO / "torch" / "vit_small.py", (3, 32, 32)),
    "unet3d": (ZOO / "torch" / "unet3d.py", (1, 16, 16, 16)),
}


def real_events(name: str, training: Training | None) -> Watched:
    """The second step of the module itself."""
    source, shape = CASES[name]
    subject = subject_of(convwise.read(source, shape).graph)
    watcher = Watcher()
    with watcher:
        inputs = tuple([torch.rand(shape.size) for shape in subject.inputs(2)])
        run = Run(subject.module(), inputs, training)
        for number in range(2):
            watcher.step(written=number == 1)
            run(watcher.mark)
        found = watcher.found
        watcher.found = Watched()
    return found


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("optimizer", ["adam", "sgd", ""])
def test_the_same_operators_at_the_same_memory(name: str, optimizer: str) -> None:
    training = Training(2, optimizer) if optimizer else None
    source, shape = CASES[name]
    subject = subject_of(convwise.read(source, shape).graph)
    fake = watched(subject.module, subject.inputs(2), training)
    real = real_events(name, training)
    assert fake.lasting_bytes == real.lasting_bytes
    # Numbers that only arithmetic needs are asked of real tensors only.
    ran = [event for event in real.events if "_local_scalar" not in event.operator.name]
    assert [event.operator.name for event in fake.events] == [event.operator.name for event in ran]
    assert max(event.live_bytes for event in fake.events) == max(event.live_bytes for event in ran)


def test_layers_and_phases_are_told_apart() -> None:
    subject = subject_of(convwise.read("example:cifar10").graph)
    found = watched(subject.module, subject.inputs(1), Training(1))
    convolutions = Counter(
        [(event.layer, event.phase) for event in found.events if "conv" in event.operator.name]
    )
    names = ("conv2d", "conv2d_1", "conv2d_2")
    assert convolutions == Counter(
        [(name, phase) for name in names for phase in ("forward", "backward")]
    )
    phases = [event.phase for event in found.events]
    assert list(dict.fromkeys(phases)) == ["optimizer", "forward", "loss", "backward"] or list(
        dict.fromkeys(phases)
    ) == ["forward", "loss", "backward", "optimizer"]


def test_every_block_is_given_back_or_lasts() -> None:
    subject = subject_of(convwise.read("example:cifar10").graph)
    found = watched(subject.module, subject.inputs(3), Training(3))
    alive: dict[int, int] = {}
    for block in found.blocks:
        if block.number >= 0 and block.size_bytes == GONE:
            del alive[block.number]
        elif block.number >= 0:
            alive[block.number] = block.size_bytes
    assert sum(alive.values()) == found.lasting_bytes


def test_the_process_of_a_replay_grows_by_the_tensors(tmp_path: Path) -> None:
    subject = subject_of(convwise.read(ZOO / "torch" / "squeezenet.py", (3, 160, 160)).graph)
    found = watched(subject.module, subject.inputs(4), Training(4))
    most = max(event.live_bytes + event.new_bytes for event in found.events)
    made = replay(script_of(found, {}), library(tmp_path), tmp_path, "fixed")
    assert made is not None
    assert made.grown_bytes == pytest.approx(most, rel=0.05)

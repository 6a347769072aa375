"""The networks of the PyTorch zoo as live modules: the same networks as their code says."""

from __future__ import annotations

import pytest

import convwise
from convwise.graph.nodes import Graph

from . import torch_oracle
from .test_zoo_torch import read
from .torch_agreement import differences
from .torch_cases import CASES, Case
from .torch_executed import executed

FAST = ("lenet5", "resnet", "unet", "wavenet", "swin_small", "multi_io", "realnvp", "detr")


def live(case: Case) -> convwise.Network:
    """The network read from the module that its file makes, weights without storage."""
    network = torch_oracle.build(case.path, case.build)
    torch_oracle._initialise(network, case.tensors())
    shapes = {name: shape[1:] for name, shape in case.inputs.items()}
    return convwise.read(network, next(iter(shapes.values())) if len(shapes) == 1 else shapes)


def marked(case: Case) -> object:
    """All but a few are slow together."""
    return pytest.param(case, id=case.id, marks=[] if case.file in FAST else [pytest.mark.slow])


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_a_live_module_is_the_network_of_its_code(case: Case) -> None:
    found = live(case)
    assert found.difference(read(case)) is None
    assert not found.graph.unknown
    assert not _notes(found.graph, "batch-size")


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_live_module_agrees_with_pytorch(case: Case) -> None:
    wrong = differences(live(case).graph, executed(case))
    assert not wrong, "\n".join(["", *wrong])


def test_a_difference_is_found() -> None:
    one, two = [case for case in CASES if case.file == "unet"]
    assert live(one).difference(read(two)) is not None


def _notes(graph: Graph, code: str) -> list[str]:
    return [note.message for note in graph.notes if note.code == code]

"""The networks of the PyTorch zoo, read without running them, against live PyTorch."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace

import pytest

import convwise

from .torch_agreement import differences
from .torch_cases import CASES, Case
from .torch_executed import executed
from .torch_oracle import ModuleCounts, TorchModel


#: Cases that do not agree yet, and what is missing.
def read(case: Case) -> convwise.Network:
    """The network with the inputs of the table."""
    shapes = {name: shape[1:] for name, shape in case.inputs.items()}
    given = next(iter(shapes.values())) if len(shapes) == 1 else shapes
    return convwise.read(f"{case.path}:{case.name}", given)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_graph_agrees_with_pytorch(case: Case) -> None:
    wrong = differences(read(case).graph, executed(case))
    assert not wrong, "\n".join(["", *wrong])


LENET = next(case for case in CASES if case.file == "lenet5")


def change_call(**changes: object) -> Callable[[TorchModel], TorchModel]:
    """The oracle's answer with another second convolution."""

    def changed(model: TorchModel) -> TorchModel:
        calls = [replace(c, **changes) if c.path == "conv2" else c for c in model.calls]
        return replace(model, calls=tuple(calls))

    return changed


def change_module(**changes: object) -> Callable[[TorchModel], TorchModel]:
    def changed(model: TorchModel) -> TorchModel:
        module: ModuleCounts = replace(model.modules["fc1"], **changes)
        return replace(model, modules={**model.modules, "fc1": module})

    return changed


PLANTED: dict[str, Callable[[TorchModel], TorchModel]] = {
    "conv2 (Conv2d, line 13) shapes": change_call(outputs=((2, 16, 10, 9),)),
    "conv2 (Conv2d, line 13) forward macs": change_call(forward_macs=1),
    "conv2 (Conv2d, line 13) backward macs": change_call(backward_macs=1),
    "conv3 (Conv2d) calls: 0 are not 1": change_call(path="conv3"),
    "fc1 (Linear) parameters": change_module(parameters=48_000),
    "fc1 (Linear) trainable": change_module(trainable=0),
    "total outputs": lambda model: replace(model, outputs=((2, 11),)),
    "total parameters": lambda model: replace(model, parameters=61_707),
    "total trainable": lambda model: replace(model, trainable=1),
    "total forward macs": lambda model: replace(model, forward_macs=1),
    "total backward macs": lambda model: replace(model, backward_macs=1),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_error_is_found(what: str) -> None:
    graph = read(LENET).graph
    model = copy.deepcopy(executed(LENET))
    assert differences(graph, model) == []
    [line] = differences(graph, PLANTED[what](model))
    assert line.startswith(what)


def test_calls_in_another_order_are_found() -> None:
    model = executed(LENET)
    first, second, *rest = model.calls
    [line] = differences(read(LENET).graph, replace(model, calls=(second, first, *rest)))
    assert line == "conv1 (line 12) is called where PyTorch calls conv2"


FILES = sorted({case.file for case in CASES})


@pytest.mark.parametrize("file", FILES)
def test_the_input_that_a_file_shows_is_enough(file: str) -> None:
    cases = [case for case in CASES if case.file == file]
    graph = convwise.read(cases[0].path).graph
    assert [layer.name for layer in graph.layers] in [
        [layer.name for layer in read(case).graph.layers] for case in cases
    ]

"""Random layers and graphs: the reference equals live PyTorch and live Keras, gradients too."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.dialects.torch.test_functions import SNIPPETS
from tests.differential.operations import OPERATIONS
from tests.reference import live_keras, live_torch
from tests.reference.held import Named, held


def torch_uses(turns: range) -> Iterator[Named]:
    """Modules and functions; those that normalise by a batch's statistics in training too."""
    for turn in turns:
        case = live_torch.case(turn)
        yield f"turn {turn}\n{case.code}", partial(live_torch.of_case, turn)
        if "norm" in case.name.lower():
            yield f"turn {turn}, training\n{case.code}", partial(live_torch.of_case, turn, True)


def keras_layers(turns: range) -> Iterator[Named]:
    """Layers; those that normalise by a batch's statistics in training too."""
    for turn in turns:
        case = live_keras.case(turn)
        yield f"turn {turn}: {case}", partial(live_keras.of_case, turn)
        if "Norm" in case.layer:
            yield f"turn {turn}, training: {case}", partial(live_keras.of_case, turn, True)


def snippets() -> Iterator[Named]:
    """Functions and methods of tensors."""
    for place, (shapes, body) in enumerate(SNIPPETS):
        yield f"{body} on {shapes}", partial(live_torch.of_snippet, place)


def operations() -> Iterator[Named]:
    """Operations on Keras's tensors that are no layers."""
    for place, operation in enumerate(OPERATIONS):
        yield operation.expression, partial(live_keras.of_operation, place)


def test_one_use_of_every_torch_entry() -> None:
    found = held(torch_uses(range(len(live_torch.RECIPES))))
    assert not found.wrong, found.told


def test_one_layer_of_every_keras_class() -> None:
    found = held(keras_layers(range(len(live_keras.recipes()))))
    assert not found.wrong, found.told
    assert found.done


def test_functions_and_operations() -> None:
    found = held([*snippets(), *operations()])
    assert not found.wrong, found.told

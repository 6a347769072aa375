"""Random layers and graphs: the reference equals live PyTorch and live Keras, gradients too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from convwise.kinds.catalog import NAMES, find
from tests.dialects.torch.test_functions import SNIPPETS
from tests.differential.operations import OPERATIONS
from tests.reference import live_keras, live_torch
from tests.reference.held import Held, Named, held, networks, table

#: How a property is told to the report of the tests.
Record = Callable[[str, object], None]

#: Kinds that no code and no random network has, and why: their gradients are in test_gradcheck.
NEVER_DRAWN = {
    "constant": "a graph knows its shape, not its values: its uses are left out",
    "unknown": "it stands for what cannot be computed",
    "fractional_max_pool": "PyTorch draws the places of its windows anew at every call",
    "random_crop": "Keras leaves images whole outside of training, against its own output shape",
}


def torch_uses(turns: range) -> Iterator[Named]:
    """Modules and functions; those that normalise by a batch's statistics in training too."""
    for turn in turns:
        case = live_torch.case(turn)
        yield f"turn {turn}\n{case.code}", partial(live_torch.of_case, turn)
        if "norm" in case.name.lower():
            yield f"turn {turn}, training\n{case.code}", partial(live_torch.of_case, turn, True)


def torch_code() -> Iterator[Named]:
    """Functions and methods of tensors, and modules that work together."""
    for place, (shapes, body) in enumerate(SNIPPETS):
        yield f"{body} on {shapes}", partial(live_torch.of_snippet, place)
    for name in live_torch.FIXED:
        yield name, partial(live_torch.of_fixed, name)


def keras_layers(turns: range) -> Iterator[Named]:
    """Layers; those that normalise by a batch's statistics in training too."""
    for turn in turns:
        case = live_keras.case(turn)
        yield f"turn {turn}: {case}", partial(live_keras.of_case, turn)
        if "Norm" in case.layer:
            yield f"turn {turn}, training: {case}", partial(live_keras.of_case, turn, True)


def keras_code() -> Iterator[Named]:
    """Operations on Keras's tensors that are no layers."""
    for place, operation in enumerate(OPERATIONS):
        yield operation.expression, partial(live_keras.of_operation, place)


def compared(torch_turns: range, keras_turns: range, seeds: range) -> dict[str, Held]:
    """Every source of cases, all its cases compared."""
    return {
        "torch": held(torch_uses(torch_turns)),
        "functions": held(torch_code()),
        "keras": held(keras_layers(keras_turns)),
        "operations": held(keras_code()),
        "networks": networks(seeds),
    }


def report(sources: dict[str, Held]) -> str:
    """In how many compared cases of each source every kind stands, and in how many examples."""
    cases = {
        name: {"compared": one.done, "left out": one.left_out, **one.kinds}
        for name, one in sources.items()
    }
    examples = {name: len(find(name).examples()) for name in NAMES}
    return table({**cases, "examples": examples}, ("compared", "left out", *NAMES))


def check(sources: dict[str, Held], record: Record) -> int:
    """Everything agrees and every kind is there; how many cases were compared."""
    text = report(sources)
    record("table", text)
    for one in sources.values():
        assert not one.wrong, one.told
    drawn = {name for one in sources.values() for name in one.kinds}
    assert set(NAMES) - drawn <= set(NEVER_DRAWN)
    return sum(one.done for one in sources.values())


def test_two_hundred_layers_and_graphs(record_property: Record) -> None:
    uses, layers = len(live_torch.RECIPES), len(live_keras.recipes())
    sources = compared(range(uses), range(layers), range(60))
    assert check(sources, record_property) > 200


@pytest.mark.slow
def test_two_thousand_layers_and_graphs(record_property: Record) -> None:
    uses, layers = len(live_torch.RECIPES), len(live_keras.recipes())
    sources = compared(range(uses, 5 * uses), range(layers, 7 * layers), range(1000, 1500))
    assert check(sources, record_property) > 2000

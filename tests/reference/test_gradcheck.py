"""Gradients of every kind's examples by finite differences, in evaluation and in training."""

from __future__ import annotations

import pytest

from convwise.kinds.catalog import find
from convwise.reference.rules.table import COMPUTED
from tests.reference.gradcheck import gradcheck


def wrong(name: str, training: bool) -> list[str]:
    """What finite differences do not confirm in any example of the kind."""
    examples = find(name).examples()
    return [
        f"{example.kind}: {line}"
        for example in examples
        for line in gradcheck(example, training=training)
    ]


@pytest.mark.parametrize("name", COMPUTED)
def test_gradients_are_those_of_differences(name: str) -> None:
    assert wrong(name, training=False) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", COMPUTED)
def test_gradients_are_those_of_differences_in_training(name: str) -> None:
    assert wrong(name, training=True) == []

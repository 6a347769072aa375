"""Keras computes what it says: the shapes of the oracle are those of tensors that were computed."""

from __future__ import annotations

import keras
import pytest
import torch

from tests.differential import generate, oracle
from tests.differential.cases import Case, Draft, Parameter, Recipe, draw_case
from tests.differential.facts import Facts
from tests.differential.families.activations import LEFT_OUT


def computed_otherwise(cases: list[Case]) -> tuple[int, list[str]]:
    """How many layers could be run, and those whose output has another shape than Keras says.

    PyTorch refuses some of them, such as pooling in half precision or Lanczos interpolation.
    """
    ran = 0
    wrong = []
    for case in cases:
        layer, _ = oracle.build(case)
        stated = oracle.ask(case)
        assert isinstance(stated, Facts)
        try:
            shape = oracle.run(case, layer)
        except Exception:
            continue
        ran += 1
        if shape != stated.shape:
            wrong.append(f"{case}: stated {stated.shape}, computed {shape}")
    return ran, wrong


def test_keras_computes_the_shapes_it_states() -> None:
    cases = generate.draw(400, 5, oracle.judge).legal
    ran, wrong = computed_otherwise(cases)
    assert wrong == []
    assert ran > 0.97 * len(cases)


@pytest.mark.slow
def test_keras_computes_the_shapes_it_states_in_full() -> None:
    cases = generate.draw(5000, 6, oracle.judge).legal
    ran, wrong = computed_otherwise(cases)
    assert wrong == []
    assert ran > 0.97 * len(cases)


def test_the_activations_left_out_are_no_plain_functions() -> None:
    layer = keras.layers.Activation("glu")
    stated = layer(keras.Input((4,))).shape
    assert stated == (None, 4)
    assert tuple(layer(torch.zeros(2, 4)).shape) == (2, 2)
    with pytest.raises(TypeError, match="missing 2 required"):
        keras.layers.Activation("threshold")(torch.zeros(2, 4))
    assert LEFT_OUT == ("glu", "threshold")


def test_drawing_is_reproducible_and_seeds_differ() -> None:
    first = generate.draw(150, 8, oracle.judge)
    again = generate.draw(150, 8, oracle.judge)
    other = generate.draw(150, 9, oracle.judge)
    assert (first.legal, first.illegal) == (again.legal, again.illegal)
    assert first.legal != other.legal


def test_a_recipe_that_can_never_be_legal_is_reported() -> None:
    def two_axes(draft: Draft) -> tuple[tuple[int, ...], ...]:
        return ((3, 3),)

    padding = Parameter("padding", lambda draft: "same")
    recipe = Recipe("MaxPooling2D", "pooling", two_axes, (padding,))
    rng = generate.random.Random(0)
    assert oracle.judge(draw_case(recipe, frozenset(), rng, 0)) is None
    with pytest.raises(generate.NeverLegalError, match="MaxPooling2D"):
        generate.draw_recipe(recipe, 2, rng, oracle.judge, generate.Drawn())

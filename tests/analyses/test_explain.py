"""Explanations: layers alike fold, one layer is told in full, what is not known is left out."""

from __future__ import annotations

import pytest

import convwise
from convwise.errors import UnknownNameError

HEAD = "from keras import Input, Sequential, layers\n"
TOWER = HEAD + (
    "model = Sequential([Input((16, 16, 4))])\n"
    "for _ in range(9):\n"
    "    model.add(layers.Conv2D(4, 3, padding='same', activation='relu'))\n"
)
UNKNOWN = HEAD + "model = Sequential([Input((8, 8, 1)), layers.Mystery(3), layers.Dense(2)])\n"
OPEN = HEAD + "model = Sequential([Input((None, None, 3)), layers.Conv2D(4, 3), layers.ReLU()])\n"


def test_layers_alike_are_told_once() -> None:
    (story,) = convwise.read(TOWER).explain().answer.stories
    assert len(story.alike) == 8
    assert story.alike[0] == "conv2d_1"


def test_one_layer_is_told_in_full_although_it_is_like_others() -> None:
    (story,) = convwise.read(TOWER).explain("conv2d_5", framework=False).answer.stories
    assert story.row.name == "conv2d_5"
    assert story.points and not story.brief
    assert story.paper is not None
    assert story.paper.weight is not None and story.paper.input is not None


def test_a_layer_that_is_not_there() -> None:
    with pytest.raises(UnknownNameError, match="no layer named 'conv9'") as caught:
        convwise.read(TOWER).explain("conv9")
    assert "conv2d" in str(caught.value)


def test_unknown_layers_are_not_explained_by_guesses() -> None:
    answer = convwise.read(UNKNOWN).explain()
    stories = {story.row.name: story for story in answer.answer.stories}
    assert not stories["mystery"].points
    assert not stories["dense"].points
    assert "unknown" in answer.text()


def test_open_sizes_have_formulas_and_no_values_on_paper() -> None:
    answer = convwise.read(OPEN).explain()
    text = answer.text()
    assert all(story.paper is None for story in answer.answer.stories)
    assert "floor(" in text or "- 2" in text


def test_the_same_twice() -> None:
    """Numbers are drawn from a seed: an explanation can be quoted."""
    first, second = (convwise.read(TOWER).explain(framework=False).to_dict() for _ in range(2))
    assert first == second

"""Normalisation over chosen axes: weights along them, statistics along the others."""

from __future__ import annotations

import pytest

from convwise.graph.axes import tensor
from convwise.kinds.layer_normalization import LayerNorm, RMSNorm, UnitNorm
from tests.kinds.asking import ask, refusal

IMAGE = tensor((2, 7, 5, 32), ("batch", "height", "width", "channel"))
TOKENS = tensor((2, 10, 768), ("batch", "time", "channel"))


def test_layer_norm_of_a_transformer():
    # BERT base: a width of 768, 1536 parameters per layer normalisation.
    said = ask(LayerNorm(("channel",)), TOKENS)
    assert said.shape == TOKENS.shape
    assert said.parameters == said.trainable == 1536
    assert said.equations == {"parameters": "2 x 768 = 1536"}
    assert said.kept_extra == 2 * 2 * 10
    assert said.elementwise_ops == 7 * 2 * 10 * 768


def test_layer_norm_over_several_axes():
    said = ask(LayerNorm((-2, -1), center=False), IMAGE)
    assert said.weights == {"gamma": (5, 32)}
    assert said.kept_extra == 2 * 2 * 7
    assert said.elementwise_ops == 6 * 2 * 7 * 5 * 32
    one = LayerNorm((-2, -1)).canonical((IMAGE,))
    assert one == LayerNorm(("channel", "width")).canonical((IMAGE,))


def test_rms_norm_has_a_scale_and_one_statistic():
    said = ask(RMSNorm(("channel",)), TOKENS)
    assert said.weights == {"gamma": (768,)}
    assert said.kept_extra == 2 * 10
    assert said.elementwise_ops == 4 * 2 * 10 * 768
    assert ask(RMSNorm((-1,), scale=False), TOKENS).parameters == 0


def test_unit_norm_has_nothing_to_learn():
    said = ask(UnitNorm(("height", "width")), IMAGE)
    assert said.weights == said.equations == {}
    assert said.kept_extra == 2 * 32
    assert said.elementwise_ops == 3 * 2 * 7 * 5 * 32


@pytest.mark.parametrize("axes", [(), ("channel", -1)])
def test_axes_must_be_named_once(axes):
    error = refusal(LayerNorm(axes), IMAGE)
    assert "each named once" in error.message
    assert "(2, 7, 5, 32)" in error.message

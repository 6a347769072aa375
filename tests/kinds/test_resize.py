"""Upsampling and resizing: sizes, and which pixels make a value, from their positions."""

from __future__ import annotations

from itertools import product

import pytest

from convwise.graph.axes import tensor
from convwise.graph.dims import evaluate, symbol
from convwise.kinds.resize import SUPPORT, Resize, Upsample
from convwise.kinds.windows import Sample, Slide, Spread, Whole
from tests.kinds.asking import ask, refusal
from tests.kinds.index_sets import seen

IMAGE = tensor((2, 5, 6, 4), ("batch", "height", "width", "channel"))
SOUND = ("batch", "time", "channel")


def near(output, size, factor, support):
    """The pixels less than support/2 away from where an output lies."""
    place = (output + 0.5) / factor - 0.5
    return {pixel for pixel in range(size) if abs(pixel - place) < support / 2}


def test_repeating_copies_every_pixel():
    for size, factor in product(range(1, 6), range(2, 5)):
        said = ask(Upsample((factor,)), tensor((1, size, 1), SOUND))
        found = [seen(said.reach["time"], output, size) for output in range(said.shape[1])]
        assert found == [{pixel} for pixel in range(size) for _ in range(factor)]


@pytest.mark.parametrize("method", [method for method in SUPPORT if method != "nearest"])
def test_interpolation_reads_its_neighbours(method):
    for size, factor in product(range(1, 8), range(2, 6)):
        said = ask(Upsample((factor,), method), tensor((1, size, 1), SOUND))
        for output in range(size * factor):
            by_hand = near(output, size, factor, SUPPORT[method])
            assert seen(said.reach["time"], output, size) == by_hand


def test_decoder_of_a_segmentation_network():
    said = ask(Upsample((2, 2), "bilinear"), tensor((1, 16, 16, 8), IMAGE.roles))
    assert said.shape == (1, 32, 32, 8)
    assert said.equations == {"height": "16*2 = 32", "width": "16*2 = 32"}
    assert said.elementwise_ops == 32 * 32 * 8 * 2 * 4
    assert said.parameters == said.macs == 0
    assert said.kept == []


def test_factor_one_changes_nothing():
    said = ask(Upsample((1, 3)), IMAGE)
    assert said.shape == (2, 5, 18, 4)
    assert said.reach == {"width": Spread(3, 3)}
    assert said.equations == {"width": "6*3 = 18"}


def test_aligned_corners_are_sampled():
    said = ask(Upsample((2, 2), "bilinear", aligned_corners=True), IMAGE)
    assert said.reach["height"] == Sample(5, 10, 2, True)
    assert Upsample((2, 2), aligned_corners=True).canonical((IMAGE,)) == Upsample((2, 2))


def test_resize_to_given_sizes():
    said = ask(Resize((10, 3)), IMAGE)
    assert said.shape == (2, 10, 3, 4)
    assert said.equations == {"height": "10 = 10", "width": "3 = 3"}
    assert said.reach == {"height": Sample(5, 10, 2), "width": Sample(6, 3, 2)}
    assert ask(Resize((5, None)), IMAGE).reach == {"height": Slide(), "width": Slide()}


def test_antialias_widens_the_window_when_shrinking():
    assert ask(Resize((None, 2), antialias=True), IMAGE).reach == {
        "height": Slide(),
        "width": Sample(6, 2, 6),
    }
    assert ask(Resize((None, 12), antialias=True), IMAGE).reach["width"] == Sample(6, 12, 2)
    assert ask(Resize((None, 2), "nearest", antialias=True), IMAGE).reach["width"].support == 1


def test_keeping_the_aspect_changes_what_is_seen_not_the_size():
    for aspect in ("crop", "pad"):
        said = ask(Resize((4, 4), aspect=aspect), IMAGE)
        assert said.shape == (2, 4, 4, 4)
        assert said.reach == {"height": Whole(partial=True), "width": Whole(partial=True)}


def test_symbolic_sizes():
    source = tensor((1, symbol("T"), 2), SOUND)
    assert evaluate(ask(Upsample((3,)), source).shape[1], {"T": 7}) == 21
    assert ask(Upsample((3,), "bilinear"), source).reach == {"time": Spread(5, 3, before=1)}
    said = ask(Resize((4,)), source)
    assert said.shape[1] == 4
    assert said.reach == {"time": Whole(partial=True)}


def test_refusals():
    assert 'no interpolation "linear-ish"' in refusal(Upsample((2, 2), "linear-ish"), IMAGE).message
    assert "the new size along height is 0" in refusal(Resize((0, 2)), IMAGE).message

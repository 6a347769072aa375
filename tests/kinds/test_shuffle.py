"""Pixel shuffling and its inverse."""

from __future__ import annotations

import pytest

from convwise.graph.axes import tensor
from convwise.graph.dims import evaluate, symbol
from convwise.kinds.shuffle import PixelShuffle, PixelUnshuffle
from tests.kinds.asking import ask, refusal
from tests.kinds.index_sets import seen

IMAGE = ("batch", "height", "width", "channel")


def test_last_step_of_espcn():
    # Shi et al. (2016): r*r*C channels become C channels of r times the size, r = 3.
    said = ask(PixelShuffle(3), tensor((1, 17, 17, 27), IMAGE))
    assert said.shape == (1, 51, 51, 3)
    assert said.equations["channel"] == "floor(27/9) = 3"
    assert said.equations["height"] == "17*3 = 51"
    assert said.parameters == said.macs == said.elementwise_ops == 0


def test_unshuffle_undoes_shuffle():
    source = tensor((2, 8, 5, 4, 6), ("batch", "channel", "depth", "height", "width"))
    packed = ask(PixelUnshuffle(2), source)
    assert packed.shape == (2, 32, 5, 2, 3)
    assert packed.equations["channel"] == "8*2*2 = 32"
    assert ask(PixelShuffle(2), tensor(packed.shape, source.roles)).shape == source.shape


def test_blocks_and_pixels_see_each_other():
    apart = ask(PixelShuffle(3), tensor((1, 4, 4, 9), IMAGE)).reach["height"]
    assert [seen(apart, output, 4) for output in range(12)] == [{o // 3} for o in range(12)]
    together = ask(PixelUnshuffle(3), tensor((1, 12, 12, 1), IMAGE)).reach["height"]
    assert [seen(together, output, 12) for output in range(4)] == [
        {3 * output, 3 * output + 1, 3 * output + 2} for output in range(4)
    ]


def test_order_of_channels_is_part_of_the_operation():
    source = (tensor((1, 4, 4, 9), IMAGE),)
    assert PixelShuffle(3).canonical(source) != PixelShuffle(3, "block first").canonical(source)


def test_symbolic_sizes():
    source = tensor((1, symbol("H"), 6, 4), IMAGE)
    assert evaluate(ask(PixelShuffle(2), source).shape[1], {"H": 5}) == 10
    assert evaluate(ask(PixelUnshuffle(2), source).shape[1], {"H": 10}) == 5


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (PixelShuffle(2), "6 channels do not make blocks of 2 x 2 = 4 pixels"),
        (PixelUnshuffle(2), "5 pixels along height do not split into blocks of 2"),
        (PixelUnshuffle(5), "4 pixels along width do not split into blocks of 5"),
    ],
)
def test_refusals_name_both_numbers(kind, message):
    error = refusal(kind, tensor((1, 5, 4, 6), IMAGE))
    assert message in error.message
    assert error.hint

"""Padding and cropping against arrays of indices padded and cut by hand."""

from __future__ import annotations

from itertools import product

import pytest

from convwise.graph.axes import tensor
from convwise.graph.dims import evaluate, symbol
from convwise.kinds.padding import CenterCrop, Crop, Pad
from tests.kinds.asking import ask, refusal
from tests.kinds.index_sets import seen

IMAGE = tensor((2, 5, 6, 4), ("batch", "height", "width", "channel"))
SOUND = ("batch", "time", "channel")


def test_padding_moves_every_pixel():
    for size, before, after in product(range(1, 5), range(4), range(4)):
        said = ask(Pad((("time", (before, after)),)), tensor((1, size, 1), SOUND))
        by_hand = [set()] * before + [{pixel} for pixel in range(size)] + [set()] * after
        found = [seen(said.reach.get("time"), output, size) for output in range(said.shape[1])]
        assert found == by_hand


def test_cropping_never_reads_what_it_cuts():
    for size, before, after in product(range(1, 7), range(4), range(4)):
        if before + after >= size:
            continue
        said = ask(Crop((("time", (before, after)),)), tensor((1, size, 1), SOUND))
        by_hand = [{pixel} for pixel in range(size)][before : size - after]
        found = [seen(said.reach.get("time"), output, size) for output in range(said.shape[1])]
        assert found == by_hand
        assert said.dropped.get("time", 0) == size - len(by_hand)


def test_centre_crop_cuts_both_sides_alike():
    for size, out in product(range(1, 9), range(1, 9)):
        if out > size:
            continue
        said = ask(CenterCrop((out,)), tensor((1, size, 1), SOUND))
        first = (size - out) // 2
        found = [seen(said.reach["time"], output, size) for output in range(out)]
        assert found == [{pixel} for pixel in range(first, first + out)]
        assert said.dropped == {"time": size - out}


def test_formulas_show_what_is_added_and_cut():
    pad = Pad((("height", (3, 3)), ("width", (0, 1))))
    assert ask(pad, IMAGE).equations == {"height": "5 + 3 + 3 = 11", "width": "6 + 1 = 7"}
    crop = Crop((("height", (1, 2)), ("width", (0, 0))))
    assert ask(crop, IMAGE).equations == {"height": "5 - 1 - 2 = 2"}
    assert ask(CenterCrop((3, 4)), IMAGE).equations == {"height": "3 = 3", "width": "4 = 4"}


def test_nothing_is_computed_or_kept():
    for kind in (Pad((("height", (3, 3)),)), Crop((("width", (1, 0)),)), CenterCrop((2, 2))):
        said = ask(kind, IMAGE)
        assert said.parameters == said.macs == said.elementwise_ops == 0
        assert said.kept == []


def test_channels_can_be_padded_and_cut():
    assert ask(Pad(((-1, (0, 2)),)), IMAGE).shape == (2, 5, 6, 6)
    assert ask(Crop((("channel", (1, 0)),)), IMAGE).dropped == {}


def test_canonical_form_names_only_axes_that_change():
    one = Pad(((2, (1, 1)), ("height", (0, 0))), "reflect", 7.0).canonical((IMAGE,))
    assert one == Pad((("width", (1, 1)),), "reflect")


def test_symbolic_sizes():
    source = tensor((1, symbol("T"), 2), SOUND)
    padded = ask(Pad((("time", (2, 1)),), "reflect"), source).shape[1]
    cut = ask(Crop((("time", (2, 1)),)), source).shape[1]
    centre = ask(CenterCrop((3,)), source)
    assert evaluate(padded, {"T": 9}) == 12
    assert evaluate(cut, {"T": 9}) == 6
    assert centre.shape[1] == 3
    assert evaluate(centre.dropped["time"], {"T": 9}) == 6
    assert evaluate(centre.reach["time"].before, {"T": 8}) == -2


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Crop((("height", (3, 2)),)), "cropping 3 and 2 pixels leaves nothing of 5 along height"),
        (CenterCrop((6, 6)), "a centre crop to 6 is larger than its input 5 along height"),
        (CenterCrop((0, 6)), "a centre crop to 0 leaves nothing along height"),
        (
            Pad((("height", (5, 0)),), "reflect"),
            "needs 6 or more pixels along height, the input has 5",
        ),
        (
            Pad((("width", (7, 0)),), "circular"),
            "needs 7 or more pixels along width, the input has 6",
        ),
        (Pad((("width", (-1, 0)),)), "amounts must not be negative"),
        (Pad((("width", (1, 0)), (2, (1, 0)))), "an axis is named twice"),
        (Pad((("width", (1, 0)),), "mirror"), 'no padding mode "mirror"'),
    ],
)
def test_refusals_name_the_numbers(kind, message):
    assert message in refusal(kind, IMAGE).message

"""Slices and copies against Python's own slicing of lists of indices."""

from __future__ import annotations

from itertools import product

import pytest

from convwise.errors import RuleError
from convwise.graph.axes import FREE_BATCH, tensor
from convwise.graph.dims import evaluate, symbol
from convwise.graph.obligations import Must
from convwise.kinds.slicing import Repeat, Slice
from convwise.kinds.views import Flatten
from convwise.kinds.windows import Slide, Spread, Whole
from tests.kinds.asking import ask, refusal
from tests.kinds.index_sets import seen

ALL = (None, None, None)
SOUND = ("batch", "time", "channel")
IMAGE = ("batch", "height", "width", "channel")
BOUNDS = (None, 0, 1, 3, 5, -1, -2, -5)


def cuts():
    return product(BOUNDS, BOUNDS, (None, 1, 2, 3))


def test_the_last_step_of_a_sequence():
    said = ask(Slice((ALL, -1)), tensor((FREE_BATCH, 9, 4), SOUND))
    assert (said.shape, said.roles) == ((FREE_BATCH, 4), ("batch", "channel"))
    assert said.reach == {"time": Slide(before=-8)}
    assert said.dropped == {"time": 8}
    assert said.parameters == said.macs == said.elementwise_ops == 0


def test_every_slice_takes_the_places_that_python_takes():
    count = 0
    for size, cut in product(range(5, 8), cuts()):
        places = list(range(size))[slice(*cut)]
        kind = Slice((ALL, cut))
        source = tensor((1, size, 2), SOUND)
        if not places:
            assert "leaves nothing" in refusal(kind, source).message
            continue
        said = ask(kind, source)
        assert said.shape == (1, len(places), 2), kind
        for output, place in enumerate(places):
            assert seen(said.reach.get("time", Slide()), output, size) == {place}, kind
        assert said.dropped["time"] == places[0] + size - 1 - places[-1], kind
        count += 1
    assert count > 300


def test_slices_of_symbolic_sizes_agree_with_those_of_numbers():
    count = 0
    for cut in cuts():
        kind, must = Slice((ALL, cut)), Must()
        try:
            size = kind.outputs((tensor((1, symbol("T"), 2), SOUND),), must)[0].shape[1]
        except RuleError:
            continue
        for number in range(1, 12):
            if all(constraint.holds({"T": number}) for constraint in must.constraints):
                assert evaluate(size, {"T": number}) == len(range(number)[slice(*cut)]), kind
                count += 1
    assert count > 1000


def test_backwards_the_field_is_not_tracked():
    said = ask(Slice((ALL, (None, None, -1))), tensor((1, 9, 4), SOUND))
    assert said.shape == (1, 9, 4)
    assert said.reach == {"time": Whole(partial=True)}
    assert said.dropped == {"time": 0}
    symbolic = ask(Slice((ALL, (None, None, -1))), tensor((1, symbol("T"), 4), SOUND))
    assert symbolic.shape == (1, symbol("T"), 4)


def test_formulas_of_slices():
    image = tensor((1, 9, 8, 4), IMAGE)
    said = ask(Slice((ALL, (1, None, 2), (2, -2, None))), image)
    assert said.equations == {"height": "ceil((9 - 2)/2) = 4", "width": "8 - 4 = 4"}


def test_part_of_a_flattened_map_is_not_tracked():
    image = tensor((1, 5, 4, 3), IMAGE)
    flat = Flatten().outputs((image,), Must())[0]
    said = ask(Slice((ALL, (0, 10, None))), flat)
    assert said.shape == (1, 10)
    assert said.reach == {"height": Whole(partial=True), "width": Whole(partial=True)}


def test_a_place_that_does_not_exist():
    error = refusal(Slice((ALL, 9)), tensor((1, 9, 4), SOUND))
    assert error.message == "there is no place 9 along time with 9"
    assert error.hint == "at least 10 are needed"
    with pytest.raises(RuleError, match="2 axes are indexed"):
        Slice((0, 0)).outputs((tensor((4,), ("batch",)),), Must())
    assert "step of 0" in refusal(Slice((ALL, (0, 5, 0))), tensor((1, 9, 4), SOUND)).message


def test_a_slice_backwards_of_a_symbol_is_refused():
    error = refusal(Slice((ALL, (5, None, -2))), tensor((1, symbol("T"), 4), SOUND))
    assert error.message == "a slice backwards needs a known size, time is T"


def test_canonical_counts_from_the_front():
    form = Slice((ALL, (-4, -1, None), -1)).canonical((tensor((1, 9, 4), SOUND),))
    assert form == Slice((ALL, (5, 8, 1), 3))


def test_repeated_vector():
    said = ask(Repeat(3), tensor((FREE_BATCH, 8), ("batch", "feature")))
    assert (said.shape, said.roles) == ((FREE_BATCH, 3, 8), ("batch", "time", "feature"))
    assert said.reach == {}


def test_tiles_and_interleaved_copies():
    sound = tensor((1, 5, 2), SOUND)
    tiled = ask(Repeat(3, axis="time"), sound)
    assert tiled.shape == (1, 15, 2)
    assert tiled.equations == {"time": "5*3 = 15"}
    assert tiled.reach == {"time": Whole(partial=True)}
    mixed = ask(Repeat(3, axis=1, interleaved=True), sound)
    assert mixed.reach == {"time": Spread(3, 3)}
    for output in range(15):
        assert seen(mixed.reach["time"], output, 5) == {output // 3}
    assert ask(Repeat(2, axis="channel"), sound).reach == {}


def test_copies_that_are_none():
    assert "0 copies" in refusal(Repeat(0), tensor((1, 8), ("batch", "feature"))).message
    assert "position 7" in refusal(Repeat(2, 7), tensor((1, 8), ("batch", "feature"))).message

"""Sums, gates and skips: broadcasting against NumPy's rule by hand, and what does not fit."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from convwise.graph.axes import FREE_BATCH, tensor
from convwise.graph.dims import symbol
from convwise.graph.obligations import Must
from convwise.kinds.merge import OPERATIONS, Concatenate, Merge, Stack
from convwise.kinds.views import Flatten
from convwise.kinds.windows import Slide, Whole
from tests.kinds.asking import ask, refusal

IMAGE = ("batch", "height", "width", "channel")
N = FREE_BATCH


def image(*sizes):
    return tensor((N, *sizes), IMAGE)


def test_the_sum_at_the_end_of_a_residual_block():
    said = ask(Merge("add"), image(56, 56, 256), image(56, 56, 256))
    assert said.shape == (N, 56, 56, 256)
    assert said.roles == IMAGE
    assert said.elementwise_ops == N * 802_816
    assert (said.parameters, said.macs, said.kept) == (0, 0, [])
    assert said.reach == {}


def test_a_gate_of_one_pixel_is_repeated():
    for gate in (tensor((N, 1, 1, 64), IMAGE), tensor((N, 64), ("batch", "channel"))):
        for operands in ((image(8, 6, 64), gate), (gate, image(8, 6, 64))):
            said = ask(Merge("multiply"), *operands)
            assert said.shape == (N, 8, 6, 64)
            assert said.roles == IMAGE
            assert said.kept == ["input", "input"]


def test_numbers_without_a_batch_align_from_the_right():
    scale = tensor((64,), ("channel",))
    assert ask(Merge("add"), image(8, 6, 64), scale).shape == (N, 8, 6, 64)
    assert ask(Merge("add"), scale, image(8, 6, 64)).roles == IMAGE
    assert ask(Merge("multiply"), image(8, 6, 64), tensor((), ())).shape == (N, 8, 6, 64)


def test_operators_do_not_keep_the_batch_apart():
    gate = tensor((2, 64), ("batch", "channel"))
    block = tensor((2, 8, 6, 64), IMAGE)
    assert ask(Merge("multiply"), block, gate).shape == (2, 8, 6, 64)
    error = refusal(Merge("multiply", keeps_batch=False), block, gate)
    assert error.message == "width 6 and 2 do not multiply"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_one_operation_for_every_further_input(operation):
    said = ask(Merge(operation), image(4, 4, 2), image(4, 4, 2))
    assert said.elementwise_ops == N * 32 * (2 if operation == "average" else 1)


def test_what_the_derivative_needs():
    pair = image(4, 4, 2), image(4, 4, 2)
    assert ask(Merge("average"), *pair).kept == []
    assert ask(Merge("divide"), *pair).kept == ["input", "input"]
    assert ask(Merge("maximum"), *pair, pair[0]).kept == ["input"] * 3


def test_sizes_that_do_not_add():
    error = refusal(Merge("add"), image(56, 56, 64), image(28, 28, 64))
    assert error.message == "height 56 and 28 do not add"
    assert 'padding="same"' in error.hint
    assert refusal(Merge("maximum"), image(5, 6, 4), image(5, 7, 4)).message == (
        "width 6 and 7 do not compare"
    )


def test_channels_that_do_not_add():
    error = refusal(Merge("add"), image(56, 56, 64), image(56, 56, 256))
    assert error.message == "channel 64 and 256 do not add"
    assert "1x1 convolution" in error.hint


def test_symbols_that_must_agree():
    must = Must()
    height, other = symbol("H"), symbol("H2")
    out = Merge("add").outputs((image(height, 4, 2), image(other, 4, 2)), must)
    assert out[0].shape == (N, height, 4, 2)
    assert [c.holds({"H": 5, "H2": 5}) for c in must.constraints] == [True]
    assert [c.holds({"H": 5, "H2": 6}) for c in must.constraints] == [False]


def test_differences_take_two():
    message = refusal(Merge("subtract"), image(4, 4, 2)).message
    assert message == "subtract takes 2 inputs, 1 are given"
    error = refusal(Merge("xor"), image(4, 4, 2), image(4, 4, 2))
    assert error.message == 'there is no operation named "xor" on several inputs'
    assert "multiply" in error.hint


def test_channels_of_the_branches_of_inception():
    # Szegedy et al. (2014), inception (3a): 64 + 128 + 32 + 32 = 256.
    branches = [image(28, 28, count) for count in (64, 128, 32, 32)]
    said = ask(Concatenate(), *branches)
    assert said.shape == (N, 28, 28, 256)
    assert said.equations == {"channel": "64 + 128 + 32 + 32 = 256"}
    assert said.elementwise_ops == 0
    assert said.reach == {}


def test_concatenation_by_role_works_in_any_layout():
    first = tensor((1, 3, 5, 6), ("batch", "channel", "height", "width"))
    assert ask(Concatenate("channel"), first, first).shape == (1, 6, 5, 6)
    assert Concatenate(1).canonical((first, first)) == Concatenate("channel")


def test_concatenation_along_space_is_not_tracked():
    said = ask(Concatenate("height"), image(5, 6, 4), image(7, 6, 4))
    assert said.shape == (N, 12, 6, 4)
    assert said.reach == {"height": Whole(partial=True)}
    flat = Flatten().outputs((image(5, 6, 4),), Must())[0]
    said = ask(Concatenate(), flat, flat)
    assert said.shape == (N, 240)
    assert said.reach == {"height": Whole(partial=True), "width": Whole(partial=True)}


def test_features_are_found_behind_those_of_earlier_inputs():
    table = [tensor((N, count), ("batch", "feature")) for count in (5, 8, 2)]
    reach = [Concatenate().reach(tuple(table), operand) for operand in range(3)]
    assert reach == [{"feature": Slide(before=offset)} for offset in (0, 5, 13)]


def test_a_skip_that_does_not_fit():
    error = refusal(Concatenate(), image(56, 57, 64), image(56, 56, 64))
    assert error.message == "width 57 and 56 do not concatenate along channel"
    assert "width must be the same on all inputs" in error.hint
    assert 'padding="same"' in error.hint
    assert "an input whose width halves evenly at every downsampling" in error.hint


def test_a_symbolic_skip_becomes_a_constraint():
    must = Must()
    height = symbol("H")
    halves = height // 2 * 2
    Concatenate().outputs((image(height, 4, 2), image(halves, 4, 2)), must)
    assert [[c.holds({"H": h}) for c in must.constraints] for h in (8, 9)] == [[True], [False]]


def test_other_numbers_of_axes():
    error = refusal(Concatenate(), image(5, 6, 4), tensor((N, 4), ("batch", "channel")))
    assert error.message == "(None, 5, 6, 4) and (None, 4) do not concatenate: 4 axes against 2"
    assert refusal(Stack(1), image(5, 6, 4), tensor((4,), ("channel",))).hint


def test_stacked_frames():
    said = ask(Stack(1, "time"), *[image(5, 6, 4)] * 3)
    assert said.shape == (N, 3, 5, 6, 4)
    assert said.roles == ("batch", "time", *IMAGE[1:])
    assert ask(Stack(-1), image(5, 6, 4), image(5, 6, 4)).shape == (N, 5, 6, 4, 2)
    assert refusal(Stack(1), image(5, 6, 4), image(5, 7, 4)).message == (
        "width 6 and 7 do not stack"
    )
    assert "position 9 of 5" in refusal(Stack(9), image(5, 6, 4)).message


def test_shapes_are_those_of_numpy():
    kind, count = Merge("add", keeps_batch=False), 0
    every = [shape for rank in range(4) for shape in product((1, 2, 3), repeat=rank)]
    for one, two in product(every, repeat=2):
        operands = tensor(one, (None,) * len(one)), tensor(two, (None,) * len(two))
        try:
            expected = np.broadcast_shapes(one, two)
        except ValueError:
            assert "do not add" in refusal(kind, *operands).message
            continue
        assert ask(kind, *operands).shape == expected
        count += 1
    assert count > 500

"""Pooling against published networks and against windows slid by hand."""

from __future__ import annotations

from itertools import product

from convwise.graph.axes import tensor
from convwise.graph.dims import evaluate, symbol
from convwise.kinds.pooling import AveragePool, LpPool, MaxPool
from convwise.kinds.windows import SAME, VALID, Padding
from tests.kinds.asking import ask, refusal
from tests.kinds.index_sets import seen, windows_by_hand

IMAGE = ("batch", "height", "width", "channel")
SOUND = ("batch", "time", "channel")


def square(make, window, stride, padding=VALID, ceil=False, **rest):
    return make((window,) * 2, (stride,) * 2, (1, 1), padding, ceil, **rest)


def test_overlapping_pool_of_alexnet():
    # Krizhevsky, Sutskever and Hinton (2012): 3 x 3 windows, 2 apart, 55 x 55 to 27 x 27.
    said = ask(square(MaxPool, 3, 2), tensor((1, 55, 55, 96), IMAGE))
    assert said.shape == (1, 27, 27, 96)
    assert said.parameters == said.macs == 0
    assert said.elementwise_ops == 27 * 27 * 96 * 9
    assert said.equations == {
        "height": "floor((55 - 3)/2) + 1 = 27",
        "width": "floor((55 - 3)/2) + 1 = 27",
    }


def test_pool_of_googlenet_rounds_up():
    # Szegedy et al. (2014), table 1: 3 x 3 windows, 2 apart, 112 x 112 to 56 x 56.
    source = tensor((1, 112, 112, 64), IMAGE)
    assert ask(square(MaxPool, 3, 2), source).shape == (1, 55, 55, 64)
    assert ask(square(MaxPool, 3, 2, ceil=True), source).shape == (1, 56, 56, 64)


def test_same_pooling_with_stride_one_keeps_the_size():
    source = tensor((1, 25, 20, 15), IMAGE)
    one_each_side = Padding("explicit", ((1, 1), (1, 1)))
    assert ask(square(MaxPool, 2, 1, SAME), source).shape == (1, 25, 20, 15)
    assert ask(square(MaxPool, 2, 1, one_each_side), source).shape == (1, 26, 21, 15)
    assert ask(square(MaxPool, 2, 1), source).shape == (1, 24, 19, 15)
    assert ask(square(MaxPool, 2, 2, SAME), source).shape == (1, 13, 10, 15)


def test_what_backward_needs():
    source = tensor((1, 4, 4, 1), IMAGE)
    assert ask(square(MaxPool, 2, 2), source).kept == ["input", "output"]
    assert ask(square(AveragePool, 2, 2), source).kept == []
    assert ask(square(LpPool, 2, 2, p=3.0), source).kept == ["input", "output"]


def test_lp_pool_counts_power_and_sum():
    assert ask(square(LpPool, 2, 2), tensor((1, 4, 4, 3), IMAGE)).elementwise_ops == 2 * 4 * 12


def cases():
    ranges = (range(1, 10), (1, 2, 3), (1, 2, 3, 4), (1, 2), (0, 1), (0, 1), (False, True))
    for size, window, stride, dilation, before, after, ceil in product(*ranges):
        extent = (window - 1) * dilation + 1
        if size + before + after >= extent > before:
            yield size, window, stride, dilation, before, after, ceil


def test_sizes_reach_and_dropped_are_those_of_windows_slid_by_hand():
    for size, window, stride, dilation, before, after, ceil in cases():
        amounts = Padding("explicit", ((before, after),))
        kind = MaxPool((window,), (stride,), (dilation,), amounts, ceil)
        said = ask(kind, tensor((1, size, 1), SOUND))
        windows = windows_by_hand(size, window, stride, dilation, before, after, ceil)
        assert said.shape[1] == len(windows), kind
        assert said.dropped == {"time": max(size - 1 - windows[-1][-1], 0)}, kind
        for output, pixels in enumerate(windows):
            inside = {pixel for pixel in pixels if 0 <= pixel < size}
            assert seen(said.reach["time"], output, size) == inside


def test_canonical_form_sees_the_same_pixels_and_forgets_ceil():
    for size, window, stride, dilation, before, after, ceil in cases():
        source = (tensor((1, size, 1), SOUND),)
        amounts = Padding("explicit", ((before, after),))
        kind = MaxPool((window,), (stride,), (dilation,), amounts, ceil).canonical(source)
        assert not kind.ceil
        (before, after), *_ = kind.padding.amounts
        found = windows_by_hand(size, window, stride, kind.dilation[0], before, after)
        assert found == windows_by_hand(size, window, stride, dilation, *amounts.amounts[0], ceil)


def test_divisors_that_cannot_differ_have_one_canonical_form():
    source = (tensor((1, 8, 8, 3), IMAGE),)
    valid, padded, four = (
        square(AveragePool, 2, 2, divisor=divisor).canonical(source)
        for divisor in ("valid", "padded", 4)
    )
    assert valid == padded == four
    one = Padding("explicit", ((1, 1), (1, 1)))
    inside = square(AveragePool, 3, 2, one).canonical(source)
    everything = square(AveragePool, 3, 2, one, divisor="padded").canonical(source)
    assert inside != everything


def test_canonical_form_keeps_ceil_where_the_divisor_sees_it():
    source = (tensor((1, 8, 8, 3), IMAGE),)
    one = Padding("explicit", ((1, 1), (1, 1)))
    assert square(AveragePool, 3, 2, one, ceil=True, divisor="padded").canonical(source).ceil
    assert not square(AveragePool, 3, 2, one, ceil=True).canonical(source).ceil


def test_symbolic_size_is_right_for_every_number():
    for padding, ceil in ((VALID, False), (SAME, False), (VALID, True)):
        kind = MaxPool((3,), (2,), (1,), padding, ceil)
        dim = ask(kind, tensor((1, symbol("T"), 1), SOUND)).shape[1]
        for size in range(3, 14):
            assert evaluate(dim, {"T": size}) == ask(kind, tensor((1, size, 1), SOUND)).shape[1]


def test_window_larger_than_its_input_is_refused():
    error = refusal(square(MaxPool, 4, 4), tensor((1, 3, 9, 2), IMAGE))
    assert "4 is larger than its input 3 along height" in error.message
    assert "4 along height" in error.hint

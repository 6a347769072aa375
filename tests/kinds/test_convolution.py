"""Convolution against published networks and against windows slid by hand."""

from __future__ import annotations

from itertools import product

import pytest

from convwise.graph.axes import tensor
from convwise.graph.dims import evaluate, symbol
from convwise.kinds.convolution import Convolution
from convwise.kinds.windows import SAME, Padding
from tests.kinds.asking import ask, refusal
from tests.kinds.index_sets import seen, windows_by_hand

IMAGE = ("batch", "height", "width", "channel")


def square(kernel, filters, stride=1, padding=0, **rest):
    amounts = Padding("explicit", ((padding, padding),) * 2)
    return Convolution((kernel,) * 2, filters, (stride,) * 2, (1, 1), amounts, **rest)


def test_first_layer_of_alexnet():
    # Krizhevsky, Sutskever and Hinton (2012): 96 kernels of 11 x 11 x 3, stride 4, 55 x 55 out.
    said = ask(square(11, 96, 4), tensor((1, 227, 227, 3), IMAGE))
    assert said.shape == (1, 55, 55, 96)
    assert said.parameters == 34_944
    assert said.macs == 105_415_200
    assert said.elementwise_ops == 55 * 55 * 96
    assert said.equations["height"] == "floor((227 - 11)/4) + 1 = 55"
    assert said.equations["parameters"] == "96 x (11*11*3 + 1) = 34944"
    assert said.equations["macs"] == "55*55*96 x 11*11*3 = 105415200"


def test_second_layer_of_alexnet_has_two_groups():
    said = ask(square(5, 256, padding=2, groups=2), tensor((1, 27, 27, 96), IMAGE))
    assert said.weights == {"kernel": (256, 48, 5, 5), "bias": (256,)}
    assert said.parameters == 307_456
    assert said.macs == 223_948_800


def test_depthwise_layer_of_mobilenet():
    # Howard et al. (2017), table 1: 3 x 3 x 512 depthwise at 14 x 14.
    kind = Convolution((3, 3), None, (1, 1), (1, 1), SAME, groups=None, bias=False)
    said = ask(kind, tensor((1, 14, 14, 512), IMAGE))
    assert said.weights == {"kernel": (512, 1, 3, 3)}
    assert said.macs == 14 * 14 * 512 * 9
    assert said.kept == ["input"]


def test_time_as_depth_or_as_channels():
    same = Padding("explicit", ((2, 2),) * 3)
    deep = Convolution((5, 5, 5), 1, (1, 1, 1), (1, 1, 1), same)
    film = tensor((1, 16, 1024, 1024, 1), ("batch", "depth", "height", "width", "channel"))
    flat = tensor((1, 1024, 1024, 16), IMAGE)
    assert ask(deep, film).macs == 125 * 16 * 1024**2
    assert ask(deep, film).parameters == 126
    assert ask(square(5, 16, padding=2), flat).macs == 6400 * 1024**2
    assert ask(square(5, 16, padding=2), flat).parameters == 6416


def test_a_batch_multiplies_macs_and_stands_in_the_formula():
    said = ask(square(3, 8), tensor((5, 6, 6, 2), IMAGE))
    assert said.macs == 5 * 4 * 4 * 8 * 18
    assert said.equations["macs"] == "5*4*4*8 x 3*3*2 = 11520"


SIZES = [
    case
    for case in product(range(1, 9), (1, 2, 3), (1, 2, 3), (1, 2), (0, 1, 2), (0, 1))
    if case[0] + case[4] + case[5] >= (case[1] - 1) * case[3] + 1 > case[4]
]


def test_sizes_reach_and_dropped_are_those_of_windows_slid_by_hand():
    for size, kernel, stride, dilation, before, after in SIZES:
        amounts = Padding("explicit", ((before, after),))
        kind = Convolution((kernel,), 1, (stride,), (dilation,), amounts)
        said = ask(kind, tensor((1, size, 1), ("batch", "time", "channel")))
        windows = windows_by_hand(size, kernel, stride, dilation, before, after)
        assert said.shape[1] == len(windows)
        assert said.dropped == {"time": max(size - 1 - windows[-1][-1], 0)}
        for output, window in enumerate(windows):
            inside = {pixel for pixel in window if 0 <= pixel < size}
            assert seen(said.reach["time"], output, size) == inside


def test_same_gives_the_size_over_the_stride_rounded_up():
    for size, kernel, stride in product(range(1, 12), range(1, 6), range(1, 5)):
        kind = Convolution((kernel,), 1, (stride,), (1,), SAME)
        said = ask(kind, tensor((1, size, 1), ("batch", "time", "channel")))
        assert said.shape[1] == -(-size // stride)
        assert said.dropped["time"] == 0 or stride > kernel


def test_symbolic_size_is_right_for_every_number():
    kind = Convolution((3, 3), 4, (2, 1), (1, 2), Padding("explicit", ((1, 1), (0, 1))))
    shape = ask(kind, tensor((1, symbol("H"), symbol("W"), 3), IMAGE)).shape
    for height, width in product(range(1, 12), range(4, 12)):
        numbers = ask(kind, tensor((1, height, width, 3), IMAGE)).shape
        assert tuple(evaluate(dim, {"H": height, "W": width}) for dim in shape) == numbers


def test_canonical_form_does_not_know_how_padding_was_said():
    image = (tensor((1, 8, 8, 3), IMAGE),)
    same = Convolution((3, 3), 4, (2, 2), (1, 1), SAME)
    uneven = Convolution((3, 3), 4, (2, 2), (1, 1), Padding("explicit", ((0, 1), (0, 1))))
    generous = Convolution((3, 3), 4, (2, 2), (1, 1), Padding("explicit", ((0, 2), (0, 1))))
    both_sides = square(3, 4, 2, 1)
    assert same.canonical(image) == uneven.canonical(image) == generous.canonical(image)
    assert both_sides.canonical(image) != uneven.canonical(image)


def test_canonical_form_of_depthwise_is_one_group_per_channel():
    image = (tensor((1, 8, 8, 3), IMAGE),)
    depthwise = Convolution((3, 3), None, (1, 1), (1, 1), groups=None, multiplier=2)
    grouped = Convolution((3, 3), 6, (1, 1), (1, 1), groups=3)
    assert depthwise.canonical(image) == grouped.canonical(image)


@pytest.mark.parametrize(
    ("kind", "shape", "message"),
    [
        (square(8, 4), (1, 5, 9, 3), "kernel 8 is larger than its input 5 along height"),
        (square(3, 4, groups=2), (1, 5, 5, 3), "3 input channels do not split into 2 groups"),
        (square(3, 5, groups=2), (1, 5, 5, 4), "5 filters do not split into 2 groups"),
    ],
)
def test_refusals_name_both_numbers(kind, shape, message):
    error = refusal(kind, tensor(shape, IMAGE))
    assert message in error.message
    assert error.hint


def test_spatial_axes_must_be_there():
    error = refusal(square(3, 4), tensor((1, 5, 3), ("batch", "time", "channel")))
    assert "2 spatial axes are needed" in error.message
    assert "(1, 5, 3)" in error.message


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Convolution((3, 3), 4, (1,), (1, 1)), "the window has 2 entries, stride has 1"),
        (Convolution((3, 3), 4, (1, 1), (1, 1, 1)), "the window has 2 entries, dilation has 3"),
        (Convolution((3, 0), 4, (1, 1), (1, 1)), "the size of a window must be 1 or more, found 0"),
        (Convolution((3, 3), 4, (0, 1), (1, 1)), "a stride must be 1 or more, found 0"),
        (Convolution((3, 3), 4, (1, 1), (1, 0)), "a dilation must be 1 or more, found 0"),
        (Convolution((3, 3), 0, (1, 1), (1, 1)), "the number of filters must be 1 or more"),
        (Convolution((3, 3), None, (1, 1), (1, 1)), "only a depthwise convolution"),
        (square(3, 4, groups=0), "the number of groups must be 1 or more, found 0"),
        (square(3, None, groups=None, multiplier=0), "the multiplier must be 1 or more, found 0"),
    ],
)
def test_hyperparameters_are_checked(kind, message):
    assert message in refusal(kind, tensor((1, 5, 5, 4), IMAGE)).message

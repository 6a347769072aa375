"""Transposed convolution against published layers and against stamps placed by hand."""

from __future__ import annotations

from itertools import product

import pytest

from convwise.graph.axes import tensor
from convwise.graph.dims import evaluate, symbol
from convwise.kinds.transposed import TransposedConvolution
from convwise.kinds.windows import Spread
from tests.kinds.asking import ask, refusal
from tests.kinds.index_sets import seen, stamps_by_hand

IMAGE = ("batch", "height", "width", "channel")
SOUND = ("batch", "time", "channel")


def square(kernel, filters, stride, crop=(0, 0), **rest):
    sides = (kernel,) * 2, filters, (stride,) * 2, (1, 1), (crop,) * 2
    return TransposedConvolution(*sides, **rest)


def test_layer_of_dcgan_doubles_the_size():
    # Radford, Metz and Chintala (2015): 4 x 4 kernels, stride 2, padding 1, 1024 to 512 channels.
    said = ask(square(4, 512, 2, (1, 1), bias=False), tensor((1, 4, 4, 1024), IMAGE))
    assert said.shape == (1, 8, 8, 512)
    assert said.weights == {"kernel": (1024, 512, 4, 4)}
    assert said.macs == 4 * 4 * 1024 * 512 * 16
    assert said.equations["height"] == "(4 - 1)*2 + 4 - 2 = 8"
    assert said.equations["macs"] == "4*4*1024 x 4*4*512 = 134217728"


def test_up_convolution_of_unet():
    # Ronneberger, Fischer and Brox (2015): 2 x 2, stride 2, halves the channels: 28 to 56.
    said = ask(square(2, 512, 2), tensor((1, 28, 28, 1024), IMAGE))
    assert said.shape == (1, 56, 56, 512)
    assert said.parameters == 512 * (2 * 2 * 1024 + 1)
    assert said.elementwise_ops == 56 * 56 * 512
    assert said.reach == {"height": Spread(2, 2), "width": Spread(2, 2)}


def test_example_of_dumoulin_and_visin():
    # Figure 4.5: the transpose of 3 x 3, stride 2, no padding on 5 x 5, which gives 2 x 2.
    assert ask(square(3, 1, 2), tensor((1, 2, 2, 1), IMAGE)).shape == (1, 5, 5, 1)


def test_negative_crop_lets_the_output_grow():
    said = ask(square(3, 1, 2, (1, 0)), tensor((1, 7, 7, 1), IMAGE))
    grown = ask(square(3, 1, 2, (1, -1)), tensor((1, 7, 7, 1), IMAGE))
    assert said.shape == (1, 14, 14, 1)
    assert grown.shape == (1, 15, 15, 1)
    assert grown.equations["width"] == "(7 - 1)*2 + 3 = 15"


def test_groups_split_both_sides():
    said = ask(square(3, 6, 1, groups=2), tensor((1, 5, 5, 4), IMAGE))
    assert said.weights == {"kernel": (4, 3, 3, 3), "bias": (6,)}
    assert said.parameters == 6 * (3 * 3 * 2 + 1)
    assert said.macs == 5 * 5 * 4 * 3 * 9


def test_sizes_reach_and_dropped_are_those_of_stamps_placed_by_hand():
    ranges = (range(1, 6), (1, 2, 3), (1, 2, 3), (1, 2), (-1, 0, 1, 4), (-1, 0, 2, 5))
    checked = 0
    for size, kernel, stride, dilation, before, after in product(*ranges):
        outputs = stamps_by_hand(size, kernel, stride, dilation, before, after)
        if not outputs:
            continue
        kind = TransposedConvolution((kernel,), 1, (stride,), (dilation,), ((before, after),))
        said = ask(kind, tensor((1, size, 1), SOUND))
        assert said.shape[1] == len(outputs), kind
        for output, inputs in enumerate(outputs):
            assert seen(said.reach["time"], output, size) == set(inputs), kind
        if dilation == 1:
            used = {pixel for inputs in outputs for pixel in inputs}
            assert said.dropped == {"time": size - len(used)}, kind
        checked += 1
    assert checked > 1000


def test_symbolic_size_is_right_for_every_number():
    kind = TransposedConvolution((3,), 2, (2,), (2,), ((1, 2),))
    dim = ask(kind, tensor((1, symbol("T"), 1), SOUND)).shape[1]
    for size in range(1, 10):
        assert evaluate(dim, {"T": size}) == ask(kind, tensor((1, size, 1), SOUND)).shape[1]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (square(2, 4, 1, (2, 2)), "cutting 4 of 4 output pixels leaves 0 along height"),
        (square(2, 4, 1, groups=2), "3 input channels do not split into 2 groups"),
        (square(2, 4, 1, groups=3), "4 filters do not split into 3 groups"),
    ],
)
def test_refusals_name_both_numbers(kind, message):
    error = refusal(kind, tensor((1, 3, 3, 3), IMAGE))
    assert message in error.message
    assert error.hint


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (square(2, 0, 1), "the number of filters must be 1 or more, found 0"),
        (square(2, 4, 1, groups=0), "the number of groups must be 1 or more, found 0"),
        (square(2, 4, 0), "a stride must be 1 or more, found 0"),
        (
            TransposedConvolution((2, 2), 4, (1, 1), (1, 1), ((0, 0),)),
            "the window has 2 entries, crop has 1",
        ),
    ],
)
def test_hyperparameters_are_checked(kind, message):
    assert message in refusal(kind, tensor((1, 3, 3, 3), IMAGE)).message

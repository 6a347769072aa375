"""Taps on the input and pixels that are seen, against counting them one by one."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from convwise.analyses.evaluate import Step, at_batch
from convwise.analyses.touched import fewest_multiplications, inside_share, read_share
from convwise.graph.axes import FREE_BATCH, tensor
from convwise.kinds.convolution import Convolution
from convwise.kinds.source import Input
from convwise.kinds.transposed import TransposedConvolution
from convwise.kinds.windows import Padding
from convwise.network import sequential

CASES = [
    (size, kernel, stride, dilation, pads)
    for size, kernel, stride, dilation, pads in product(
        (5, 8, 13), (1, 2, 3, 5), (1, 2, 3), (1, 2), ((0, 0), (1, 1), (0, 2), (3, 1))
    )
    if size + sum(pads) >= (kernel - 1) * dilation + 1
]


def line(kind: Convolution | TransposedConvolution, size: int) -> Step:
    source = Input(tensor((FREE_BATCH, size, 2), ("batch", "width", "channel")))
    return at_batch(sequential(source, kind).graph)[1]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_shares_are_counted_exactly(
    case: tuple[int, int, int, int, tuple[int, int]],
) -> None:
    size, kernel, stride, dilation, pads = case
    step = line(
        Convolution((kernel,), 3, (stride,), (dilation,), Padding("explicit", (pads,))), size
    )
    out = step.outputs[0].dim("width")
    assert isinstance(out, int)
    places = [o * stride - pads[0] + j * dilation for o in range(out) for j in range(kernel)]
    inside = [place for place in places if 0 <= place < size]
    assert inside_share(step) == Fraction(len(inside), len(places))
    seen = Fraction(len(set(inside)), size)
    if dilation == 1:
        assert read_share(step) == seen
    assert read_share(step) <= seen


@pytest.mark.parametrize("crop", [0, 1, 2])
def test_stamps_that_are_cropped_are_no_work(crop: int) -> None:
    kind = TransposedConvolution((4,), 3, (2,), (1,), crop=((crop, crop),))
    step = line(kind, 6)
    out = step.outputs[0].dim("width")
    assert isinstance(out, int)
    places = [i * 2 - crop + j for i in range(6) for j in range(4)]
    inside = [place for place in places if 0 <= place < out]
    assert inside_share(step) == Fraction(len(inside), len(places))


@pytest.mark.parametrize(
    ("kernel", "stride", "fewest"),
    [
        # F(6 x 6, 3 x 3): 324 multiplications in 64 points.
        (3, 1, Fraction(324, 64)),
        # By Fourier transform two real multiply-adds per value, instead of 49.
        (7, 1, Fraction(49, 2)),
        (1, 1, Fraction(1)),
        # A stride of 2 leaves kernels of 2 x 2.
        (3, 2, Fraction(12, 7) ** 2),
    ],
)
def test_fewer_multiplications(kernel: int, stride: int, fewest: Fraction) -> None:
    image = Input(tensor((FREE_BATCH, 16, 16, 2), ("batch", "height", "width", "channel")))
    kind = Convolution((kernel, kernel), 3, (stride, stride), (1, 1))
    assert fewest_multiplications(at_batch(sequential(image, kind).graph)[1]) == fewest

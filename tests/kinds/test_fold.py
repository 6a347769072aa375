"""Windows as channels, summed back, and shown on a new axis."""

from __future__ import annotations

from random import Random

import pytest
import torch

from convwise.graph.axes import Axis, Tensor, tensor
from convwise.graph.dims import evaluate, symbol
from convwise.graph.obligations import Must
from convwise.kinds.fold import Fold, SlidingWindows, Unfold
from convwise.kinds.views import merge_axes
from convwise.kinds.windows import Padding, Slide, Spread, Whole
from tests.kinds.asking import ask, refusal
from tests.kinds.meta import counted

IMAGE = ("batch", "channel", "height", "width")
ROW = ("batch", "channel", "feature")
ONES = (1, 1)


def test_patches_of_a_vision_transformer():
    # Dosovitskiy et al. (2021): 224 x 224 pixels in patches of 16 are 196 tokens of 768 values.
    said = ask(Unfold((16, 16), (16, 16), ONES), tensor((1, 3, 224, 224), IMAGE))
    assert said.shape == (1, 768, 196)
    assert said.equations["channel"] == "3*16*16 = 768"
    assert said.equations["feature"] == (
        "(floor((224 - 16)/16) + 1)*(floor((224 - 16)/16) + 1) = 196"
    )
    assert said.parameters == said.macs == said.elementwise_ops == said.kept_extra == 0


def drawn(random: Random) -> tuple[tuple[int, ...], ...]:
    kernel, stride, dilation, padding = [
        tuple([random.randint(low, high) for _ in range(2)])
        for low, high in ((1, 3), (1, 3), (1, 2), (0, 2))
    ]
    return kernel, stride, dilation, padding


@pytest.mark.parametrize("seed", range(30))
def test_both_ways_as_pytorch(seed):
    kernel, stride, dilation, padding = drawn(Random(seed))
    shape = (2, 3, 5 + seed % 4, 9 - seed % 3)

    def laid_out(x):
        return torch.nn.functional.unfold(x, kernel, dilation, padding, stride)

    amounts = Padding("explicit", tuple([(one, one) for one in padding]))
    said = ask(Unfold(kernel, stride, dilation, amounts), tensor(shape, IMAGE))
    [columns] = counted(laid_out, shape).shapes
    assert said.shape == columns

    def summed(x):
        return torch.nn.functional.fold(x, shape[2:], kernel, dilation, padding, stride)

    back = ask(Fold(shape[2:], kernel, stride, dilation, padding), tensor(columns, ROW))
    assert [back.shape] == counted(summed, columns).shapes


@pytest.mark.parametrize("seed", range(12))
def test_additions_are_those_of_the_windows(seed):
    """Of a row of ones each pixel becomes the number of windows that it lies in."""
    kernel, stride, dilation, _ = drawn(Random(seed))
    sizes = (9, 8)
    columns = torch.nn.functional.unfold(torch.ones(1, 1, *sizes), kernel, dilation, 0, stride)
    folded = torch.nn.functional.fold(columns, sizes, kernel, dilation, 0, stride)
    said = ask(Fold(sizes, kernel, stride, dilation, (0, 0)), tensor(columns.shape, ROW))
    overlapping = any(s < (k - 1) * d + 1 for k, s, d in zip(kernel, stride, dilation, strict=True))
    assert said.elementwise_ops == (folded.sum() if overlapping else 0)
    assert overlapping or folded.max() == 1


def test_windows_in_a_row_remember_their_axes():
    source = tensor((1, 3, 9, 8), IMAGE)
    kind = Unfold((3, 2), (2, 2), ONES)
    assert ask(kind, source).reach == {"height": Slide(3, 2), "width": Slide(2, 2)}
    [columns] = kind.outputs((source,), Must())
    back = Fold((9, 8), (3, 2), (2, 2), ONES, (0, 0))
    assert ask(back, columns).reach == {"height": Spread(3, 2), "width": Spread(2, 2)}
    forgotten = tensor(columns.shape, ROW)
    assert ask(back, forgotten).reach == {"feature": Whole(partial=True)}


def test_patches_that_stay_in_place():
    source = tensor((2, 9, 6, 3), ("batch", "height", "width", "channel"))
    said = ask(Unfold((3, 2), (3, 2), ONES, in_row=False, order="block first"), source)
    assert said.shape == (2, 3, 3, 18)
    assert said.dropped == {"height": 0, "width": 0}


@pytest.mark.parametrize(("dim", "size", "step"), [(1, 2, 1), (2, 3, 2), (-1, 5, 4), (3, 10, 1)])
def test_windows_along_one_axis(dim, size, step):
    shape = (2, 6, 8, 10)
    said = ask(SlidingWindows(dim, size, step), tensor(shape, IMAGE))
    assert [said.shape] == counted(lambda x: x.unfold(dim, size, step), shape).shapes
    assert said.roles == (*IMAGE, None)


def test_windows_drop_the_rest():
    said = ask(SlidingWindows("time", 4, 3), tensor((1, 12), ("batch", "time")))
    assert said.dropped == {"time": 2}
    assert said.reach == {"time": Slide(4, 3)}
    assert said.equations["time"] == "floor((12 - 4)/3) + 1 = 3"
    row = Tensor((Axis("batch", 1), merge_axes((Axis("height", 3), Axis("width", 4)))))
    assert ask(SlidingWindows(1, 4, 3), row).reach["height"] == Whole(partial=True)


def test_symbolic_sizes():
    source = tensor((1, 3, symbol("H"), 8), IMAGE)
    columns = ask(Unfold((3, 3), (2, 2), ONES), source).shape
    assert evaluate(columns[2], {"H": 11}) == 5 * 3
    back = Fold((symbol("H"), 8), (2, 2), (2, 2), ONES, (0, 0))
    row = Tensor((Axis("batch", 1), Axis("channel", 12), Axis("feature", symbol("H") // 2 * 4)))
    assert ask(back, row).shape == (1, 3, symbol("H"), 8)


@pytest.mark.parametrize(
    ("kind", "shape", "roles", "message"),
    [
        (Unfold((9, 3), ONES, ONES), (1, 3, 8, 8), IMAGE, "kernel 9 is larger than its input 8"),
        (Unfold((3, 3), (0, 1), ONES), (1, 3, 8, 8), IMAGE, "a stride must be 1 or more, found 0"),
        (
            Fold((4, 4), (2, 2), (2, 2), ONES, (0, 0)),
            (1, 6, 4),
            ROW,
            "6 channels do not hold windows of 4 pixels",
        ),
        (
            Fold((4, 4), (2, 2), ONES, ONES, (0, 0)),
            (1, 8, 8),
            ROW,
            "8 windows are given, an output of (4, 4) has 9",
        ),
        (Fold((4,), (2, 2), ONES, ONES, (0, 0)), (1, 8, 9), ROW, "2 axes do not make an output"),
        (SlidingWindows(1, 5, 1), (1, 4), ("batch", "time"), "kernel 5 is larger than its input 4"),
    ],
)
def test_refusals_name_both_numbers(kind, shape, roles, message):
    assert message in refusal(kind, tensor(shape, roles)).message

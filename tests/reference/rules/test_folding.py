"""Windows as channels and back, beside PyTorch, and over three axes, which PyTorch has not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from convwise.kinds.convolution import Convolution
from convwise.kinds.fold import Fold, SlidingWindows, Unfold
from convwise.kinds.windows import SAME, VALID, Padding
from tests.reference.gradcheck import gradcheck
from tests.reference.rules.direct import computed, leaves, unlike
from tests.reference.rules.sliding import FILM, ROLES, example

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(0, 1, (2, 3, 7, 6))
ONE = (1, 1)
COLUMNS = ("batch", "channel", "feature")
WAYS = [
    ((2, 2), (2, 2), (1, 1), (0, 0)),
    ((3, 2), (1, 2), (2, 1), (1, 0)),
    ((2, 4), (3, 1), (1, 1), (0, 2)),
    ((1, 3), (5, 4), (1, 2), (2, 1)),
]
Pair = tuple[int, int]


@pytest.mark.parametrize(("kernel", "stride", "dilation", "padding"), WAYS)
def test_windows_as_channels(kernel: Pair, stride: Pair, dilation: Pair, padding: Pair) -> None:
    (x,) = given = leaves([X])
    theirs = F.unfold(x, kernel, dilation, padding, stride)
    sides = Padding("explicit", ((padding[0],) * 2, (padding[1],) * 2))
    made = computed(Unfold(kernel, stride, dilation, sides), [X], roles=[ROLES])
    assert unlike(made, [theirs], given) == []


@pytest.mark.parametrize(("kernel", "stride", "dilation", "padding"), WAYS)
def test_windows_back(kernel: Pair, stride: Pair, dilation: Pair, padding: Pair) -> None:
    columns = RANDOM.normal(
        0, 1, F.unfold(torch.zeros(X.shape), kernel, dilation, padding, stride).shape
    )
    (x,) = given = leaves([columns])
    theirs = F.fold(x, (7, 6), kernel, dilation, padding, stride)
    made = computed(Fold((7, 6), kernel, stride, dilation, padding), [columns], roles=[COLUMNS])
    assert unlike(made, [theirs], given) == []


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_the_row_may_stand_anywhere(order: tuple[int, ...]) -> None:
    columns = RANDOM.normal(0, 1, (2, 12, 30))
    kind = Fold((7, 6), (2, 2), ONE, ONE, (0, 0))
    (plain,) = computed(kind, [columns], roles=[COLUMNS]).outputs
    roles = [COLUMNS[axis] for axis in order]
    made = computed(kind, [columns.transpose(order)], roles=[roles])
    spread = [place for axis in order for place in ((2, 3) if axis == 2 else (axis,))]
    assert np.array_equal(made.outputs[0], plain.transpose(spread))
    whole = computed(kind, [columns], roles=[COLUMNS]).backward((plain,)).inputs[0]
    (dx,) = made.backward(made.outputs).inputs
    assert dx is not None
    assert whole is not None
    assert np.array_equal(dx, whole.transpose(order))


@pytest.mark.parametrize("in_row", [False, True])
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("roles", [ROLES, ("batch", "height", "channel", "width")])
def test_both_ways_of_numbering_channels(in_row: bool, first: bool, roles: tuple[str, ...]) -> None:
    order = "channel first" if first else "block first"
    kind = Unfold((2, 3), (2, 1), ONE, SAME, in_row, order)
    turn = [ROLES.index(role) for role in roles]
    (y,) = computed(kind, [X.transpose(turn)], roles=[roles]).outputs
    wide = np.pad(X, ((0, 0), (0, 0), (0, 1), (1, 1)))
    channel, (row, column), (down, across) = 1, (3, 4), (1, 2)  # channel, place, tap
    pixel = wide[:, channel, 2 * row + down, column + across]
    tap = down * 3 + across
    where = {"channel": channel * 6 + tap if first else tap * 3 + channel}
    where["height"], where["width"] = (row * 6 + column if in_row else row), column
    left = [role for role in roles if not (in_row and role == "width")]
    seen = y[tuple([where.get(role, slice(None)) for role in left])]
    assert np.array_equal(seen, pixel)
    assert gradcheck(example(kind, 1, 2, 4, 5)) == []


def test_a_convolution_is_a_product_with_unfolded_windows() -> None:
    """Over three axes of space: (filters, channels*taps) times (channels*taps, places)."""
    film, kernel = RANDOM.normal(0, 1, (1, 2, 5, 6, 7)), (2, 3, 2)
    w = RANDOM.normal(0, 1, (4, 2, *kernel))
    steps, one = (1, 2, 3), (1, 1, 1)
    (columns,) = computed(Unfold(kernel, steps, one), [film], roles=[FILM]).outputs
    straight = Convolution(kernel, 4, steps, one, VALID, bias=False)
    (y,) = computed(straight, [film], {"kernel": w}, roles=[FILM]).outputs
    assert np.allclose(w.reshape(4, -1) @ columns[0], y.reshape(4, -1), rtol=0, atol=1e-12)


def test_folding_counts_the_windows_of_each_pixel() -> None:
    kind = Unfold((3,), (1,), (1,))
    ones = np.ones((1, 1, 6))
    (columns,) = computed(kind, [ones], roles=[("batch", "channel", "time")]).outputs
    back = computed(Fold((6,), (3,), (1,), (1,), (0,)), [columns], roles=[COLUMNS])
    assert back.outputs[0].tolist() == [[[1, 2, 3, 3, 2, 1]]]


@pytest.mark.parametrize("axis", [0, 1, 3])
@pytest.mark.parametrize(("size", "step"), [(1, 1), (2, 1), (2, 3)])
def test_windows_on_an_axis_of_their_own(axis: int, size: int, step: int) -> None:
    (x,) = given = leaves([X])
    made = computed(SlidingWindows(axis, size, step), [X], roles=[ROLES])
    assert unlike(made, [x.unfold(axis, size, step)], given) == []


def test_whole_numbers_stay_whole() -> None:
    whole = np.arange(24).reshape(1, 1, 4, 6)
    for kind in (SlidingWindows(3, 2, 2), Unfold((2, 2), ONE, ONE, SAME)):
        made = computed(kind, [whole], roles=[ROLES])
        assert made.outputs[0].dtype == np.int64
        assert made.backward((np.ones(made.outputs[0].shape),)).inputs == (None,)

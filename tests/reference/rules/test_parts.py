"""Parts, copies and borders as PyTorch has them; what is read twice gathers both gradients."""

from __future__ import annotations

import numpy as np
import pytest
import torch.nn.functional as F  # noqa: N812

from convwise.kinds.padding import CenterCrop, Crop, Pad
from convwise.kinds.rolling import Flip, Roll
from convwise.kinds.slicing import Cut, Repeat, Slice
from tests.reference.rules.direct import computed, leaves, unlike

X = np.random.default_rng(0).normal(0, 1, (2, 3, 5, 6))
IMAGE = ("batch", "channel", "height", "width")
EVERY: Cut = (None, None, None)


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("sides", [(0, 0), (4, 4), (1, 3), (0, 2)])
def test_borders_are_those_of_pytorch(mode: str, sides: tuple[int, int]) -> None:
    (x,) = given = leaves([X])
    options = {"value": 1.5} if mode == "constant" else {}
    theirs = F.pad(x, (2, 1, *sides), mode, **options)
    kind = Pad((("height", sides), ("width", (2, 1))), mode, 1.5)
    assert unlike(computed(kind, [X], roles=[IMAGE]), [theirs], given) == []


@pytest.mark.parametrize("mode", ["replicate", "constant"])
def test_borders_wider_than_the_image(mode: str) -> None:
    (x,) = given = leaves([X])
    kind = Pad((("height", (9, 7)), ("width", (0, 8))), mode)
    made = computed(kind, [X], roles=[IMAGE])
    assert unlike(made, [F.pad(x, (0, 8, 9, 7), mode)], given) == []


@pytest.mark.parametrize(
    "cuts",
    [
        (EVERY, -1),
        (0, 1, 2, 3),
        (EVERY, EVERY, (1, None, 2), (-4, -1, None)),
        (EVERY, EVERY, EVERY, (0, 6, 4)),
    ],
)
def test_slices_are_those_of_pytorch(cuts: tuple[Cut, ...]) -> None:
    (x,) = given = leaves([X])
    marks = tuple([cut if isinstance(cut, int) else slice(*cut) for cut in cuts])
    assert unlike(computed(Slice(cuts), [X]), [x[marks]], given) == []


def test_a_slice_backwards_reads_the_same_places() -> None:
    made = computed(Slice((EVERY, EVERY, (4, 0, -2))), [X])
    assert np.array_equal(made.outputs[0], X[:, :, [4, 2]])
    (dx,) = made.backward(made.outputs).inputs
    assert dx is not None
    assert np.array_equal(dx[:, :, [4, 2]], X[:, :, [4, 2]])
    assert not dx[:, :, [0, 1, 3]].any()


@pytest.mark.parametrize("axis", [0, 1, 2, 3])
def test_copies_are_those_of_pytorch(axis: int) -> None:
    (x,) = given = leaves([X])
    copies = [3 if place == axis else 1 for place in range(4)]
    assert unlike(computed(Repeat(3, axis=axis), [X]), [x.repeat(copies)], given) == []
    (x,) = given = leaves([X])
    made = computed(Repeat(3, axis=axis, interleaved=True), [X])
    assert unlike(made, [x.repeat_interleave(3, axis)], given) == []
    (x,) = given = leaves([X])
    made = computed(Repeat(3, axis, None), [X])
    assert unlike(made, [x.unsqueeze(axis).repeat_interleave(3, axis)], given) == []


@pytest.mark.parametrize("shifts", [(1, 0), (-3, 2), (7, -13)])
def test_rolling_back_is_the_gradient(shifts: tuple[int, int]) -> None:
    (x,) = given = leaves([X])
    made = computed(Roll(shifts, (2, 3)), [X])
    assert unlike(made, [x.roll(shifts, (2, 3))], given) == []
    assert np.array_equal(made.backward(made.outputs).inputs[0], X)


@pytest.mark.parametrize("axes", [(0,), (1, 3), (0, 1, 2, 3)])
def test_a_flip_is_its_own_inverse(axes: tuple[int, ...]) -> None:
    made = computed(Flip(axes), [X])
    assert np.array_equal(made.outputs[0], np.flip(X, axes))
    assert np.array_equal(made.backward(made.outputs).inputs[0], X)


def test_what_is_cut_off_has_no_gradient() -> None:
    made = computed(Crop((("height", (1, 2)), ("width", (0, 3)))), [X], roles=[IMAGE])
    assert np.array_equal(made.outputs[0], X[:, :, 1:3, :3])
    (dx,) = made.backward((np.ones((2, 3, 2, 3)),)).inputs
    assert dx is not None
    assert (dx.sum(), dx[:, :, 1:3, :3].sum()) == (36, 36)


def test_the_odd_pixel_goes_at_the_end() -> None:
    made = computed(CenterCrop((2, 3)), [X], roles=[IMAGE])
    assert np.array_equal(made.outputs[0], X[:, :, 1:3, 1:4])

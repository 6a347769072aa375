"""Convolutions in all their ways of sliding, beside PyTorch, plain loops and differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from convwise.graph.axes import tensor
from convwise.kinds.convolution import Convolution
from convwise.kinds.transposed import TransposedConvolution
from convwise.kinds.windows import VALID, Padding
from convwise.reference.contract import Array
from tests.reference.gradcheck import gradcheck
from tests.reference.rules.direct import computed, leaves, unlike
from tests.reference.rules.sliding import FILM, ROLES, example, same, weighed

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(0, 1, (2, 6, 8, 7))
ONE = (1, 1)


def weights(kind: Any, *shape: int, roles: Any = ROLES) -> dict[str, Array]:
    """Random ones of the shapes that the kind says."""
    specs = kind.weights((tensor(shape, roles),))
    return {spec.role: RANDOM.normal(0, 1, [size for _, size in spec.axes]) for spec in specs}


def beside(kind: Any, theirs: Any, x: Array = X, roles: Any = ROLES) -> list[str]:
    """What differs between the rule and `theirs(x, kernel, bias)`, gradients too."""
    w = weights(kind, *x.shape, roles=roles)
    given = leaves([x])
    learned = dict(zip(w, leaves(list(w.values())), strict=True))
    made = computed(kind, [x], w, roles=[roles])
    kernel = learned["kernel"]
    if kind.name == "convolution" and kind.groups is None:
        kernel = kernel.flatten(0, 1).unsqueeze(1)
    return unlike(made, [theirs(given[0], kernel, learned.get("bias"))], given, learned)


@pytest.mark.parametrize("kernel", [(1, 1), (2, 3), (4, 1), (8, 7)])
@pytest.mark.parametrize("stride", [(1, 1), (2, 3), (9, 1)])
@pytest.mark.parametrize(("groups", "filters"), [(1, 4), (2, 4), (3, 9), (6, 6), (6, 12)])
def test_kernels_strides_and_groups(
    kernel: tuple[int, int], stride: tuple[int, int], groups: int, filters: int
) -> None:
    kind = Convolution(kernel, filters, stride, ONE, VALID, groups=groups)
    theirs = lambda x, w, b: F.conv2d(x, w, b, stride, groups=groups)  # noqa: E731
    assert beside(kind, theirs) == []


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("sides", [((0, 0), (0, 0)), ((1, 1), (3, 0)), ((0, 5), (2, 4))])
@pytest.mark.parametrize("dilation", [(1, 1), (2, 1), (1, 3)])
def test_borders_of_every_mode(mode: str, sides: Any, dilation: tuple[int, int]) -> None:
    kind = Convolution((2, 3), 4, (2, 1), dilation, Padding("explicit", sides), mode, 2)
    word = {"zeros": "constant"}.get(mode, mode)

    def theirs(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return F.conv2d(F.pad(x, (*sides[1], *sides[0]), word), w, b, (2, 1), 0, dilation, 2)

    assert beside(kind, theirs) == []


@pytest.mark.parametrize("multiplier", [1, 3])
def test_depthwise_is_one_group_per_channel(multiplier: int) -> None:
    kind = Convolution((3, 2), None, ONE, ONE, VALID, "zeros", None, multiplier, False)
    assert beside(kind, lambda x, w, b: F.conv2d(x, w, b, groups=6)) == []


@pytest.mark.parametrize("odd", ["start", "end"])
@pytest.mark.parametrize("kernel", [(2, 4), (3, 1), (5, 2)])
@pytest.mark.parametrize(
    ("stride", "dilation"), [((1, 1), (1, 1)), ((2, 3), (1, 1)), ((1, 1), (2, 3))]
)
def test_same_puts_the_odd_pixel_where_it_is_told(
    odd: str, kernel: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int]
) -> None:
    kind = Convolution(kernel, 3, stride, dilation, Padding("same", odd=odd), bias=False)
    w = weights(kind, *X.shape)
    lines = [same(X.shape[2 + i], kernel[i], stride[i], dilation[i], odd) for i in (0, 1)]
    (y,) = computed(kind, [X], w, roles=[ROLES]).outputs
    assert np.allclose(y, weighed(X, w["kernel"], lines), rtol=0, atol=1e-12)
    assert gradcheck(example(kind, 1, 2, 6, 5)) == []


def test_the_odd_pixel_counts() -> None:
    """A window of two over (1, 2, 3) sums to (3, 5, 3) or, padded in front, to (1, 3, 5)."""
    x, w = np.array([[[1.0, 2.0, 3.0]]]), {"kernel": np.ones((1, 1, 2))}
    for odd, sums in (("end", [3, 5, 3]), ("start", [1, 3, 5])):
        kind = Convolution((2,), 1, (1,), (1,), Padding("same", odd=odd), bias=False)
        made = computed(kind, [x], w, roles=[("batch", "channel", "time")])
        assert made.outputs[0].tolist() == [[sums]]


@pytest.mark.parametrize("order", [(0, 2, 3, 1), (1, 3, 2, 0), (2, 0, 1, 3)])
def test_channels_may_stand_anywhere(order: tuple[int, ...]) -> None:
    """Also between the axes of space, whose own order decides which is the kernel's first."""
    kind = Convolution((2, 3), 4, (2, 1), ONE, Padding("explicit", ((1, 0), (0, 2))))
    w = weights(kind, *X.shape)
    roles = tuple([ROLES[axis] for axis in order])
    turned = roles.index("width") < roles.index("height")
    straight = Convolution((3, 2), 4, (1, 2), ONE, Padding("explicit", ((0, 2), (1, 0))))
    mine = straight if turned else kind
    theirs = {"kernel": w["kernel"].swapaxes(2, 3), "bias": w["bias"]} if turned else w
    made = computed(mine, [X.transpose(order)], theirs, roles=[roles])
    plain = computed(kind, [X], w, roles=[ROLES])
    assert np.allclose(made.outputs[0], plain.outputs[0].transpose(order), rtol=0, atol=1e-12)
    dy = RANDOM.normal(0, 1, plain.outputs[0].shape)
    dx, *_ = made.backward((dy.transpose(order),)).inputs
    usual, *_ = plain.backward((dy,)).inputs
    assert dx is not None
    assert usual is not None
    assert np.allclose(dx, usual.transpose(order), rtol=0, atol=1e-12)


def test_leading_axes_are_examples() -> None:
    """Every frame of a film is convolved as an image of its own; without a batch as with one."""
    kind = Convolution((3, 3), 4, ONE, ONE)
    film = RANDOM.normal(0, 1, (2, 6, 3, 5, 5))
    w = weights(kind, *film.shape, roles=FILM)
    made = computed(kind, [film], w, roles=[FILM])
    (y,) = made.outputs
    gradients = made.backward((y,))
    (dx,), dw = gradients.inputs, np.zeros(w["kernel"].shape)
    assert dx is not None
    for frame in range(3):
        for one in range(2):
            alone = computed(kind, [film[one, :, frame]], w, roles=[ROLES[1:]])
            assert np.allclose(y[one, :, frame], alone.outputs[0], rtol=0, atol=1e-12)
            passed = alone.backward(alone.outputs)
            assert np.allclose(dx[one, :, frame], passed.inputs[0], rtol=0, atol=1e-11)
            dw += passed.weights["kernel"]
    assert np.allclose(gradients.weights["kernel"], dw, rtol=0, atol=1e-10)


def test_four_axes_of_space() -> None:
    """No framework has it: one value by hand, gradients by differences."""
    roles = ("channel", "time", "depth", "height", "width")
    kind = Convolution((2, 2, 1, 2), 2, (1, 2, 1, 1), (1,) * 4)
    x = RANDOM.normal(0, 1, (3, 3, 4, 2, 3))
    w = weights(kind, *x.shape, roles=roles)
    (y,) = computed(kind, [x], w, roles=[roles]).outputs
    patch = x[:, 1:3, 2:4, 1:2, 0:2]
    assert y.shape == (2, 2, 2, 2, 2)
    assert np.isclose(y[1, 1, 1, 1, 0], (patch * w["kernel"][1]).sum() + w["bias"][1])


@pytest.mark.parametrize("kernel", [(1, 1), (2, 3), (4, 4)])
@pytest.mark.parametrize(
    ("stride", "dilation"), [((1, 1), (2, 1)), ((2, 3), (1, 1)), ((5, 2), (1, 3))]
)
@pytest.mark.parametrize(("groups", "filters"), [(1, 4), (2, 4), (6, 12)])
def test_transposes(
    kernel: tuple[int, int],
    stride: tuple[int, int],
    dilation: tuple[int, int],
    groups: int,
    filters: int,
) -> None:
    crop = ((0, 0), (0, 0))
    kind = TransposedConvolution(kernel, filters, stride, dilation, crop, groups)

    def theirs(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return F.conv_transpose2d(x, w, b, stride, 0, 0, groups, dilation)

    assert beside(kind, theirs) == []


@pytest.mark.parametrize("crop", [((1, 2), (0, 0)), ((-2, 1), (3, -4)), ((0, -1), (-1, -1))])
def test_what_is_cropped_or_grows(crop: tuple[tuple[int, int], tuple[int, int]]) -> None:
    """A border that grows, also in front, holds the bias alone."""
    kind = TransposedConvolution((3, 4), 2, (2, 2), ONE, crop)

    def theirs(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        sides = [-amount for pair in reversed(crop) for amount in pair]
        return F.pad(F.conv_transpose2d(x, w, None, 2), sides) + b[:, None, None]

    assert beside(kind, theirs) == []


def test_a_transpose_is_the_adjoint_of_a_convolution() -> None:
    """<conv(x), y> = <x, transposed(y)> with one kernel; a dropped row grows back."""
    straight = Convolution((3, 2), 4, (2, 1), (1, 2), bias=False)
    back = TransposedConvolution((3, 2), 6, (2, 1), (1, 2), ((0, -1), (0, 0)), bias=False)
    w = weights(straight, *X.shape)
    (y,) = computed(straight, [X], w, roles=[ROLES]).outputs
    other = RANDOM.normal(0, 1, y.shape)
    (x,) = computed(back, [other], w, roles=[ROLES]).outputs
    assert np.isclose((y * other).sum(), (X * x).sum())

"""Pools beside PyTorch, and beside plain loops where PyTorch has none: dilated, uneven borders."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import torch.nn.functional as F  # noqa: N812

from convwise.kinds.pooling import AveragePool, LpPool, MaxPool
from convwise.kinds.windows import SAME, VALID, Padding, Window, out_size
from convwise.reference.contract import Array
from tests.reference.gradcheck import gradcheck
from tests.reference.rules.direct import computed, leaves, unlike
from tests.reference.rules.sliding import ROLES, Line, example, same, slid

X = np.random.default_rng(0).normal(0, 1, (2, 3, 9, 8))
SHAPES = list(product([(2, 2), (3, 1), (4, 5)], [(1, 1), (2, 3), (5, 4)], [0, 1], [False, True]))
ONE = (1, 1)


def even(pad: int) -> Padding:
    return Padding("explicit", ((pad, pad), (pad, pad))) if pad else VALID


def fits(window: tuple[int, int], pad: int) -> bool:
    """PyTorch pads by half of a window at most."""
    return 2 * pad <= min(window)


@pytest.mark.parametrize("dilation", [(1, 1), (2, 1)])
@pytest.mark.parametrize(("window", "stride", "pad", "ceil"), SHAPES)
def test_maxima(
    window: tuple[int, int], stride: tuple[int, int], pad: int, ceil: bool, dilation: Any
) -> None:
    pad = pad if fits(window, pad) else 0
    (x,) = given = leaves([X])
    theirs = F.max_pool2d(x, window, stride, pad, dilation, ceil, return_indices=True)
    kind = MaxPool(window, stride, dilation, even(pad), ceil, indices=True)
    made = computed(kind, [X], roles=[ROLES])
    assert np.array_equal(made.outputs[1], theirs[1])
    alone = computed(MaxPool(window, stride, dilation, even(pad), ceil), [X], roles=[ROLES])
    assert unlike(alone, [theirs[0]], given) == []


def test_the_first_of_equal_maxima_gets_the_gradient() -> None:
    flat = np.ones((1, 1, 5, 5))
    (x,) = given = leaves([flat])
    made = computed(MaxPool((3, 3), (2, 2), ONE), [flat], roles=[ROLES])
    assert unlike(made, [F.max_pool2d(x, 3, 2)], given) == []
    (dx,) = made.backward((np.ones((1, 1, 2, 2)),)).inputs
    assert dx is not None
    assert np.argwhere(dx[0, 0]).tolist() == [[0, 0], [0, 2], [2, 0], [2, 2]]


def test_padding_never_is_the_maximum() -> None:
    made = computed(MaxPool((3, 3), (2, 2), ONE, SAME), [-np.abs(X) - 1], roles=[ROLES])
    assert made.outputs[0].max() < 0


@pytest.mark.parametrize("divisor", ["valid", "padded", 7])
@pytest.mark.parametrize(("window", "stride", "pad", "ceil"), SHAPES)
def test_means(
    window: tuple[int, int], stride: tuple[int, int], pad: int, ceil: bool, divisor: str | int
) -> None:
    pad = pad if fits(window, pad) else 0
    (x,) = given = leaves([X])
    over = divisor if isinstance(divisor, int) else None
    theirs = F.avg_pool2d(x, window, stride, pad, ceil, divisor == "padded", over)
    kind = AveragePool(window, stride, ONE, even(pad), ceil, divisor)
    assert unlike(computed(kind, [X], roles=[ROLES]), [theirs], given) == []


UNEVEN = Padding("explicit", ((2, 0), (1, 3)))


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("divisor", ["valid", "padded", 7])
def test_dilated_means_in_uneven_borders(divisor: str | int, ceil: bool) -> None:
    """Each divisor counts taps: inside of the image, inside of the padded image, or none."""
    kind = AveragePool((2, 3), (2, 3), (3, 2), UNEVEN, ceil, divisor)
    lines = []
    for axis, size in enumerate((9, 8)):
        window = Window(kind.window[axis], kind.stride[axis], kind.dilation[axis], ceil)
        outs = out_size(window, UNEVEN, axis, size)
        assert isinstance(outs, int)
        lines.append(Line(*window[:3], UNEVEN.amounts[axis][0], outs))

    def mean(pixels: Array, taps: Array, place: Array) -> Array:
        inside = 1
        for axis, line in enumerate(lines):
            at = place[axis] * line.stride + np.arange(line.kernel) * line.dilation
            inside *= int((at < X.shape[2 + axis] + sum(UNEVEN.amounts[axis])).sum())
        over = {"valid": len(taps), "padded": inside}.get(str(divisor), 7)
        return pixels.sum(axis=-1) / over

    (y,) = computed(kind, [X], roles=[ROLES]).outputs
    assert np.allclose(y, slid(X, lines, mean), rtol=0, atol=1e-12)
    assert gradcheck(example(kind, 1, 2, 9, 8)) == []


@pytest.mark.parametrize("odd", ["start", "end"])
@pytest.mark.parametrize(
    ("window", "stride", "dilation"), [((2, 4), (1, 3), (1, 1)), ((3, 2), (1, 1), (2, 3))]
)
def test_same_puts_the_odd_pixel_where_it_is_told(
    odd: str, window: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int]
) -> None:
    padding = Padding("same", odd=odd)
    lines = [same(X.shape[2 + i], window[i], stride[i], dilation[i], odd) for i in (0, 1)]
    largest, mean = (
        MaxPool(window, stride, dilation, padding),
        AveragePool(window, stride, dilation, padding),
    )
    (y,) = computed(largest, [X], roles=[ROLES]).outputs
    assert np.array_equal(y, slid(X, lines, lambda pixels, *_: pixels.max(axis=-1)))
    (y,) = computed(mean, [X], roles=[ROLES]).outputs
    assert np.allclose(
        y, slid(X, lines, lambda pixels, *_: pixels.mean(axis=-1)), rtol=0, atol=1e-12
    )
    assert gradcheck(example(largest, 1, 2, 6, 5)) + gradcheck(example(mean, 1, 2, 6, 5)) == []


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, 2.5])
@pytest.mark.parametrize(
    ("window", "stride"), [((2, 2), (2, 2)), ((3, 1), (1, 2)), ((2, 5), (3, 3))]
)
@pytest.mark.parametrize("ceil", [False, True])
def test_norms(p: float, window: tuple[int, int], stride: tuple[int, int], ceil: bool) -> None:
    """Of positive numbers: PyTorch raises negative ones to the power with their sign."""
    values = np.abs(X) + 0.1
    (x,) = given = leaves([values])
    theirs = F.lp_pool2d(x, p, window, stride, ceil)
    made = computed(LpPool(window, stride, ONE, VALID, ceil, p), [values], roles=[ROLES])
    assert unlike(made, [theirs], given) == []


def test_the_norm_of_nothing_has_no_slope() -> None:
    nothing = np.zeros((1, 1, 4, 4))
    (x,) = given = leaves([nothing])
    made = computed(LpPool((2, 2), (2, 2), ONE), [nothing], roles=[ROLES])
    assert unlike(made, [F.lp_pool2d(x, 2.0, 2)], given) == []


@pytest.mark.parametrize("kind", [MaxPool, AveragePool, LpPool])
def test_channels_may_stand_anywhere(kind: Any) -> None:
    pool = kind((2, 3), (2, 1), ONE)
    values = np.abs(X) + 0.1
    plain = computed(pool, [values], roles=[ROLES])
    roles = ("height", "batch", "width", "channel")
    made = computed(pool, [values.transpose(2, 0, 3, 1)], roles=[roles])
    assert np.array_equal(made.outputs[0], plain.outputs[0].transpose(2, 0, 3, 1))

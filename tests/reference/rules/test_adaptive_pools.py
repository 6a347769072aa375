"""Pools to a given size beside PyTorch: parts that overlap, grow, or are the whole axis."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch.nn.functional as F  # noqa: N812

from convwise.kinds.adaptive import AdaptivePool, GlobalPool
from tests.reference.rules.direct import computed, leaves, unlike
from tests.reference.rules.sliding import FILM, ROLES

X = np.random.default_rng(0).normal(0, 1, (2, 3, 7, 6))
SIZES = list(product([1, 3, 7, 10], [None, 1, 4]))


@pytest.mark.parametrize("sizes", SIZES)
def test_means(sizes: tuple[int, int | None]) -> None:
    (x,) = given = leaves([X])
    made = computed(AdaptivePool("average", sizes), [X], roles=[ROLES])
    assert unlike(made, [F.adaptive_avg_pool2d(x, sizes)], given) == []


@pytest.mark.parametrize("sizes", SIZES)
def test_maxima_and_where_they_are(sizes: tuple[int, int | None]) -> None:
    (x,) = given = leaves([X])
    theirs = F.adaptive_max_pool2d(x, sizes, return_indices=True)
    made = computed(AdaptivePool("max", sizes, indices=True), [X], roles=[ROLES])
    assert np.array_equal(made.outputs[1], theirs[1])
    alone = computed(AdaptivePool("max", sizes), [X], roles=[ROLES])
    assert unlike(alone, [theirs[0]], given) == []


def test_the_first_of_equal_maxima_gets_the_gradient() -> None:
    flat = np.ones((1, 1, 5, 7))
    (x,) = given = leaves([flat])
    made = computed(AdaptivePool("max", (2, 3)), [flat], roles=[ROLES])
    assert unlike(made, [F.adaptive_max_pool2d(x, (2, 3))], given) == []


def test_three_axes_of_space() -> None:
    film = np.random.default_rng(1).normal(0, 1, (2, 2, 5, 4, 6))
    (x,) = given = leaves([film])
    made = computed(AdaptivePool("max", (2, 4, 5)), [film], roles=[FILM])
    assert unlike(made, [F.adaptive_max_pool3d(x, (2, 4, 5))], given) == []


@pytest.mark.parametrize("keep", [False, True])
def test_the_whole_image(keep: bool) -> None:
    (x,) = given = leaves([X])
    made = computed(GlobalPool("average", keep), [X], roles=[ROLES])
    assert unlike(made, [x.mean((2, 3), keepdim=keep)], given) == []
    equal = np.round(X)
    (x,) = given = leaves([equal])
    made = computed(GlobalPool("max", keep), [equal], roles=[ROLES])
    assert unlike(made, [x.amax((2, 3), keepdim=keep)], given) == []

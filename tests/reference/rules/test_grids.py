"""Sampling at grids, far outside of the image too, and affine grids, as in PyTorch."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch.nn.functional as F  # noqa: N812

from convwise.kinds.grid import AffineGrid, GridSample
from tests.reference.rules.direct import computed, leaves, unlike

SPACE = ("depth", "height", "width")
CASES = [
    (shape, method, padding, aligned)
    for shape, method, padding, aligned in product(
        [(2, 3, 6, 7), (2, 3, 1, 4), (1, 2, 5, 6, 7)],
        ["nearest", "bilinear", "bicubic"],
        ["zeros", "border", "reflection"],
        [False, True],
    )
    if method != "bicubic" or len(shape) == 4
]


@pytest.mark.parametrize(("shape", "method", "padding", "aligned"), CASES)
def test_samples_are_those_of_pytorch(
    shape: tuple[int, ...], method: str, padding: str, aligned: bool
) -> None:
    random = np.random.default_rng(0)
    count = len(shape) - 2
    x = random.normal(0, 1, shape)
    grid = random.normal(0, 1.7, (shape[0], *(4, 5, 3)[:count], count))
    image, places = given = leaves([x, grid])
    theirs = F.grid_sample(image, places, mode=method, padding_mode=padding, align_corners=aligned)
    roles = [("batch", "channel", *SPACE[-count:]), (None,) * grid.ndim]
    made = computed(GridSample(method, padding, aligned), [x, grid], roles=roles)
    assert unlike(made, [theirs], given) == []


@pytest.mark.parametrize("sizes", [(5, 6), (1, 4), (3, 4, 5)])
@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.filterwarnings("ignore:Since version 1.3.0")
def test_affine_grids_are_those_of_pytorch(sizes: tuple[int, ...], aligned: bool) -> None:
    count = len(sizes)
    maps = np.random.default_rng(1).normal(0, 1, (2, count, count + 1))
    (leaf,) = given = leaves([maps])
    theirs = F.affine_grid(leaf, [2, 1, *sizes], align_corners=aligned)
    made = computed(AffineGrid(sizes, aligned), [maps], roles=[("batch", None, None)])
    assert unlike(made, [theirs], given) == []


@pytest.mark.parametrize("aligned", [False, True])
def test_the_identity_map_reads_every_pixel_where_it_is(aligned: bool) -> None:
    x = np.random.default_rng(2).normal(0, 1, (1, 2, 4, 5))
    identity = np.array([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
    grid = computed(AffineGrid((4, 5), aligned), [identity], roles=[("batch", None, None)])
    roles = [("batch", "channel", "height", "width"), (None,) * 4]
    made = computed(GridSample(aligned_corners=aligned), [x, *grid.outputs], roles=roles)
    assert np.allclose(made.outputs[0], x, rtol=0, atol=1e-14)

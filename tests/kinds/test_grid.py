"""Sampling by grids, and grids of affine maps."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch.nn import functional

from convwise.graph.axes import tensor
from convwise.graph.dims import evaluate, symbol
from convwise.graph.obligations import Must
from convwise.kinds.grid import AffineGrid, GridSample
from convwise.kinds.windows import Whole
from tests.kinds.asking import ask, refusal
from tests.kinds.meta import counted

IMAGE = ("batch", "channel", "height", "width")
FILM = ("batch", "channel", "depth", "height", "width")
GRID = ("batch", "height", "width", None)
MAPS = ("batch", None, None)


@pytest.mark.parametrize(
    ("image", "grid"),
    [
        ((2, 3, 6, 7), (2, 4, 5, 2)),
        ((1, 1, 28, 28), (1, 28, 28, 2)),
        ((2, 3, 4, 6, 7), (2, 2, 8, 5, 3)),
    ],
)
def test_sizes_come_from_the_grid(image, grid):
    roles = IMAGE if len(image) == 4 else FILM
    source, places = tensor(image, roles), tensor(grid, (roles[0], *roles[2:], None))
    said = ask(GridSample(), source, places)

    def sampled(x, y):
        return functional.grid_sample(x, y, align_corners=False)

    assert [said.shape] == counted(sampled, image, grid).shapes
    assert said.roles == roles
    assert said.kept == ["input", "input"]
    assert said.reach["width"] == Whole(partial=True)
    pixels = 2 ** (len(image) - 2)
    assert said.elementwise_ops == math.prod(said.shape) * 2 * pixels + math.prod(grid) * 2


def test_operations_by_method():
    source, grid = tensor((1, 3, 8, 8), IMAGE), tensor((1, 4, 4, 2), GRID)
    ops = [
        ask(GridSample(name), source, grid).elementwise_ops
        for name in ("nearest", "bilinear", "bicubic")
    ]
    assert ops == [64, 48 * 2 * 4 + 64, 48 * 2 * 16 + 64]


@pytest.mark.parametrize("sizes", [(5, 6), (28, 28), (3, 4, 5)])
def test_multiplies_places_with_maps(sizes):
    n = len(sizes)
    maps = (2, n, n + 1)

    def by_hand(x):
        places = torch.empty((2, math.prod(sizes), n + 1), device="meta")
        return torch.bmm(places, x.transpose(1, 2)).view(2, *sizes, n)

    def made(x):
        return functional.affine_grid(x, [2, 1, *sizes], align_corners=False)

    said, real = ask(AffineGrid(sizes), tensor(maps, MAPS)), counted(by_hand, maps)
    assert [said.shape] == real.shapes == counted(made, maps).shapes
    assert said.macs == real.forward
    kind = AffineGrid(sizes)
    source = (tensor(maps, MAPS),)
    total = kind.macs(source, (tensor(said.shape, said.roles),))
    assert total.input_gradient == real.backward == counted(made, maps).backward
    assert said.equations["macs"].endswith(f"x {n + 1} = {said.macs}")


def test_spatial_transformer():
    # Jaderberg et al. (2015): the grid has the size of the image, one map per image.
    size = symbol("H")
    grid = AffineGrid((size, 28)).outputs((tensor((4, 2, 3), MAPS),), Must())[0]
    said = ask(GridSample(), tensor((4, 1, size, 28), IMAGE), grid)
    assert [evaluate(dim, {"H": 20}) for dim in said.shape] == [4, 1, 20, 28]


def test_every_method_goes_with_every_padding():
    source, grid = tensor((1, 3, 8, 8), IMAGE), tensor((1, 4, 4, 2), GRID)
    methods, paddings = ("nearest", "bilinear", "bicubic"), ("zeros", "border", "reflection")
    for method, padding in itertools.product(methods, paddings):
        assert ask(GridSample(method, padding), source, grid).shape == (1, 3, 4, 4)


FILMS = (tensor((1, 2, 4, 4, 4), FILM), tensor((1, 2, 2, 2, 3), ("batch", *FILM[2:], None)))


@pytest.mark.parametrize(
    ("kind", "operands", "message"),
    [
        (GridSample(), (tensor((1, 3, 8, 8), IMAGE),), "1 are given"),
        (
            GridSample(),
            (tensor((1, 3, 8, 8), IMAGE), tensor((1, 4, 4, 3), GRID)),
            "a grid over 2 axes needs 2 coordinates, it has 3",
        ),
        (
            GridSample(),
            (tensor((2, 3, 8, 8), IMAGE), tensor((1, 4, 4, 2), GRID)),
            "2 images are sampled by 1 grids",
        ),
        (GridSample(), (tensor((1, 3, 8, 8), IMAGE),) * 2, "it has 8"),
        (GridSample("cubic"), FILMS, 'there is no sampling "cubic"'),
        (GridSample("bicubic"), FILMS, "the grid has 3"),
        (AffineGrid((4, 4)), (tensor((1, 3, 4), MAPS),), "2 x 3, (1, 3, 4) has 3 where 2"),
        (AffineGrid((4,)), (tensor((1, 2, 3), MAPS),), "a grid of 1 axes"),
        (AffineGrid((4, 0)), (tensor((1, 2, 3), MAPS),), "0 places along width"),
    ],
)
def test_refusals_name_both_numbers(kind, operands, message):
    assert message in refusal(kind, *operands).message

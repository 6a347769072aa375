"""Max pooling with windows at random places, against PyTorch's own."""

from __future__ import annotations

from random import Random

import pytest
import torch
from torch.nn import functional

from convwise.graph.axes import tensor
from convwise.graph.dims import symbol
from convwise.kinds.contract import STOCHASTIC
from convwise.kinds.fractional import FractionalMaxPool
from convwise.kinds.windows import Whole
from tests.kinds.asking import ask, refusal

ROLES = ("batch", "channel", "depth", "height", "width")


@pytest.mark.parametrize("seed", range(20))
def test_as_pytorch(seed):
    random = Random(seed)
    rank = random.choice((2, 3))
    window = tuple([random.randint(1, 3) for _ in range(rank)])
    sizes = tuple([random.randint(1, 5) for _ in range(rank)])
    shape = (2, 3, *[random.randint(8, 9) for _ in range(rank)])
    pool = (functional.fractional_max_pool2d, functional.fractional_max_pool3d)[rank - 2]
    roles = (*ROLES[:2], *ROLES[-rank:])
    said = ask(FractionalMaxPool(window, sizes), tensor(shape, roles))
    assert said.shape == pool(torch.empty(shape, device="meta"), window, sizes).shape
    taps = 1
    for one in window:
        taps *= one
    total = 6 * taps
    for one in sizes:
        total *= one
    assert said.elementwise_ops == total
    assert said.macs == said.parameters == 0


def test_where_windows_are_is_not_known():
    image = tensor((1, 4, 8, 8), ("batch", "channel", "height", "width"))
    kind = FractionalMaxPool((2, 2), (5, 5))
    said = ask(kind, image)
    assert said.reach == {"height": Whole(partial=True), "width": Whole(partial=True)}
    assert STOCHASTIC in kind.traits
    assert said.kept_extra == 4 * 25
    assert ask(FractionalMaxPool((2, 2), (5, 5), True), image).kept == ["input", "output"]


def test_symbolic_sizes():
    size = symbol("H")
    image = tensor((1, 4, size, 8), ("batch", "channel", "height", "width"))
    assert ask(FractionalMaxPool((2, 2), (size // 2, 5)), image).shape == (1, 4, size // 2, 5)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (FractionalMaxPool((2, 2), (8, 4)), "8 windows of 2 pixels need 9 pixels along height"),
        (FractionalMaxPool((2, 2), (4,)), "the window has 2 entries, sizes has 1"),
        (FractionalMaxPool((2, 0), (4, 4)), "must be 1 or more, found 0"),
        (FractionalMaxPool((2, 2), (4, 0)), "0 pixels along width"),
    ],
)
def test_refusals_name_both_numbers(kind, message):
    image = tensor((1, 4, 8, 8), ("batch", "channel", "height", "width"))
    assert message in refusal(kind, image).message

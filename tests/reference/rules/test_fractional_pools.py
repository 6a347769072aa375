"""Windows at drawn places beside PyTorch, which is given the same draw."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from convwise.kinds.fractional import FractionalMaxPool
from convwise.reference.rules.fractional_pools import fractional_max_pool, starts
from tests.reference.rules.direct import leaves, unlike, used
from tests.reference.rules.sliding import FILM, ROLES

RANDOM = np.random.default_rng(0)


def draw(*shape: int) -> torch.Tensor:
    """What the rule draws first in a use of its own."""
    return torch.tensor(np.random.default_rng(0).random(shape))


@pytest.mark.parametrize("window", [(2, 2), (3, 1), (1, 4)])
@pytest.mark.parametrize("sizes", [(5, 4), (1, 3), (7, 5), (2, 1)])
def test_two_axes(window: tuple[int, int], sizes: tuple[int, int]) -> None:
    """PyTorch's first number is that of the width."""
    image = RANDOM.normal(0, 1, (2, 3, 9, 8))
    (x,) = given = leaves([image])
    samples = draw(2, 3, 2).flip(-1)
    theirs, where = F.fractional_max_pool2d(
        x, window, sizes, return_indices=True, _random_samples=samples
    )
    made = fractional_max_pool(used(FractionalMaxPool(window, sizes, True), [image], roles=[ROLES]))
    assert np.array_equal(made.outputs[1], where)
    alone = fractional_max_pool(used(FractionalMaxPool(window, sizes), [image], roles=[ROLES]))
    assert unlike(alone, [theirs], given) == []


def test_three_axes() -> None:
    film = RANDOM.normal(0, 1, (2, 2, 6, 7, 8))
    (x,) = given = leaves([film])
    samples = draw(2, 2, 3)
    theirs = F.fractional_max_pool3d(x, (2, 3, 2), (4, 4, 5), _random_samples=samples)
    kind = FractionalMaxPool((2, 3, 2), (4, 4, 5))
    made = fractional_max_pool(used(kind, [film], roles=[FILM]))
    assert unlike(made, [theirs], given) == []


def test_channels_may_stand_anywhere() -> None:
    image = RANDOM.normal(0, 1, (1, 2, 9, 8))
    kind = FractionalMaxPool((2, 2), (5, 4))
    plain = fractional_max_pool(used(kind, [image], roles=[ROLES]))
    roles = ("batch", "height", "width", "channel")
    made = fractional_max_pool(used(kind, [np.moveaxis(image, 1, -1)], roles=[roles]))
    assert np.array_equal(np.moveaxis(made.outputs[0], -1, 1), plain.outputs[0])


def test_steps_are_the_fraction_rounded_down_and_up() -> None:
    """25 pixels to 16: steps of one and two pixels that sum to what there is."""
    found = starts(25, 2, 16, np.linspace(0, 0.999, 50))
    assert set(np.diff(found).ravel()) == {1, 2}
    assert (found[:, 0] == 0).all()
    assert (found[:, -1] == 23).all()
    assert len({tuple(row) for row in found}) > 1

"""Unpooling beside PyTorch, with indices that a pooling has found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from convwise.errors import RuleError
from convwise.kinds.unpooling import MaxUnpool
from convwise.reference.contract import Array, Pass
from convwise.reference.rules.unpools import max_unpool
from tests.reference.rules.direct import leaves, unlike, used
from tests.reference.rules.sliding import FILM, ROLES

X = np.random.default_rng(0).normal(0, 1, (2, 3, 9, 8))


def unpooled(kind: MaxUnpool, inputs: list[Array], roles: Any = ROLES) -> Pass:
    return max_unpool(used(kind, inputs, roles=[roles, roles]))


@pytest.mark.parametrize("window", [(2, 2), (3, 2)])
@pytest.mark.parametrize("sizes", [None, (9, 8)])
def test_values_go_back_where_they_were(window: tuple[int, int], sizes: Any) -> None:
    image = X if sizes else X[:, :, : 9 // window[0] * window[0]]
    pooled, where = F.max_pool2d(torch.tensor(image), window, return_indices=True)
    inputs = [pooled.numpy(), where.numpy()]
    x, index = given = leaves(inputs)
    made = unpooled(MaxUnpool(window, window, (0, 0), sizes), inputs)
    assert unlike(made, [F.max_unpool2d(x, index, window, output_size=sizes)], given) == []
    assert np.isin(made.outputs[0], np.append(image, 0.0)).all()


def test_windows_that_share_their_maximum() -> None:
    """Every value has the gradient of its place, as PyTorch has it."""
    pooled, where = F.max_pool2d(torch.tensor(X), 3, 2, 1, return_indices=True)
    assert len(np.unique(where[0, 0])) < where[0, 0].numel()
    inputs = [pooled.numpy(), where.numpy()]
    x, index = given = leaves(inputs)
    theirs = F.max_unpool2d(x, index, 3, 2, 1, output_size=(9, 8))
    made = unpooled(MaxUnpool((3, 3), (2, 2), (1, 1), (9, 8)), inputs)
    assert unlike(made, [theirs], given) == []


def test_three_axes_of_space_and_channels_last() -> None:
    film = np.random.default_rng(1).normal(0, 1, (1, 2, 4, 6, 4))
    pooled, where = F.max_pool3d(torch.tensor(film), 2, return_indices=True)
    inputs = [pooled.numpy(), where.numpy()]
    x, index = given = leaves(inputs)
    kind = MaxUnpool((2,) * 3, (2,) * 3, (0,) * 3)
    assert unlike(unpooled(kind, inputs, FILM), [F.max_unpool3d(x, index, 2)], given) == []
    last = [np.moveaxis(one, 1, -1) for one in inputs]
    made = unpooled(kind, last, (FILM[0], *FILM[2:], FILM[1]))
    assert np.array_equal(np.moveaxis(made.outputs[0], -1, 1), F.max_unpool3d(x, index, 2).detach())


@pytest.mark.parametrize("place", [-1, 16])
def test_an_index_that_is_not_there_is_told(place: int) -> None:
    inputs = [np.ones((1, 1, 2, 2)), np.array([[[[0, 1], [2, place]]]])]
    with pytest.raises(RuleError, match=f"the index {place} is outside of the 16 pixels"):
        unpooled(MaxUnpool((2, 2), (2, 2), (0, 0)), inputs)

"""Views of arrays: the way back is the inverse of the way there, and values keep their order."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from convwise.graph.axes import Axis
from convwise.kinds.broadcast import Broadcast
from convwise.kinds.contract import Kind
from convwise.kinds.folded_time import BatchToTime, TimeToBatch
from convwise.kinds.reshape import Reshape
from convwise.kinds.views import Flatten, Identity, Permute, Squeeze, Unsqueeze
from tests.reference.rules.direct import computed

FILM = ("batch", "time", "channel")
X = np.random.default_rng(0).normal(0, 1, (4, 1, 6))


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        (Identity(), (4, 1, 6)),
        (Flatten(), (4, 6)),
        (Squeeze((1,)), (4, 6)),
        (Unsqueeze(-1), (4, 1, 6, 1)),
        (Reshape((2, 3)), (4, 2, 3)),
        (Reshape((8, -1), with_batch=True), (8, 3)),
        (TimeToBatch(), (4, 6)),
        (BatchToTime(Axis(None, 2)), (2, 2, 1, 6)),
    ],
)
def test_values_keep_their_order(kind: Kind, shape: tuple[int, ...]) -> None:
    made = computed(kind, [X], roles=[FILM])
    assert np.array_equal(made.outputs[0], X.reshape(shape))
    assert np.array_equal(made.backward(made.outputs).inputs[0], X)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_gradient_of_a_permutation_is_its_inverse(order: tuple[int, ...]) -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    made = computed(Permute(order), [x])
    assert made.outputs[0][(0, 0, 1)] == x[tuple([int(order[2] == axis) for axis in range(3)])]
    assert np.array_equal(made.backward(made.outputs).inputs[0], x)


def test_the_gradient_of_what_is_shown_often_is_a_sum() -> None:
    made = computed(Broadcast((None, 5, None)), [X])
    dy = np.random.default_rng(1).normal(0, 1, (4, 5, 6))
    assert (made.outputs[0] == X).all()
    (dx,) = made.backward((dy,)).inputs
    assert dx is not None
    assert np.allclose(dx, dy.sum(axis=1, keepdims=True), rtol=0, atol=1e-14)

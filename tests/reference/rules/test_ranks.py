"""Ranks beside PyTorch: values, places and gradients, with many equal values."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from convwise.kinds.contract import Kind
from convwise.kinds.ranking import Extreme, Sort, TopK
from tests.reference.rules.direct import computed, leaves


def _places_agree(kind: Kind, theirs: tuple[torch.Tensor, ...], x: np.ndarray) -> None:
    made = computed(kind, [x])
    np.testing.assert_array_equal(made.outputs[0], theirs[0].detach().numpy())
    np.testing.assert_array_equal(made.outputs[1], theirs[1].numpy())


def _spread(x: np.ndarray) -> np.ndarray:
    """No two values equal: which of equal ones PyTorch finds is up to it."""
    return x + np.linspace(0, 0.5, x.size).reshape(x.shape)


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("op", ["max", "min", "median", "mode", "kth"])
def test_extremes_are_those_of_pytorch(op: str, keep: bool, axis: int) -> None:
    x = _spread(np.random.default_rng(0).integers(0, 9, (4, 6, 5)).astype(float))
    given = leaves([x])
    name, rank = ("kthvalue", [2]) if op == "kth" else (op, [])
    values, places = getattr(given[0], name)(*rank, dim=axis, keepdim=keep)
    kind = Extreme(op, axis, keep, 2 if op == "kth" else 1)
    _places_agree(kind, (values, places), x)
    made = computed(kind, [x])
    upstream = np.random.default_rng(1).normal(0, 1, made.outputs[0].shape)
    values.backward(torch.tensor(upstream))
    (dx,) = made.backward((upstream, np.zeros(upstream.shape))).inputs
    np.testing.assert_array_equal(dx, given[0].grad.numpy())  # type: ignore[union-attr]


@pytest.mark.parametrize("op", ["max", "min", "mode"])
def test_of_equal_values_the_one_that_pytorch_finds(op: str) -> None:
    x = np.random.default_rng(0).integers(0, 3, (50, 7)).astype(float)
    _places_agree(Extreme(op, 1), tuple(getattr(torch.tensor(x), op)(dim=1)), x)


@pytest.mark.parametrize("op", ["max", "min", "median"])
def test_what_is_no_number_wins(op: str) -> None:
    x = np.array([[1.0, np.nan, 3.0, np.nan, 0.0], [1.0, 2.0, 3.0, 4.0, 5.0]])
    values, places = getattr(torch.tensor(x), op)(dim=1)
    made = computed(Extreme(op, 1), [x])
    np.testing.assert_array_equal(made.outputs[0], values.numpy())
    np.testing.assert_array_equal(made.outputs[1], places.numpy())


@pytest.mark.parametrize("largest", [False, True])
@pytest.mark.parametrize("axis", [0, -1])
def test_the_best_few(largest: bool, axis: int) -> None:
    x = _spread(np.random.default_rng(0).normal(0, 1, (5, 4)))
    given = leaves([x])
    theirs = given[0].topk(3, dim=axis, largest=largest)
    _places_agree(TopK(3, axis, largest), tuple(theirs), x)


@pytest.mark.parametrize("descending", [False, True])
def test_equal_values_keep_their_order(descending: bool) -> None:
    x = np.random.default_rng(0).integers(0, 3, (6, 9)).astype(float)
    x[0, 2] = np.nan
    theirs = torch.tensor(x).sort(dim=1, descending=descending, stable=True)
    _places_agree(Sort(1, descending), tuple(theirs), x)


def test_gradients_go_to_the_places_and_whole_numbers_have_none() -> None:
    x = np.array([3.0, 1.0, 2.0])
    made = computed(Sort(0), [x])
    (dx,) = made.backward((np.array([10.0, 20.0, 30.0]), np.zeros(3))).inputs
    assert dx is not None
    assert dx.tolist() == [30.0, 10.0, 20.0]
    (dx,) = computed(TopK(2, 0), [x]).backward((np.array([5.0, 7.0]), np.zeros(2))).inputs
    assert dx is not None
    assert dx.tolist() == [5.0, 0.0, 7.0]
    assert computed(Sort(0), [x.astype(int)]).backward((x, x)).inputs == (None,)

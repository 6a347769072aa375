"""Distances of every order, of equal vectors and with ties; similarities of vectors of zeros."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from convwise.kinds.distance import CosineSimilarity, CrossDistance, Order, PairwiseDistance
from convwise.reference.contract import Array
from tests.reference.rules.direct import computed, leaves, unlike

ORDERS: list[Order] = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, "max"]


def power(order: Order) -> float:
    return inf if order == "max" else float(order)


def pair(*shapes: tuple[int, ...]) -> list[Array]:
    random = np.random.default_rng(0)
    return [random.normal(0, 1, shape) for shape in shapes]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("keep", [False, True])
def test_distances_of_pairs(order: Order, keep: bool) -> None:
    arrays = pair((2, 1, 5), (4, 5))
    given = leaves(arrays)
    theirs = F.pairwise_distance(*given, p=power(order), eps=1e-6, keepdim=keep)
    assert unlike(computed(PairwiseDistance(order, 1e-6, keep), arrays), [theirs], given) == []


@pytest.mark.parametrize("order", ORDERS)
def test_distances_of_all(order: Order) -> None:
    arrays = pair((3, 1, 4, 5), (2, 6, 5))
    given = leaves(arrays)
    mode = "donot_use_mm_for_euclid_dist"
    theirs = torch.cdist(*given, p=power(order), compute_mode=mode)
    assert unlike(computed(CrossDistance(order), arrays), [theirs], given) == []


@pytest.mark.parametrize("order", [1.0, 1.5, 2.0, 3.0, "max"])
def test_equal_vectors_have_no_gradient(order: Order) -> None:
    arrays = pair((2, 4, 5))
    arrays = [arrays[0], arrays[0].copy()]
    given = leaves(arrays)
    theirs = F.pairwise_distance(*given, p=power(order), eps=0.0)
    made = computed(PairwiseDistance(order, 0.0), arrays)
    assert unlike(made, [theirs], given) == []
    assert not made.backward((np.ones((2, 4)),)).inputs[0].any()


def test_the_largest_differences_share_the_gradient() -> None:
    arrays = [np.array([[3.0, -3.0, 1.0]]), np.zeros((1, 3))]
    given = leaves(arrays)
    made = computed(PairwiseDistance("max", 0.0), arrays)
    assert unlike(made, [F.pairwise_distance(*given, p=inf, eps=0.0)], given) == []
    assert made.backward((np.ones(1),)).inputs[0].tolist() == [[0.5, -0.5, 0.0]]


def test_each_largest_difference_of_all_with_all_has_the_gradient() -> None:
    arrays = [np.array([[3.0, -3.0, 1.0]]), np.zeros((1, 3))]
    given = leaves(arrays)
    made = computed(CrossDistance("max"), arrays)
    assert unlike(made, [torch.cdist(*given, p=inf)], given) == []


@pytest.mark.parametrize(("axis", "shapes"), [(1, [(2, 3, 4)] * 2), (-1, [(5, 1, 4), (3, 4)])])
def test_similarities(axis: int, shapes: list[tuple[int, ...]]) -> None:
    arrays = pair(*shapes)
    given = leaves(arrays)
    made = computed(CosineSimilarity(axis, 1e-8), arrays)
    assert unlike(made, [F.cosine_similarity(*given, dim=axis)], given) == []


def test_the_similarity_with_zeros_is_zero() -> None:
    arrays = [np.zeros((1, 3)), np.array([[0.0, 3.0, 4.0]])]
    given = leaves(arrays)
    made = computed(CosineSimilarity(1, 1e-3), arrays)
    assert made.outputs[0].tolist() == [0.0]
    assert unlike(made, [F.cosine_similarity(*given, dim=1, eps=1e-3)], given) == []

"""Products of matrices, vectors and repeated axes; equations of every form; scaled dot products."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from convwise.kinds.dot import Dot
from convwise.kinds.einsum import Einsum
from convwise.kinds.einsum_dense import EinsumDense
from convwise.kinds.matmul import Matmul
from tests.reference.rules.direct import computed, leaves, unlike

MATRICES = [
    ((4,), (4,)),
    ((4,), (4, 3)),
    ((4,), (5, 4, 3)),
    ((2, 4), (4,)),
    ((5, 2, 4), (4,)),
    ((1, 2, 4), (5, 4, 3)),
    ((6, 1, 2, 4), (5, 4, 1)),
]

EQUATIONS = [
    ("ij,jk", [(2, 3), (3, 4)]),
    ("ij,jk->", [(2, 3), (3, 4)]),
    ("ij->", [(2, 3)]),
    ("ij->j", [(2, 3)]),
    ("ii", [(3, 3)]),
    ("iji->ij", [(3, 2, 3)]),
    ("ii,ij->j", [(3, 3), (3, 2)]),
    ("iij,jkk->ik", [(3, 3, 2), (2, 4, 4)]),
    ("i,j->ij", [(2,), (3,)]),
    ("i,j->i", [(2,), (3,)]),
    ("...i,...ij->...j", [(5, 1, 3), (4, 3, 2)]),
    ("...ij->...ji", [(2, 5, 3, 4)]),
    ("b...,b...->b", [(2, 3, 4), (2, 3, 4)]),
    ("ab,bc,cd,d->a", [(2, 3), (3, 4), (4, 5), (5,)]),
    ("ij,ij->ij", [(1, 3), (2, 3)]),
    ("ij,ij->", [(1, 3), (2, 3)]),
    ("bhqd,bhkd->bhqk", [(2, 1, 3, 4), (2, 5, 6, 4)]),
    ("iji,kij->k", [(3, 2, 3), (2, 3, 2)]),
]


@pytest.mark.parametrize("shapes", MATRICES)
def test_matrix_products_are_those_of_pytorch(shapes: list[tuple[int, ...]]) -> None:
    random = np.random.default_rng(0)
    arrays = [random.normal(0, 1, shape) for shape in shapes]
    one, two = given = leaves(arrays)
    assert unlike(computed(Matmul(), arrays), [one @ two], given) == []


def test_both_matrices_transposed() -> None:
    random = np.random.default_rng(0)
    arrays = [random.normal(0, 1, shape) for shape in ((1, 4, 2), (5, 3, 4))]
    one, two = given = leaves(arrays)
    made = computed(Matmul(transpose_first=True, transpose_second=True), arrays)
    assert unlike(made, [one.mT @ two.mT], given) == []


@pytest.mark.parametrize(("equation", "shapes"), EQUATIONS)
def test_equations_are_those_of_pytorch(equation: str, shapes: list[tuple[int, ...]]) -> None:
    random = np.random.default_rng(0)
    arrays = [random.normal(0, 1, shape) for shape in shapes]
    given = leaves(arrays)
    made = computed(Einsum(equation), arrays)
    assert unlike(made, [torch.einsum(equation, *given)], given) == []


def test_a_kernel_with_axes_that_the_output_has_and_a_bias_for_some() -> None:
    random = np.random.default_rng(0)
    kind = EinsumDense("abc,cde->adbe", (("d", 2), ("e", 5)), "de")
    arrays = [random.normal(0, 1, shape) for shape in ((3, 4, 6), (6, 2, 5), (2, 1, 5))]
    x, w, b = leaves(arrays)
    made = computed(kind, arrays[:1], {"kernel": arrays[1], "bias": arrays[2]})
    theirs = torch.einsum("abc,cde->adbe", x, w) + b
    assert unlike(made, [theirs], [x], {"kernel": w, "bias": b}) == []


@pytest.mark.parametrize("normalize", [False, True])
def test_dot_products_of_inner_axes(normalize: bool) -> None:
    random = np.random.default_rng(0)
    arrays = [random.normal(0, 1, shape) for shape in ((2, 3, 4, 5), (2, 6, 3))]
    one, two = given = leaves(arrays)
    made = computed(Dot((1, 2), normalize), arrays)
    if normalize:
        one = one / one.norm(dim=1, keepdim=True)
        two = two / two.norm(dim=2, keepdim=True)
    assert unlike(made, [torch.einsum("bnij,bkn->bijk", one, two)], given) == []


def test_a_vector_of_zeros_is_not_divided_by_its_length() -> None:
    zeros, other = np.zeros((1, 3)), np.array([[0.0, 3.0, 4.0]])
    made = computed(Dot((1, 1), normalize=True), [zeros, other])
    assert made.outputs[0].tolist() == [[0.0]]
    gradient = made.backward((np.ones((1, 1)),)).inputs[0]
    np.testing.assert_allclose(gradient, [[0.0, 0.6e7, 0.8e7]])

"""Rows of tables: tokens that come twice, and numbers that are no row."""

from __future__ import annotations

import numpy as np
import pytest

from convwise.errors import RuleError
from convwise.kinds.embedding import Embedding
from convwise.kinds.given_weights import GivenEmbedding
from tests.reference.rules.direct import computed


def test_a_token_that_comes_twice_gathers_both_gradients() -> None:
    table = np.arange(8.0).reshape(4, 2)
    made = computed(Embedding(4, 2), [np.array([[1, 3, 1]])], {"table": table})
    assert made.outputs[0].tolist() == [[[2.0, 3.0], [6.0, 7.0], [2.0, 3.0]]]
    gradients = made.backward((np.array([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]]),))
    assert gradients.inputs == (None,)
    assert gradients.weights["table"].tolist() == [[0, 0], [6, 8], [0, 0], [3, 4]]


def test_a_table_that_is_an_operand_has_the_same_gradient() -> None:
    table = np.arange(8.0).reshape(4, 2)
    made = computed(GivenEmbedding(), [np.array([[0, 0]]), table])
    gradients = made.backward((np.ones((1, 2, 2)),))
    assert gradients.inputs[0] is None
    assert gradients.inputs[1].tolist() == [[2, 2], [0, 0], [0, 0], [0, 0]]


def test_tokens_that_are_numbers_with_a_point_are_read_whole() -> None:
    made = computed(Embedding(3, 1), [np.array([[2.0, 0.0]])], {"table": np.eye(3)[:, :1]})
    assert made.outputs[0].tolist() == [[[0.0], [1.0]]]


@pytest.mark.parametrize("token", [-1, 4])
def test_a_number_that_is_no_row_is_refused(token: int) -> None:
    with pytest.raises(RuleError, match=f"the token {token} has no row in a table of 4"):
        computed(Embedding(4, 2), [np.array([[0, token]])], {"table": np.zeros((4, 2))})


def test_no_tokens_are_no_rows() -> None:
    made = computed(Embedding(4, 2), [np.zeros((1, 0), dtype=int)], {"table": np.zeros((4, 2))})
    assert made.outputs[0].shape == (1, 0, 2)

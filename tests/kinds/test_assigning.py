"""Tensors of which a part is replaced, against PyTorch's rule for what fits."""

from __future__ import annotations

import pytest

from convwise.graph.axes import FREE_BATCH, tensor
from convwise.graph.dims import symbol
from convwise.kinds.assigning import Assign
from convwise.kinds.windows import Whole
from tests.kinds.asking import ask, refusal

ROLES = ("batch", "time", "feature")
STEPS = tensor((2, 9, 4), ROLES)
EVERY = (None, None, None)


def test_the_shape_is_that_of_the_tensor():
    said = ask(Assign((EVERY, (1, None, None))), STEPS, tensor((2, 8, 4), ROLES))
    assert (said.shape, said.roles) == ((2, 9, 4), ROLES)
    assert (said.macs, said.elementwise_ops, said.kept, said.reach) == (0, 0, [], {})
    assert ask(Assign((EVERY, -1), number=0), STEPS).shape == (2, 9, 4)


def test_where_new_values_come_to_is_not_tracked():
    kind = Assign((EVERY, (1, None, None)))
    rest = tensor((2, 8, 4), ROLES)
    partial = Whole(partial=True)
    assert kind.reach((STEPS, rest), 1) == {"time": partial, "feature": partial}


@pytest.mark.parametrize("shape", [(2, 8, 4), (1, 8, 4), (8, 1), (4,), (), (1, 1, 1, 1)])
def test_values_are_repeated_to_the_part(shape):
    values = tensor(shape, (None,) * len(shape))
    assert ask(Assign((EVERY, (1, None, None))), STEPS, values).shape == (2, 9, 4)


def test_a_shift_by_one_of_an_open_length():
    time = symbol("T")
    steps = tensor((FREE_BATCH, time, 4), ROLES)
    rest = tensor((FREE_BATCH, time - 1, 4), ROLES)
    assert ask(Assign((EVERY, (1, None, None))), steps, rest).shape == steps.shape


@pytest.mark.parametrize(
    ("cuts", "shape", "message"),
    [
        ((EVERY, (1, None, None)), (2, 7, 4), "7 values do not fit into 8 places"),
        ((EVERY, 0), (3, 2, 4), "(3, 2, 4) does not fit into a part of shape (2, 4)"),
        ((EVERY, 9), (4,), "there is no place 9 along time with 9"),
    ],
)
def test_refusals(cuts, shape, message):
    values = tensor(shape, (None,) * len(shape))
    assert message in refusal(Assign(cuts), STEPS, values).message


def test_values_are_needed():
    assert "1 are given" in refusal(Assign((EVERY, 0)), STEPS).message

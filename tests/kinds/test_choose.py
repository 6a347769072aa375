"""Choices between two tensors, against PyTorch on the meta device."""

from __future__ import annotations

import pytest
import torch

from convwise.graph.axes import FREE_BATCH, tensor
from convwise.graph.dims import symbol
from convwise.kinds.choose import Where
from convwise.kinds.element_types import common
from tests.kinds.asking import ask, refusal

ROLES = ("batch", "time", "feature")
VALUES = tensor((2, 5, 4), ROLES)
MASK = tensor((2, 5, 1), ROLES, "bool")


def test_shape_and_costs_of_a_choice():
    condition = torch.empty(2, 5, 1, dtype=torch.bool, device="meta")
    values = torch.empty(2, 5, 4, device="meta")
    said = ask(Where(), VALUES, VALUES, MASK)
    assert said.shape == tuple(torch.where(condition, values, values).shape)
    assert said.roles == ROLES
    assert (said.elementwise_ops, said.kept, said.reach) == (40, ["input"], {})
    said = ask(Where(float("-inf")), VALUES, MASK)
    assert said.shape == tuple(values.masked_fill(condition, float("-inf")).shape)


def test_a_mask_over_open_sizes():
    time = symbol("T")
    values = tensor((FREE_BATCH, 8, time, time), ("batch", None, "time", None))
    mask = tensor((time, time), (None, None), "bool")
    assert ask(Where(-1e9), values, mask).shape == values.shape
    assert ask(Where(-1e9), values, mask).roles == values.roles


@pytest.mark.parametrize(
    ("chosen", "other", "dtype"),
    [(1, 0, None), (1.0, 0.0, None), (0, None, "int32"), (0.5, None, "int32"), (0, None, "bool")],
)
def test_types_with_numbers_are_those_of_pytorch(chosen, other, dtype):
    condition = torch.empty(2, 5, 4, dtype=torch.bool, device="meta")
    values = [torch.empty(2, 5, 4, device="meta", dtype=getattr(torch, dtype))] if dtype else []
    given = (chosen, *values) if other is None else (chosen, other)
    operands = [VALUES.cast(dtype)] if dtype else []
    said = ask(Where(chosen, other), *operands, VALUES.cast("bool"))
    assert f"torch.{said.dtype}" == str(torch.where(condition, *given).dtype)


def test_common_types_are_those_of_pytorch():
    names = ["bool", "uint8", "int8", "int16", "int32", "int64"]
    names += ["float16", "bfloat16", "float32", "float64"]
    for one in names:
        for two in names:
            expected = torch.promote_types(getattr(torch, one), getattr(torch, two))
            assert f"torch.{common([one, two])}" == str(expected), (one, two)


def test_refusals():
    assert "2 are given in all" in refusal(Where(), VALUES, MASK).message
    wrong = refusal(Where(), VALUES, tensor((2, 6, 4), ROLES), MASK)
    assert "sizes 5 and 6" in wrong.message

"""Merges beside PyTorch: ties, zeros, stretched operands, yes and no; joining and choosing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from convwise.kinds.choose import Where
from convwise.kinds.merge import OPERATIONS, Concatenate, Merge, Stack
from tests.reference.rules.direct import computed, leaves, unlike

Pair = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

SMOOTH: dict[str, Pair] = {
    "add": torch.add,
    "subtract": torch.subtract,
    "average": lambda a, b: (a + b) / 2,
    "multiply": torch.multiply,
    "divide": torch.divide,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "power": torch.pow,
    "modulo": torch.remainder,
    "arctan2": torch.arctan2,
    "logaddexp": torch.logaddexp,
}
STEPS: dict[str, Pair] = {
    "floor_divide": lambda a, b: torch.div(a, b, rounding_mode="floor"),
    "equal": torch.eq,
    "not_equal": torch.ne,
    "less": torch.lt,
    "less_equal": torch.le,
    "greater": torch.gt,
    "greater_equal": torch.ge,
    "logical_and": torch.logical_and,
    "logical_or": torch.logical_or,
    "logical_xor": torch.logical_xor,
}
BITS: dict[str, Pair] = {
    "bitwise_and": torch.bitwise_and,
    "bitwise_or": torch.bitwise_or,
    "bitwise_xor": torch.bitwise_xor,
}


def test_every_operation_is_here() -> None:
    assert {*SMOOTH, *STEPS, *BITS} == set(OPERATIONS)


def _pair(name: str) -> list[np.ndarray]:
    """Many equal values; positive bases for powers."""
    random = np.random.default_rng(0)
    a = random.integers(-2, 3, (4, 6, 5)).astype(float)
    b = random.integers(-2, 3, (4, 6, 5)).astype(float)
    if name == "power":
        a = np.abs(a) * 0.7
        b[a == 0] = np.abs(b[a == 0])
    if name in ("divide", "modulo", "floor_divide"):
        b[b == 0] = 0.6
    if name == "arctan2":
        b[(a == 0) & (b == 0)] = 1.5
    return [a, b]


@pytest.mark.parametrize("name", SMOOTH)
def test_values_and_gradients_at_ties_and_zeros(name: str) -> None:
    arrays = _pair(name)
    given = leaves(arrays)
    assert unlike(computed(Merge(name), arrays), [SMOOTH[name](*given)], given) == []


@pytest.mark.parametrize("name", SMOOTH)
def test_stretched_operands_gather_their_gradients(name: str) -> None:
    a, b = _pair(name)
    arrays = [a[:, :1], b[:1, :, :1]]
    if name == "power":
        arrays[0] = arrays[0] + 0.3
    given = leaves(arrays)
    assert unlike(computed(Merge(name), arrays), [SMOOTH[name](*given)], given) == []


@pytest.mark.parametrize("name", STEPS)
def test_steps_have_no_gradient(name: str) -> None:
    arrays = _pair(name)
    theirs = STEPS[name](*[torch.tensor(one) for one in arrays])
    made = computed(Merge(name), arrays)
    np.testing.assert_array_equal(made.outputs[0], theirs.numpy())
    assert not any(one is not None and one.any() for one in made.backward((arrays[0],)).inputs)


@pytest.mark.parametrize("name", BITS)
def test_bits(name: str) -> None:
    arrays = [np.random.default_rng(seed).integers(-9, 9, (3, 4)) for seed in (0, 1)]
    theirs = BITS[name](*[torch.tensor(one) for one in arrays])
    np.testing.assert_array_equal(computed(Merge(name), arrays).outputs[0], theirs.numpy())


def test_a_vector_per_example_stands_behind_the_batch() -> None:
    random = np.random.default_rng(0)
    arrays = [random.normal(0, 1, (2, 3, 4)), random.normal(0, 1, (2, 4))]
    roles = [("batch", "time", "channel"), ("batch", "channel")]
    given = leaves(arrays)
    theirs = given[0] * given[1][:, None]
    assert unlike(computed(Merge("multiply"), arrays, roles=roles), [theirs], given) == []


@pytest.mark.parametrize("name", ["add", "multiply", "average", "maximum", "minimum"])
def test_three_at_once(name: str) -> None:
    arrays = [np.random.default_rng(seed).integers(-2, 3, (4, 5)) * 1.0 for seed in range(3)]
    given = leaves(arrays)
    theirs = {
        "add": lambda a, b, c: a + b + c,
        "multiply": lambda a, b, c: a * b * c,
        "average": lambda a, b, c: (a + b + c) / 3,
        "maximum": lambda a, b, c: torch.maximum(torch.maximum(a, b), c),
        "minimum": lambda a, b, c: torch.minimum(torch.minimum(a, b), c),
    }[name](*given)
    assert unlike(computed(Merge(name), arrays), [theirs], given) == []


def test_a_mask_times_values() -> None:
    random = np.random.default_rng(0)
    arrays = [random.random((3, 4)) < 0.5, random.normal(0, 1, (3, 4))]
    given = leaves(arrays)
    assert unlike(computed(Merge("multiply"), arrays), [given[0] * given[1]], given) == []


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_joined_and_stacked(axis: int) -> None:
    arrays = [np.random.default_rng(seed).normal(0, 1, (3, 3, 3)) for seed in range(3)]
    arrays[1] = np.concatenate([arrays[1]] * 2, axis)
    given = leaves(arrays)
    assert unlike(computed(Concatenate(axis), arrays), [torch.cat(given, axis)], given) == []
    same = [arrays[0], arrays[2]]
    given = leaves(same)
    assert unlike(computed(Stack(axis), same), [torch.stack(given, axis)], given) == []


def test_chosen_values_stretched_and_numbers() -> None:
    random = np.random.default_rng(0)
    arrays = [random.normal(0, 1, (3, 1)), random.normal(0, 1, (4,)), random.random((3, 4)) < 0.5]
    given = leaves(arrays)
    theirs = torch.where(given[2], given[0], given[1])
    assert unlike(computed(Where(), arrays), [theirs], given) == []
    given = leaves(arrays[1:])
    theirs = torch.where(given[1], -1e9, given[0])
    assert unlike(computed(Where(chosen=-1e9), arrays[1:]), [theirs], given) == []

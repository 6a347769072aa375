"""Reductions beside PyTorch: ties, zeros, equal values, and values far apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from convwise.kinds.reduce import REDUCTIONS, Reduce
from convwise.kinds.running import Running
from tests.reference.rules.direct import computed, leaves, unlike

Torch = Callable[..., torch.Tensor]

SMOOTH: dict[str, Torch] = {
    "sum": torch.sum,
    "mean": torch.mean,
    "max": torch.amax,
    "min": torch.amin,
    "logsumexp": torch.logsumexp,
    "var": lambda x, axes, keepdim: x.var(axes, correction=0, keepdim=keepdim),
    "std": lambda x, axes, keepdim: x.std(axes, correction=0, keepdim=keepdim),
}


def _integers(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Small whole numbers: many are equal, many are zero."""
    return np.random.default_rng(seed).integers(-1, 2, shape).astype(float)


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("axes", [(1,), (0, 2), (0, 1, 2)])
@pytest.mark.parametrize("keep", [False, True])
def test_ties_share_the_gradient(name: str, axes: tuple[int, ...], keep: bool) -> None:
    x = _integers((4, 5, 3))
    given = leaves([x])
    theirs = SMOOTH[name](given[0], axes, keepdim=keep)
    assert unlike(computed(Reduce(name, axes, keep), [x]), [theirs], given) == []


@pytest.mark.parametrize("op", ["var", "std"])
@pytest.mark.parametrize("correction", [0, 1])
def test_a_correction_and_equal_values(op: str, correction: int) -> None:
    x = np.random.default_rng(0).normal(0, 1, (3, 6))
    x[1] = 0.75  # of which the mean is exact, so that the deviation is exactly 0
    given = leaves([x])
    theirs = getattr(given[0], op)(1, correction=correction)
    made = computed(Reduce(op, (1,), correction=correction), [x])
    assert unlike(made, [theirs], given) == []


def test_products_with_no_zero_one_and_two() -> None:
    x = np.random.default_rng(0).normal(0, 1, (3, 4))
    x[1, 2] = x[2, 0] = x[2, 3] = 0.0
    given = leaves([x])
    assert unlike(computed(Reduce("prod", (1,)), [x]), [given[0].prod(1)], given) == []
    given = leaves([x])
    assert unlike(computed(Running("prod", 1), [x]), [given[0].cumprod(1)], given) == []


@pytest.mark.parametrize("op", ["max", "min"])
def test_the_place_of_the_first_of_equal_ones(op: str) -> None:
    x = _integers((20, 7))
    theirs = getattr(torch.tensor(x), f"arg{op}")(1)
    np.testing.assert_array_equal(
        computed(Reduce(f"arg{op}", (1,)), [x]).outputs[0], theirs.numpy()
    )


def test_answers_and_counts() -> None:
    x = _integers((6, 3)) != 0
    for op in ("any", "all"):
        theirs = getattr(torch.tensor(x), op)(1)
        made = computed(Reduce(op, (1,)), [x])
        np.testing.assert_array_equal(made.outputs[0], theirs.numpy())
        assert made.backward((np.ones(6),)).inputs == (None,)
    made = computed(Reduce("count", (1,)), [_integers((6, 3))])
    np.testing.assert_array_equal(made.outputs[0], x.sum(axis=1))


def test_every_operation_is_here() -> None:
    here = {*SMOOTH, "prod", "argmax", "argmin", "any", "all", "count"}
    assert set(REDUCTIONS) <= here


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("op", ["sum", "prod", "max", "min", "logsumexp"])
def test_running(op: str, axis: int) -> None:
    x = np.random.default_rng(0).normal(0, 1, (4, 5, 3))
    _running(op, axis, x)
    _running(op, axis, _integers((4, 5, 3)))


def _running(op: str, axis: int, x: np.ndarray) -> None:
    name = "logcumsumexp" if op == "logsumexp" else f"cum{op}"
    given = leaves([x])
    theirs = getattr(torch, name)(given[0], axis)
    made = computed(Running(op, axis), [x])
    if op in ("max", "min"):
        np.testing.assert_array_equal(made.outputs[1], theirs.indices.numpy())
        theirs = theirs.values
    np.testing.assert_allclose(made.outputs[0], theirs.detach().numpy(), rtol=1e-12)
    upstream = np.random.default_rng(1).normal(0, 1, x.shape)
    theirs.backward(torch.tensor(upstream))
    (dx,) = made.backward((upstream, np.zeros(x.shape))).inputs
    assert dx is not None
    np.testing.assert_allclose(dx, given[0].grad.numpy(), rtol=1e-10, atol=1e-12)  # type: ignore[union-attr]


@pytest.mark.parametrize("far", [800.0, -800.0])
def test_logarithms_of_sums_far_away(far: float) -> None:
    x = np.random.default_rng(0).normal(0, 1, (3, 4)) + far
    given = leaves([x])
    assert unlike(computed(Reduce("logsumexp", (1,)), [x]), [given[0].logsumexp(1)], given) == []
    given = leaves([x])
    assert unlike(computed(Running("logsumexp", 1), [x]), [given[0].logcumsumexp(1)], given) == []

"""What is random in training: shares, scales, shared draws, means, and nothing afterwards."""

from __future__ import annotations

import numpy as np
import pytest
import torch.nn.functional as F  # noqa: N812

from convwise.errors import RuleError
from convwise.kinds.contract import Kind
from convwise.kinds.noise import Dropout, GaussianNoise
from convwise.kinds.preprocessing import Augment, RandomCrop
from convwise.reference.contract import Array, Pass
from convwise.reference.rules.table import rule_of
from tests.reference.rules.direct import computed, leaves, unlike, used

ROLES = ("batch", "height", "width", "channel")


@pytest.mark.parametrize(
    "kind",
    [
        Dropout(0.5),
        Dropout(0.5, (1, 2)),
        Dropout(0.3, flavour="alpha"),
        Dropout(0.3, flavour="gaussian"),
        GaussianNoise(2.0),
        Augment("random_flip"),
    ],
)
def test_afterwards_nothing_changes(kind: Kind) -> None:
    x = np.random.default_rng(0).normal(0, 1, (2, 3, 4, 5))
    made = computed(kind, [x])
    np.testing.assert_array_equal(made.outputs[0], x)
    np.testing.assert_array_equal(made.backward((x,)).inputs[0], x)


def _run(kind: Kind, x: Array, training: bool = True) -> Pass:
    """The rule's answer, in training; images have their roles."""
    use = used(kind, [x], roles=[ROLES] if x.ndim == 4 else None, training=training)
    made = rule_of(kind.name)(use)
    assert made.outputs[0].shape == use.outputs[0].shape
    return made


def _factor(kind: Dropout, shape: tuple[int, ...]) -> Array:
    """What ones become; the same factor comes back with the gradient."""
    made = _run(kind, np.ones(shape), True)
    (dx,) = made.backward((np.ones(shape),)).inputs
    assert dx is not None
    return np.broadcast_to(dx, shape)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_what_stays_is_scaled_up(rate: float) -> None:
    made = _run(Dropout(rate), np.ones((200, 300)), True)
    (dx,) = made.backward((np.ones((200, 300)),)).inputs
    np.testing.assert_array_equal(made.outputs[0], dx)
    assert set(np.unique(dx)) == {0.0, 1 / (1 - rate)}
    # 60,000 draws: five standard deviations of the share of zeros.
    share = float((made.outputs[0] == 0).mean())
    assert abs(share - rate) < 5 * (rate * (1 - rate) / 60_000) ** 0.5


@pytest.mark.parametrize("flavour", ["plain", "alpha", "gaussian"])
def test_shared_axes_share_a_draw(flavour: str) -> None:
    factor = _factor(Dropout(0.5, (1, 2), flavour), (8, 5, 6, 9))
    assert (factor == factor[:, :1, :1, :]).all()
    assert len(np.unique(factor[:, 0, 0, :])) > 1


def test_alpha_keeps_mean_and_variance() -> None:
    x = np.random.default_rng(1).normal(0, 1, (400, 500))
    y = _run(Dropout(0.2, flavour="alpha"), x, True).outputs[0]
    assert abs(y.mean()) < 0.02
    assert abs(y.var() - 1) < 0.02


def test_gaussian_noise_of_the_same_mean_and_variance() -> None:
    factor = _factor(Dropout(0.2, flavour="gaussian"), (400, 500))
    assert abs(factor.mean() - 1) < 0.01
    assert abs(factor.var() - 0.25) < 0.01
    with pytest.raises(RuleError, match="infinite"):
        _run(Dropout(1.0, flavour="gaussian"), np.ones(3), True)


@pytest.mark.parametrize("flavour", ["plain", "alpha"])
def test_a_rate_of_one_leaves_nothing(flavour: str) -> None:
    made = _run(Dropout(1.0, flavour=flavour), np.ones((3, 4)), True)
    assert not made.outputs[0].any()
    assert not np.any(made.backward((np.ones((3, 4)),)).inputs[0])


def test_noise_is_added_and_has_no_slope() -> None:
    x = np.full((300, 400), 5.0)
    made = _run(GaussianNoise(0.3), x, True)
    assert abs(made.outputs[0].mean() - 5) < 0.01
    assert abs(made.outputs[0].std() - 0.3) < 0.01
    np.testing.assert_array_equal(made.backward((x,)).inputs[0], x)


def test_a_piece_from_a_random_place() -> None:
    x = np.arange(2 * 9 * 8 * 3.0).reshape(2, 9, 8, 3)
    made = _run(RandomCrop(5, 6), x, True)
    y = made.outputs[0]
    pieces = [x[:, top : top + 5, left : left + 6] for top in range(5) for left in range(3)]
    (which,) = [place for place, piece in enumerate(pieces) if (piece == y).all()]
    (dx,) = made.backward((np.ones(y.shape),)).inputs
    assert dx is not None
    top, left = divmod(which, 3)
    assert dx.sum() == y.size
    assert (dx[:, top : top + 5, left : left + 6] == 1).all()


@pytest.mark.parametrize(
    ("size", "training"),
    [((9, 8), False), *[(size, one) for size in ((3, 8), (9, 4), (2, 3)) for one in (False, True)]],
)
def test_the_middle_resized_to_fit(size: tuple[int, int], training: bool) -> None:
    x = np.random.default_rng(0).normal(0, 1, (2, *size, 3))
    scale = max(5 / size[0], 6 / size[1])
    made = (max(round(size[0] * scale), 5), max(round(size[1] * scale), 6))
    top, left = (made[0] - 5) // 2, (made[1] - 6) // 2
    given = leaves([x])
    images = given[0].permute(0, 3, 1, 2)
    resized = F.interpolate(images, size=made, mode="bilinear").permute(0, 2, 3, 1)
    theirs = resized[:, top : top + 5, left : left + 6]
    ours = _run(RandomCrop(5, 6), x, training)
    assert unlike(ours, [theirs], given) == []

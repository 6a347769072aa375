"""Bilinear maps: the closed form of one pair, and weights that are operands."""

from __future__ import annotations

import numpy as np
import pytest
import torch.nn.functional as F  # noqa: N812

from convwise.kinds.bilinear import Bilinear, GivenBilinear
from tests.reference.rules.direct import computed, leaves, unlike


@pytest.mark.parametrize("leading", [(), (2,), (2, 5, 3)])
@pytest.mark.parametrize("biased", [False, True])
def test_given_weights_are_those_of_pytorch(leading: tuple[int, ...], biased: bool) -> None:
    random = np.random.default_rng(0)
    shapes = [(*leading, 4), (*leading, 3), (2, 4, 3), (2,)]
    arrays = [random.normal(0, 1, shape) for shape in shapes[: 3 + biased]]
    given = leaves(arrays)
    assert unlike(computed(GivenBilinear(), arrays), [F.bilinear(*given)], given) == []


def test_the_identity_as_weight_is_the_dot_product() -> None:
    random = np.random.default_rng(0)
    u, v = random.normal(0, 1, (2, 6, 4))
    made = computed(Bilinear(1, False), [u, v], {"kernel": np.eye(4)[None]})
    np.testing.assert_allclose(made.outputs[0][:, 0], (u * v).sum(axis=1))
    gradients = made.backward((np.ones((6, 1)),))
    np.testing.assert_allclose(gradients.inputs[0], v)
    np.testing.assert_allclose(gradients.inputs[1], u)
    np.testing.assert_allclose(gradients.weights["kernel"][0], u.T @ v)

"""Weighted sums with weights of one or two axes, and biases of several shapes."""

from __future__ import annotations

import numpy as np
import pytest
import torch.nn.functional as F  # noqa: N812

from convwise.kinds.dense import Dense
from convwise.kinds.given_weights import GivenDense
from tests.reference.rules.direct import computed, leaves, unlike


@pytest.mark.parametrize("kernel", [(5, 3), (1, 3), (3,)])
@pytest.mark.parametrize("source", [(3,), (2, 3), (2, 4, 6, 3)])
@pytest.mark.parametrize("biased", [False, True])
def test_given_weights_are_those_of_pytorch(
    kernel: tuple[int, ...], source: tuple[int, ...], biased: bool
) -> None:
    random = np.random.default_rng(0)
    shapes = [source, kernel, kernel[:-1]] if biased else [source, kernel]
    arrays = [random.normal(0, 1, shape) for shape in shapes]
    x, w, *bias = given = leaves(arrays)
    theirs = F.linear(x, w.reshape(-1, 3), *[one.reshape(-1) for one in bias])
    if len(kernel) == 1:
        theirs = theirs.squeeze(-1)
    assert unlike(computed(GivenDense(), arrays), [theirs], given) == []


def test_a_dense_layer_by_hand() -> None:
    x = np.array([[1.0, 2.0]])
    weights = {"kernel": np.array([[3.0, 4.0], [5.0, 6.0]]), "bias": np.array([10.0, 20.0])}
    made = computed(Dense(2), [x], weights)
    assert made.outputs[0].tolist() == [[21.0, 37.0]]
    gradients = made.backward((np.array([[1.0, -1.0]]),))
    assert gradients.inputs[0].tolist() == [[-2.0, -2.0]]
    assert gradients.weights["kernel"].tolist() == [[1.0, 2.0], [-1.0, -2.0]]
    assert gradients.weights["bias"].tolist() == [1.0, -1.0]

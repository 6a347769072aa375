"""Kernels that are values of the network, and their gradients, beside PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from convwise.kinds.given_convolution import GivenConvolution, GivenTransposedConvolution
from convwise.kinds.windows import SAME, Padding
from convwise.reference.contract import Array
from tests.reference.rules.direct import computed, leaves, unlike
from tests.reference.rules.sliding import ROLES, same, weighed

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(0, 1, (2, 6, 8, 7))


def operands(
    biased: bool, *kernel: int, filters: int
) -> tuple[list[Array], list[list[str | None]]]:
    """Input, kernel and perhaps a bias, and the roles of their axes."""
    arrays = [X, RANDOM.normal(0, 1, kernel)] + [RANDOM.normal(0, 1, filters)] * biased
    return arrays, [list(ROLES), *[[None] * one.ndim for one in arrays[1:]]]


@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("groups", [1, 2, 6])
@pytest.mark.parametrize(("stride", "dilation"), [((1, 1), (2, 3)), ((3, 2), (1, 1))])
def test_given_kernels(
    biased: bool, groups: int, stride: tuple[int, int], dilation: tuple[int, int]
) -> None:
    padding = Padding("explicit", ((0, 3), (2, 1)))
    kind = GivenConvolution((3, 2), stride, dilation, padding, groups)
    arrays, roles = operands(biased, 12, 6 // groups, 3, 2, filters=12)
    x, k, *b = given = leaves(arrays)
    bias = b[0] if b else None
    theirs = F.conv2d(F.pad(x, (2, 1, 0, 3)), k, bias, stride, 0, dilation, groups)
    assert unlike(computed(kind, arrays, roles=roles), [theirs], given) == []


@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("groups", [1, 2, 6])
@pytest.mark.parametrize(("stride", "dilation"), [((1, 1), (2, 3)), ((3, 2), (1, 1))])
def test_given_kernels_that_stamp(
    biased: bool, groups: int, stride: tuple[int, int], dilation: tuple[int, int]
) -> None:
    kind = GivenTransposedConvolution((3, 2), stride, dilation, ((1, 0), (0, 2)), groups)
    arrays, roles = operands(biased, 6, 2, 3, 2, filters=2 * groups)
    x, k, *b = given = leaves(arrays)
    bias = b[0] if b else None
    whole = F.conv_transpose2d(x, k, bias, stride, 0, 0, groups, dilation)
    made = computed(kind, arrays, roles=roles)
    assert unlike(made, [whole[..., 1:, : whole.shape[-1] - 2]], given) == []


def test_a_given_kernel_is_padded_as_a_learned_one() -> None:
    kind = GivenConvolution((4, 2), (2, 3), (1, 1), SAME)
    arrays, roles = operands(False, 5, 6, 4, 2, filters=5)
    lines = [same(8, 4, 2, 1, "end"), same(7, 2, 3, 1, "end")]
    (y,) = computed(kind, arrays, roles=roles).outputs
    assert np.allclose(y, weighed(X, arrays[1], lines), rtol=0, atol=1e-12)


def test_every_example_may_have_a_kernel_of_its_own() -> None:
    """The batch laid out as channels, one group per example."""
    wide = X.reshape(1, 12, 8, 7)
    kernels = RANDOM.normal(0, 1, (2, 4, 6, 3, 3))
    kind = GivenConvolution((3, 3), (1, 1), (1, 1), groups=2)
    roles = [list(ROLES), [None] * 4]
    (y,) = computed(kind, [wide, kernels.reshape(8, 6, 3, 3)], roles=roles).outputs
    for one in range(2):
        alone = F.conv2d(torch.tensor(X[one : one + 1]), torch.tensor(kernels[one]))
        assert np.allclose(y[:, 4 * one : 4 * one + 4], alone, rtol=0, atol=1e-12)

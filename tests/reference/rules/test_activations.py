"""Every activation function beside PyTorch: at borders, far away, and with its own numbers."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from convwise.dialects.torch.write.pieces.helpers import general_relu, sparse_plus, sparsemax
from convwise.graph.axes import tensor
from convwise.kinds.activation import FUNCTIONS, GLU, Activation, PReLU
from convwise.kinds.given_weights import GivenPReLU
from convwise.kinds.softmax import Softmax
from tests.reference.rules.direct import computed, leaves, unlike

Torch = Callable[[torch.Tensor], torch.Tensor]

#: Where functions bend, near to it, and so far away that exponentials overflow.
POINTS = np.concatenate(
    [
        np.linspace(-7, 7, 57) + 0.013,
        [-1e-9, 1e-9, -0.5, 0.5, -1.0, 1.0, -3.0, 3.0, 6.0],
        [-40.0, 40.0, -800.0, 700.0, -1e4],
    ]
)

PLAIN: dict[str, Torch] = {
    "linear": lambda x: x * 1,
    "relu": F.relu,
    "relu6": F.relu6,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "celu": F.celu,
    "selu": F.selu,
    "gelu": F.gelu,
    "sigmoid": torch.sigmoid,
    "hard_sigmoid": lambda x: (x * (1 / 6) + 0.5).clamp(0, 1),
    "sparse_sigmoid": lambda x: (x * 0.5 + 0.5).clamp(0, 1),
    "log_sigmoid": F.logsigmoid,
    "silu": F.silu,
    "hard_silu": F.hardswish,
    "mish": F.mish,
    "tanh": torch.tanh,
    "hard_tanh": F.hardtanh,
    "tanh_shrink": F.tanhshrink,
    "softplus": lambda x: F.softplus(x, threshold=1e9) if x.max() < 600 else F.softplus(x),
    "softsign": F.softsign,
    "soft_shrink": F.softshrink,
    "hard_shrink": F.hardshrink,
    "threshold": lambda x: F.threshold(x, 0.0, 0.0),
    "exponential": torch.exp,
    "squareplus": lambda x: (x + torch.sqrt(x * x + 4)) / 2,
    "sparse_plus": sparse_plus,
}

#: The alpha of celu is a power of two: PyTorch rounds 1/alpha to float32 for the gradient.
NUMBERED: list[tuple[Activation, Torch]] = [
    (Activation("relu", (("slope", 0.1),)), lambda x: F.leaky_relu(x, 0.1)),
    (Activation("relu", (("max_value", 2.0),)), lambda x: x.clamp(0, 2)),
    (
        Activation("relu", (("slope", 0.1), ("max_value", 2.0), ("threshold", 0.7))),
        lambda x: general_relu(x, 0.1, 2.0, 0.7),
    ),
    (Activation("relu", (("threshold", -0.7),)), lambda x: general_relu(x, 0.0, None, -0.7)),
    (Activation("leaky_relu", (("slope", 0.3),)), lambda x: F.leaky_relu(x, 0.3)),
    (Activation("elu", (("alpha", 0.6),)), lambda x: F.elu(x, 0.6)),
    (Activation("celu", (("alpha", 0.5),)), lambda x: F.celu(x, 0.5)),
    (Activation("gelu", (("approximate", True),)), lambda x: F.gelu(x, approximate="tanh")),
    (
        Activation("hard_sigmoid", (("slope", 0.2), ("offset", 0.4))),
        lambda x: (0.2 * x + 0.4).clamp(0, 1),
    ),
    (
        Activation("hard_tanh", (("min_value", -2.0), ("max_value", 0.3))),
        lambda x: F.hardtanh(x, -2.0, 0.3),
    ),
    (Activation("softplus", (("beta", 2.0),)), lambda x: F.softplus(x, 2.0, threshold=1e9)),
    (Activation("soft_shrink", (("threshold", 0.9),)), lambda x: F.softshrink(x, 0.9)),
    (Activation("hard_shrink", (("threshold", 0.9),)), lambda x: F.hardshrink(x, 0.9)),
    (
        Activation("threshold", (("threshold", 1.5), ("value", -3.0))),
        lambda x: F.threshold(x, 1.5, -3.0),
    ),
    (Activation("squareplus", (("b", 0.3),)), lambda x: (x + torch.sqrt(x * x + 0.3)) / 2),
]

#: Where the two frameworks' derivatives at a border are both right: these points are left out.
BORDERS = {
    "hard_sigmoid": (-3.0, 3.0, -2.0),
    "sparse_sigmoid": (-1.0, 1.0),
    "relu": (2.0, 0.7, -0.7),
}


def test_every_function_is_here() -> None:
    assert set(PLAIN) == set(FUNCTIONS)


def _points(kind: Activation, low: float = -np.inf, high: float = np.inf) -> np.ndarray:
    """Away from where one-sided derivatives are a matter of taste."""
    known = BORDERS.get(kind.function, ())
    return np.array([one for one in POINTS if one not in known and low <= one <= high])


def _wrong(kind: Activation, theirs: Torch, points: np.ndarray) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = computed(kind, [points])
        given = leaves([points])
        return unlike(made, [theirs(given[0])], given)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_those_of_pytorch(name: str) -> None:
    kind = Activation(name)
    assert _wrong(kind, PLAIN[name], _points(kind, -8, 8)) == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_far_away_nothing_overflows(name: str) -> None:
    kind = Activation(name)
    assert _wrong(kind, PLAIN[name], _points(kind)) == []


@pytest.mark.parametrize(("kind", "theirs"), NUMBERED, ids=range(len(NUMBERED)))
def test_their_numbers_are_those_of_pytorch(kind: Activation, theirs: Torch) -> None:
    assert _wrong(kind, theirs, _points(kind, -60, 60)) == []


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "relu6", "hard_tanh", "threshold"])
def test_at_the_bend_itself(name: str) -> None:
    assert _wrong(Activation(name), PLAIN[name], np.array([0.0, 1.0, -1.0, 6.0])) == []


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_gates(axis: int) -> None:
    x = np.random.default_rng(0).normal(0, 30, (4, 6, 2))
    given = leaves([x])
    assert unlike(computed(GLU(axis), [x]), [F.glu(given[0], axis)], given) == []


def test_slopes_at_zero_and_below() -> None:
    x = np.array([[-2.0, 0.0, 3.0], [-1.0, 5.0, 0.0]])
    alpha = np.array([0.1, 0.2, 0.3])
    kind = PReLU()
    operand = tensor(x.shape, ("batch", "channel"))
    assert kind.weights((operand,))[0].role == "alpha"
    given = leaves([x, alpha])
    made = computed(kind, [x], {"alpha": alpha}, [("batch", "channel")])
    theirs = F.prelu(given[0], given[1])
    assert unlike(made, [theirs], given[:1], {"alpha": given[1]}) == []


@pytest.mark.parametrize("count", [1, 3])
def test_slopes_that_are_values(count: int) -> None:
    random = np.random.default_rng(0)
    arrays = [random.normal(0, 1, (2, 3, 4)), random.normal(0, 1, count)]
    given = leaves(arrays)
    assert unlike(computed(GivenPReLU(), arrays), [F.prelu(*given)], given) == []


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_far_away(log: bool, axis: int) -> None:
    x = np.random.default_rng(0).normal(0, 1, (3, 4, 5)) * np.array([1, 30, 900, 1e5, 0])
    given = leaves([x])
    function = F.log_softmax if log else F.softmax
    assert unlike(computed(Softmax((axis,), log), [x]), [function(given[0], axis)], given) == []


def test_softmax_over_two_axes_is_that_of_both_merged() -> None:
    x = np.random.default_rng(0).normal(0, 3, (3, 4, 5))
    given = leaves([x])
    theirs = F.softmax(given[0].flatten(1), -1).reshape(3, 4, 5)
    assert unlike(computed(Softmax((1, 2)), [x]), [theirs], given) == []


def test_sparse_shares_are_a_projection_with_exact_zeros() -> None:
    x = np.random.default_rng(0).normal(0, 2, (6, 5))
    made = computed(Softmax((1,), sparse=True), [x])
    given = leaves([x])
    assert unlike(made, [sparsemax(given[0], 1)], given) == []
    assert (made.outputs[0] == 0).any()
    np.testing.assert_allclose(made.outputs[0].sum(axis=1), 1.0)

"""Activations: costs and traits by hand; derivatives' needs against differentiation by hand."""

from __future__ import annotations

import pytest

from convwise.graph.axes import FREE_BATCH, tensor
from convwise.graph.dims import symbol
from convwise.kinds.activation import FUNCTIONS, GLU, Activation, PReLU
from convwise.kinds.contract import IDENTITY, RECTIFIER
from convwise.kinds.softmax import Softmax
from convwise.kinds.windows import WHOLE, Whole
from tests.kinds.asking import ask, refusal

IMAGE = ("batch", "height", "width", "channel")
SOURCE = tensor((1, 5, 6, 4), IMAGE)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_keeps_the_shape_and_has_no_weights(function):
    said = ask(Activation(function), SOURCE)
    assert said.shape == SOURCE.shape
    assert said.parameters == said.macs == 0
    assert said.elementwise_ops == (0 if function == "linear" else 120)


def test_derivatives_by_output_or_input():
    # relu' = [y > 0], sigmoid' = y(1 - y), tanh' = 1 - y*y, exp' = y; silu' needs x.
    for function in ("relu", "sigmoid", "tanh", "exponential"):
        assert ask(Activation(function), SOURCE).kept == ["output"]
    for function in ("silu", "gelu", "mish", "softplus", "leaky_relu"):
        assert ask(Activation(function), SOURCE).kept == ["input"]
    assert ask(Activation("linear"), SOURCE).kept == []
    assert ask(Activation("relu", (("max_value", 6.0),)), SOURCE).kept == ["input"]


def test_rectifiers_are_those_that_are_flat_below():
    flat = {name for name in FUNCTIONS if RECTIFIER in Activation(name).traits}
    assert flat == {"relu", "relu6", "threshold", "sparse_plus"}
    assert RECTIFIER in Activation("relu", (("slope", 0.0), ("max_value", 6.0))).traits
    assert RECTIFIER not in Activation("relu", (("slope", 0.1),)).traits
    assert IDENTITY in Activation("linear").traits


def test_one_function_has_one_canonical_form():
    def form(function, *parameters):
        return Activation(function, parameters).canonical((SOURCE,))

    assert form("relu6") == form("relu", ("max_value", 6.0))
    assert form("leaky_relu") == form("leaky_relu", ("slope", 0.01))
    assert form("leaky_relu", ("slope", 0.3)) == form("relu", ("slope", 0.3))
    assert form("relu", ("threshold", 0.0)) == form("relu")
    assert form("elu") != form("elu", ("alpha", 0.5))


def test_functions_and_numbers_that_do_not_exist():
    error = refusal(Activation("swoosh"), SOURCE)
    assert error.message == 'there is no activation function named "swoosh"'
    assert "hard_sigmoid" in error.hint
    error = refusal(Activation("elu", (("slope", 0.1),)), SOURCE)
    assert error.message == 'the activation elu takes no number named "slope"'
    assert error.hint == "it takes alpha"


def test_gate_halves_an_axis():
    said = ask(GLU(), tensor((1, 7, 6), ("batch", "time", "channel")))
    assert said.shape == (1, 7, 3)
    assert said.equations == {"channel": "floor(6/2) = 3"}
    assert said.elementwise_ops == 2 * 21
    assert ask(GLU("width"), SOURCE).reach == {"width": Whole(partial=True)}
    error = refusal(GLU("height"), SOURCE)
    assert error.message == "height has size 5, a gate needs two halves"


def test_slopes_of_prelu():
    assert ask(PReLU(), SOURCE).weights == {"alpha": (5, 6, 4)}
    shared = ask(PReLU((1, 2)), SOURCE)
    assert shared.weights == {"alpha": (1, 1, 4)}
    assert shared.parameters == shared.trainable == 4
    assert shared.equations == {"parameters": "1*1*4 = 4"}
    assert shared.kept == ["input"]
    alone = ask(PReLU(("height", "width", "channel")), SOURCE)
    assert (alone.weights, alone.parameters) == ({"alpha": (1, 1, 1)}, 1)


def test_prelu_shared_by_role_or_position_is_the_same():
    named = PReLU(("width", "height")).canonical((SOURCE,))
    assert named == PReLU((1, 2)).canonical((SOURCE,)) == PReLU((0, -3, -2)).canonical((SOURCE,))
    assert "axis 7 does not exist" in refusal(PReLU((7,)), SOURCE).message


def test_softmax_over_channels_or_space():
    said = ask(Softmax(), tensor((FREE_BATCH, 10), ("batch", "feature")))
    assert said.elementwise_ops == FREE_BATCH * 30
    assert said.kept == ["output"]
    assert said.reach == {"feature": WHOLE}
    assert ask(Softmax(), SOURCE).reach == {}
    assert ask(Softmax(("height", -2)), SOURCE).reach == {"height": WHOLE, "width": WHOLE}
    assert Softmax((-1,), log=True).canonical((SOURCE,)) == Softmax(("channel",), log=True)


def test_activations_of_symbolic_sizes():
    height = symbol("H")
    said = ask(Activation("relu"), tensor((1, height, 6, 4), IMAGE))
    assert said.elementwise_ops == height * 24

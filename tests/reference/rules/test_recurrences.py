"""Recurrent variants that the written PyTorch cannot say, beside Keras and finite differences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from convwise.graph.axes import BATCH, CHANNEL, FEATURE, tensor
from convwise.graph.nodes import WeightSpec
from convwise.kinds.contract import Example
from convwise.kinds.conv_recurrent import ConvLSTM
from convwise.kinds.recurrent import TIME, Recurrent
from convwise.kinds.recurrent_cells import Cell
from convwise.kinds.recurrent_step import RecurrentCell
from convwise.kinds.windows import SAME
from convwise.reference.contract import Array
from convwise.reference.rules.recurrences import recurrent
from tests.reference.gradcheck import gradcheck
from tests.reference.live import differences
from tests.reference.live_keras import run
from tests.reference.rules.direct import computed, used

SEQUENCE = [BATCH, TIME, FEATURE]
TEXT = tensor((2, 4, 5), SEQUENCE)

KERAS = {
    "early reset both ways": "B(layers.GRU(3, reset_after=False, return_sequences=True))",
    "early reset, other functions": (
        "layers.GRU(3, activation='relu', recurrent_activation='softsign', reset_after=False)"
    ),
    "late reset, other functions": "layers.GRU(3, activation='elu', return_sequences=True)",
    "LSTM of other functions both ways": (
        "B(layers.LSTM(3, 'softsign', 'hard_sigmoid', return_state=True), merge_mode='mul')"
    ),
    "LSTM from the end with states": (
        "layers.LSTM(3, go_backwards=True, return_sequences=True, return_state=True)"
    ),
    "simple of another function": "layers.SimpleRNN(3, 'gelu', return_sequences=True)",
    "averaged ends": "B(layers.SimpleRNN(3, 'softplus'), merge_mode='ave')",
    "directions apart": "B(layers.GRU(3, return_sequences=True), merge_mode=None)",
    "unlike directions": (
        "B(layers.LSTM(3, return_sequences=True),"
        " backward_layer=layers.GRU(3, return_sequences=True, go_backwards=True))"
    ),
    "stacked cells": "layers.RNN([layers.LSTMCell(3), layers.GRUCell(2, reset_after=False)])",
}

FILMS = {
    "stride along a line": (
        "layers.ConvLSTM1D(2, 3, strides=2, return_sequences=True)",
        (3, 9, 2),
    ),
    "other functions": (
        "layers.ConvLSTM2D(2, (3, 2), padding='same', activation='softsign',"
        " recurrent_activation='sigmoid', return_state=True)",
        (3, 5, 4, 2),
    ),
    "channels first, from the end": (
        "layers.ConvLSTM2D(2, 2, data_format='channels_first', go_backwards=True,"
        " return_sequences=True, use_bias=False)",
        (3, 2, 5, 4),
    ),
}

EXAMPLES = {
    "joined biases, early reset": Recurrent(
        Cell("gru", 3, bias_sets=2, joined_bias=True, reset_after=False), 2, True
    ),
    "early reset, two biases": Recurrent(Cell("gru", 3, bias_sets=2, reset_after=False)),
    "projection both ways": Recurrent(
        Cell("lstm", 4, 2, bias_sets=2), 2, True, returns=("last", "cell", "hidden")
    ),
    "product of ends and of sequences": Recurrent(
        Cell("simple", 3), 1, True, "mul", ("last", "sequence", "hidden")
    ),
    "masks inside and between": Recurrent(
        Cell("lstm", 3, input_dropout=0.4, state_dropout=0.3), 2, True, dropout=0.5
    ),
    "masks from the end": Recurrent(
        Cell("gru", 3, input_dropout=0.4, state_dropout=0.3), backwards=True
    ),
}


def model(layer: str, shape: tuple[int, ...]) -> str:
    """A Keras model of one layer."""
    return (
        "import keras\nfrom keras import layers\nB = layers.Bidirectional\n"
        f"x = keras.Input({shape})\nmodel = keras.Model(x, {layer}(x))\n"
    )


def drawn(specs: Sequence[WeightSpec], random: np.random.Generator) -> dict[str, Array]:
    """Normal weights by their roles."""
    return {one.role: random.normal(0, 1, [int(size) for _, size in one.axes]) for one in specs}


@pytest.mark.parametrize("layer", KERAS.values(), ids=list(KERAS))
def test_a_sequence_is_read_as_keras_does(layer: str) -> None:
    assert differences(run(model(layer, (4, 5)), 1)) == []


@pytest.mark.parametrize(("layer", "shape"), FILMS.values(), ids=list(FILMS))
def test_a_film_is_read_as_keras_does(layer: str, shape: tuple[int, ...]) -> None:
    assert differences(run(model(layer, shape), 1)) == []


def test_given_states_are_those_of_keras() -> None:
    code = (
        "import keras\nfrom keras import layers\n"
        "x, h, c = keras.Input((4, 5)), keras.Input((3,)), keras.Input((3,))\n"
        "y = layers.LSTM(3, 'relu', return_state=True)(x, initial_state=[h, c])\n"
        "model = keras.Model([x, h, c], y)\n"
    )
    assert differences(run(code, 2)) == []


@pytest.mark.parametrize("kind", EXAMPLES.values(), ids=list(EXAMPLES))
@pytest.mark.parametrize("training", [False, True])
def test_gradients_are_those_of_differences(kind: Recurrent, training: bool) -> None:
    assert gradcheck(Example(kind, (TEXT,)), training=training) == []


def test_single_states_of_all_layers_and_directions_have_gradients() -> None:
    hidden, cell = tensor((2, 2), (BATCH, FEATURE)), tensor((2, 3), (BATCH, FEATURE))
    kind = Recurrent(Cell("lstm", 3, 2), 2, True, returns=("sequence", "hidden", "cell"))
    assert gradcheck(Example(kind, (TEXT, *[hidden, cell] * 4))) == []


def test_a_film_of_all_returns_has_gradients_in_training() -> None:
    kind = ConvLSTM(
        (3,), 2, (2,), (1,), SAME, True, ("cell", "sequence", "last"), True, "elu",
        input_dropout=0.4, state_dropout=0.3,
    )  # fmt: skip
    film = tensor((2, 3, 7, 2), (BATCH, TIME, "width", CHANNEL))
    assert gradcheck(Example(kind, (film,)), training=True) == []


@pytest.mark.parametrize("name", ["simple", "lstm", "gru"])
def test_a_sequence_is_its_steps_one_after_the_other(name: str) -> None:
    random = np.random.default_rng(0)
    cell = Cell(name, 3, bias_sets=2, update_first=True)
    weights = drawn(cell.weights(5), random)
    x = random.normal(0, 1, (2, 4, 5))
    whole = computed(Recurrent(cell), [x], weights, [SEQUENCE])
    states = [np.zeros((2, 3)) for _ in cell.states]
    for place in range(4):
        roles = [[BATCH, FEATURE]] * (1 + len(states))
        step = computed(RecurrentCell(cell), [x[:, place], *states], weights, roles)
        states = list(step.outputs)
        np.testing.assert_allclose(whole.outputs[0][:, place], states[0], atol=1e-14)


def test_a_gru_is_the_same_in_both_orders_of_its_gates() -> None:
    random = np.random.default_rng(0)
    weights = {"kernel": random.normal(0, 1, (9, 5)), "recurrent_kernel": np.eye(9)[:, :3]}
    x = random.normal(0, 1, (2, 4, 5))
    turned = {
        role: one.reshape(3, 3, -1)[[1, 0, 2]].reshape(9, -1) for role, one in weights.items()
    }
    made = [
        computed(Recurrent(Cell("gru", 3, bias=False, update_first=first)), [x], each, [SEQUENCE])
        for first, each in ((False, weights), (True, turned))
    ]
    np.testing.assert_allclose(made[0].outputs[0], made[1].outputs[0], atol=1e-14)


@pytest.mark.parametrize(
    "kind",
    [
        Recurrent(Cell("simple", 3), 2, dropout=1.0),
        Recurrent(Cell("lstm", 3, input_dropout=1.0, state_dropout=0.5), 2),
    ],
)
def test_where_all_is_dropped_the_input_is_not_heard(kind: Recurrent) -> None:
    random = np.random.default_rng(0)
    x = random.normal(0, 1, (2, 4, 5))
    weights = drawn(kind.weights((TEXT,)), random)
    made, other = [
        recurrent(used(kind, [one], weights, [SEQUENCE], training=True)) for one in (x, x + 1)
    ]
    assert np.isfinite(made.outputs[0]).all()
    np.testing.assert_array_equal(made.outputs[0], other.outputs[0])
    gradients = made.backward((np.ones((2, 4, 3)),))
    np.testing.assert_array_equal(gradients.inputs[0], np.zeros(x.shape))

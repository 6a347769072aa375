"""How recurrent layers and wrappers are written in all versions of Keras, and written wrongly."""

from __future__ import annotations

import pytest

import convwise
from convwise.errors import ConvwiseError

HEAD = (
    "import keras\nfrom keras import layers\nfrom keras.layers import *\n"
    "from keras.models import *\n"
)


def rows(text: str) -> list[tuple[str, int]]:
    found = convwise.read(HEAD + text).summary().to_dict()["layers"]
    return [(row["name"], row["parameters"]) for row in found]


def shape(text: str) -> object:
    return convwise.read(HEAD + text).summary().to_dict()["layers"][-1]["output_shape"]


def test_keras_1_spellings() -> None:
    text = (
        "m = Sequential()\nm.add(LSTM(output_dim=32, input_dim=7, input_length=10, "
        "return_sequences=True, inner_activation='hard_sigmoid', dropout_W=0.2, dropout_U=0.2))\n"
        "m.add(TimeDistributedDense(3))"
    )
    assert rows(text)[1] == ("lstm", 4 * 32 * (7 + 32 + 1))
    assert shape(text) == [None, 10, 3]


def test_layers_for_cudnn_have_two_biases() -> None:
    text = "m = Sequential([Input((4, 3)), CuDNNLSTM(5, return_sequences=True), CuDNNGRU(2)])"
    assert rows(text)[1:] == [
        ("cu_dnnlstm", 4 * 5 * (3 + 5 + 2)),
        ("cu_dnngru", 3 * 2 * (5 + 2 + 2)),
    ]


def test_wrappers_take_the_input_shape() -> None:
    text = (
        "m = Sequential()\n"
        "m.add(TimeDistributed(Conv2D(4, 3), input_shape=(10, 16, 16, 3)))\n"
        "m.add(TimeDistributed(Flatten()))\n"
        "m.add(Bidirectional(LSTM(8)))"
    )
    assert shape(text) == [None, 16]
    assert rows(text)[1:] == [
        ("time_distributed", 112),
        ("time_distributed_1", 0),
        ("bidirectional", 2 * 32 * (784 + 8 + 1)),
    ]


def test_sequences_of_any_length() -> None:
    text = "m = Sequential([Input((None, 8, 8, 1)), ConvLSTM2D(4, 3), Flatten(), Dense(2)])"
    assert shape(text) == [None, 2]
    text = "m = Sequential([Input((None, 9)), TimeDistributed(Conv1D(3, 2))])"
    with pytest.raises(ConvwiseError, match="Conv1D needs an input with 3 axes"):
        convwise.read(HEAD + text)


def test_a_cell_called_step_by_step_is_one_layer_with_several_calls() -> None:
    text = (
        "class Loop(keras.Model):\n"
        "    def __init__(self):\n        super().__init__()\n        self.cell = LSTMCell(5)\n"
        "    def call(self, x):\n        h = [keras.ops.zeros((1, 5)), keras.ops.zeros((1, 5))]\n"
        "        for t in range(3):\n            y, h = self.cell(x[:, t], h)\n        return y\n"
        "m = Loop()\nm.build((None, 3, 4))\n"
    )
    found = convwise.read(HEAD + text).summary().to_dict()
    cell = next(row for row in found["layers"] if row["dialect_name"] == "LSTMCell")
    assert (cell["calls"], cell["parameters"]) == (3, 20 * (4 + 5 + 1))
    assert found["totals"]["macs"]["forward"] == 3 * 20 * (4 + 5)


def test_a_decoder_that_returns_its_state() -> None:
    text = (
        "class Decoder(keras.Model):\n"
        "    def __init__(self):\n        super().__init__()\n"
        "        self.gru = GRU(5, return_state=True, return_sequences=True)\n"
        "        self.dense = Dense(3)\n"
        "    def call(self, x, states=None, return_state=False):\n"
        "        x, states = self.gru(x, initial_state=states)\n        x = self.dense(x)\n"
        "        if return_state:\n            return x, states\n        return x\n"
        "m = Decoder()\nm.build((None, 7, 3))\n"
    )
    assert shape(text) == [None, 7, 3]


def test_both_directions_of_a_film_are_two_operations() -> None:
    text = (
        "x = Input((4, 8, 8, 1))\n"
        "m = Model(x, Bidirectional(ConvLSTM2D(3, 3, return_sequences=True))(x))"
    )
    assert shape(text) == [None, 4, 6, 6, 6]
    assert rows(text)[1] == ("bidirectional", 2 * 12 * (9 * 4 + 1))


@pytest.mark.parametrize(
    ("made", "trained"),
    [
        ("c = Conv1D(2, 3)\nw = TimeDistributed(c)", 0),
        ("c = LSTMCell(2)\nw = TimeDistributed(RNN(c))", 0),
        ("c = GRU(2)\nw = TimeDistributed(Bidirectional(c))", 2 * 6 * (1 + 2 + 2)),
    ],
)
def test_a_wrapped_layer_is_frozen_unless_it_was_copied(made: str, trained: int) -> None:
    text = f"x = Input((4, 8, 1))\n{made}\ny = w(x)\nc.trainable = False\nm = Model(x, y)"
    totals = convwise.read(HEAD + text).summary().to_dict()["totals"]
    assert totals["trainable_parameters"] == trained
    assert totals["parameters"] > 0


UNKNOWN = (
    ("TimeDistributed(Strange(3))", "TimeDistributed"),
    ("Bidirectional(Strange(3))", "Bidirectional"),
    ("Bidirectional(Dense(3))", "Bidirectional"),
    ("RNN(Strange(3))", "RNN"),
)


@pytest.mark.parametrize(("layer", "name"), UNKNOWN)
def test_what_is_not_known_is_said(layer: str, name: str) -> None:
    text = f"from elsewhere import Strange\n{HEAD}m = Sequential([Input((4, 8)), {layer}])"
    [fact] = convwise.read(text).graph.unknown
    assert fact.what == f"{name} is not known"


WRONG = (
    ("[Input((4, 8)), LSTM(5), LSTM(5)]", "needs return_sequences=True"),
    ("[Input((4, 8)), LSTM(5, unitz=3)]", "did you mean units"),
    ("[Input((4, 8)), LSTM(0)]", "units must be a positive integer, found 0"),
    ("[Input((4, 8)), LSTM(5, time_major=True)]", "puts time before the batch"),
    ("[Input((4, 8)), GRU(5, activation='rleu')]", "did you mean 'relu'"),
    ("[Input((4, 8)), GRU(5, dropout=3)]", "dropout must be a number from 0 to 1"),
    ("[Input((4, 8)), Bidirectional()]", "Bidirectional needs a layer to wrap"),
    ("[Input((4, 8)), Bidirectional(GRU(3), merge_mode='add')]", "merge_mode must be"),
    ("[Input((4, 8)), Bidirectional(GRU(3), backward_layer=GRU(3))]", "in the same direction"),
    ("[Input((4, 8)), Bidirectional(GRU(3), merge='sum')]", "has no argument merge"),
    ("[Input((8,)), TimeDistributed(Dense(3))]", "needs at least 3 axes"),
    ("[Input((4, 8, 8)), ConvLSTM2D(3, 3)]", "ConvLSTM2D needs an input with 5 axes"),
    ("[Input((4, 2, 8, 1)), ConvLSTM2D(3, 3)]", "kernel 3 is larger than its input 2"),
    ("[Input((4, 8, 1)), ConvLSTM1D(3, 3, strides=2, dilation_rate=2)]", "both larger than 1"),
)


@pytest.mark.parametrize(("layers", "words"), WRONG)
def test_mistakes_are_told_with_their_line(layers: str, words: str) -> None:
    with pytest.raises(ConvwiseError) as caught:
        convwise.read(f"{HEAD}m = Sequential({layers})")
    assert words in str(caught.value)
    assert "<code>:5" in str(caught.value)

"""Saved Keras models: the same network from each file, values of live models, state untouched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import convwise
from convwise.errors import ConvwiseError, MissingInputError


def nested() -> Any:
    """A model in a model, called twice, and operations on tensors."""
    inner = keras.Sequential([keras.Input((8, 8, 4)), layers.Conv2D(4, 3, padding="same")])
    image, other = keras.Input((8, 8, 3), name="image"), keras.Input((8, 8, 3), name="other")
    first = layers.Conv2D(4, 1, name="enter")
    x = inner(first(image)) + 2.0 * inner(first(other))
    x = keras.ops.relu(x[:, 1:, :, :])
    x = layers.BatchNormalization()(x)
    mean = keras.ops.mean(x, axis=(1, 2), keepdims=True)
    x = layers.Concatenate()([keras.ops.multiply(x, mean), x])
    return keras.Model([image, other], layers.Dense(3)(layers.Flatten()(x)), name="nested")


def recurrent() -> Any:
    x = keras.Input((6, 5))
    y = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(x)
    y = layers.TimeDistributed(layers.Dense(3, activation="tanh"))(y)
    return keras.Model(x, layers.RNN([layers.GRUCell(4), layers.LSTMCell(2)])(y))


def attention() -> Any:
    x = keras.Input((7, 8))
    y, scores = layers.MultiHeadAttention(2, 4)(x, x, return_attention_scores=True)
    y = layers.LayerNormalization()(x + y)
    return keras.Model(x, [layers.Dense(2)(y), scores])


class Own(keras.Model):
    """A model with a call of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = layers.Conv2D(4, 3, strides=2)
        self.norm = layers.BatchNormalization()
        self.head = layers.Dense(2)

    def call(self, x: Any) -> Any:
        x = keras.ops.relu(self.norm(self.conv(x)))
        return self.head(keras.ops.mean(x, axis=(1, 2)))


MODELS = {"nested": nested, "recurrent": recurrent, "attention": attention}


@pytest.mark.parametrize("name", MODELS)
def test_values_are_those_of_the_live_model(name: str) -> None:
    model = MODELS[name]()
    random = np.random.default_rng(3)
    for weight in model.weights:
        weight.assign(random.uniform(0.2, 0.8, weight.shape))
    given = [random.standard_normal((2, *one.shape[1:])) for one in model.inputs]
    theirs = model(given if len(given) > 1 else given[0], training=False)
    net = convwise.read(model)
    ours = net.run(given if len(given) > 1 else given[0])
    for one, two in zip(
        ours if isinstance(ours, tuple) else [ours],
        theirs if isinstance(theirs, list | tuple) else [theirs],
        strict=True,
    ):
        truth = keras.ops.convert_to_numpy(two)
        assert np.abs(one - truth).max() < 1e-5 * max(np.abs(truth).max(), 1)


@pytest.mark.parametrize("name", MODELS)
def test_all_files_hold_the_same_network(name: str, tmp_path: Path) -> None:
    model = MODELS[name]()
    live = convwise.read(model)
    model.save(tmp_path / "model.keras")
    model.save(tmp_path / "model.h5")
    (tmp_path / "model.json").write_text(model.to_json(), "utf-8")
    for file in ("model.keras", "model.h5", "model.json"):
        read = convwise.read(tmp_path / file)
        assert live.difference(read) is None
        assert [one.name for one in read.graph.layers] == [one.name for one in live.graph.layers]


def test_a_model_with_a_call_of_its_own_is_followed_and_left_as_it_was() -> None:
    model = Own()
    model(np.zeros((1, 16, 16, 3), "float32"))
    image = np.random.default_rng(5).standard_normal((2, 16, 16, 3))
    before = keras.ops.convert_to_numpy(model(image, training=False))
    nodes = [(len(one._inbound_nodes), len(one._outbound_nodes)) for one in model.layers]
    following = layers.Dense(1).name
    net = convwise.read(model)
    assert [(len(one._inbound_nodes), len(one._outbound_nodes)) for one in model.layers] == nodes
    stem, _, number = following.rpartition("_")
    assert layers.Dense(1).name == f"{stem}_{int(number) + 1}"
    assert net.summary().answer.totals.parameters == model.count_params()
    assert np.abs(net.run(image) - before).max() < 1e-5
    assert (keras.ops.convert_to_numpy(model(image, training=False)) == before).all()


def test_a_model_that_is_not_built_is_asked_for() -> None:
    with pytest.raises(MissingInputError, match="is not built"):
        convwise.read(Own())


def test_a_sequential_model_without_an_input_needs_its_shape() -> None:
    model = keras.Sequential([layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(2)])
    with pytest.raises(MissingInputError):
        convwise.read(model)
    assert convwise.read(model, input=(8, 8, 3)).summary().answer.totals.parameters == 402


def test_flags_and_modes_stay() -> None:
    model = nested()
    model.get_layer("enter").trainable = False
    before = [(one.name, one.trainable) for one in model._flatten_layers()]
    state = keras.utils.get_random_seed() if hasattr(keras.utils, "get_random_seed") else None
    net = convwise.read(model)
    assert [(one.name, one.trainable) for one in model._flatten_layers()] == before
    assert state is None or state == keras.utils.get_random_seed()
    trainable = sum([int(np.prod(one.shape)) for one in model.trainable_weights])
    assert net.summary().answer.totals.trainable_parameters == trainable


#: Keras 2 wrote calls as nested lists, and operations as layers around functions.
OLD = {
    "class_name": "Functional",
    "keras_version": "2.11.0",
    "config": {
        "name": "old",
        "layers": [
            {
                "class_name": "InputLayer",
                "name": "i",
                "inbound_nodes": [],
                "config": {"batch_input_shape": [None, 8, 8, 3], "name": "i", "dtype": "float32"},
            },
            {
                "class_name": "Conv2D",
                "name": "c",
                "inbound_nodes": [[["i", 0, 0, {}]]],
                "config": {"name": "c", "filters": 4, "kernel_size": [3, 3], "padding": "same"},
            },
            {
                "class_name": "TFOpLambda",
                "name": "tf.nn.relu",
                "inbound_nodes": [["c", 0, 0, {"name": None}]],
                "config": {"name": "tf.nn.relu", "function": "nn.relu"},
            },
            {
                "class_name": "Concatenate",
                "name": "both",
                "inbound_nodes": [[["c", 0, 0, {}], ["tf.nn.relu", 0, 0, {}]]],
                "config": {"name": "both", "axis": -1},
            },
        ],
        "input_layers": [["i", 0, 0]],
        "output_layers": [["both", 0, 0]],
    },
}


def test_the_json_of_keras_2() -> None:
    from convwise.dialects.keras.read_config import read_config
    from convwise.network import Network

    code = (
        "import keras\nfrom keras import layers\ni = keras.Input((8, 8, 3))\n"
        "c = layers.Conv2D(4, 3, padding='same')(i)\n"
        "m = keras.Model(i, layers.Concatenate()([c, keras.ops.relu(c)]))\n"
    )
    net = Network(read_config(json.loads(json.dumps(OLD)), label="old"))
    assert convwise.read(code).difference(net) is None
    assert [row.name for row in net.summary().answer.rows] == ["i", "c", "tf.nn.relu", "both"]


def test_layers_of_an_author_are_unknown_and_named() -> None:
    x = keras.Input((4,))
    model = keras.Model(x, layers.Dense(2)(layers.Lambda(lambda t: t + 1)(x)))
    unknown = convwise.read(model).graph.unknown
    assert [fact.layer for fact in unknown] == [one.name for one in model.layers[1:]]
    assert unknown[0].what == "Lambda is not known"


def test_weights_alone_are_no_network(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    model.save_weights(tmp_path / "model.weights.h5")
    with pytest.raises(ConvwiseError, match="weights"):
        convwise.read(tmp_path / "model.weights.h5")

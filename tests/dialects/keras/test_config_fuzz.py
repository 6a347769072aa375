"""Damaged configurations of Keras models are read or refused with a message, nothing else."""

from __future__ import annotations

import copy
import json
import time
from random import Random
from typing import Any

import keras
import pytest
from keras import layers

from convwise.dialects.keras.read_config import read_config
from convwise.errors import ConvwiseError
from convwise.network import Network

ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2.5,
    10**30,
    "",
    "same",
    "Conv2D",
    [],
    [None],
    [-1, 3],
    {},
    {"class_name": "Lambda"},
    {"class_name": "__keras_tensor__", "config": {"keras_history": ["a", 0, 0]}},
)


def configurations() -> list[Any]:
    """Models with most of what a configuration can hold."""
    inner = keras.Sequential([keras.Input((8, 8, 4)), layers.DepthwiseConv2D(3, padding="same")])
    image = keras.Input((8, 8, 3), name="image")
    x = inner(layers.Conv2D(4, 3, padding="same", activation="relu")(image))
    x = layers.Add()([x, inner(x) * 2.0])[:, 1:]
    x = layers.BatchNormalization()(layers.MaxPooling2D(2)(x))
    y = layers.Reshape((-1, 4))(x)
    y = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(y)
    y = layers.TimeDistributed(layers.Dense(2))(y)
    model = keras.Model(image, [layers.Flatten()(x), keras.ops.mean(y, axis=1)])
    return [json.loads(one.to_json()) for one in (model, inner)]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a configuration: what holds it, and its key."""
    found = []
    stack = [value]
    while stack:
        one = stack.pop()
        keys = one.keys() if isinstance(one, dict) else range(len(one))
        for key in keys:
            found.append((one, key))
            if isinstance(one[key], dict | list):
                stack.append(one[key])
    return found


def mutated(value: Any, random: Random) -> Any:
    """One to three places with something else, or without anything."""
    value = copy.deepcopy(value)
    for _ in range(random.randint(1, 3)):
        holder, key = random.choice(places(value))
        if random.random() < 0.2 and isinstance(holder, dict):
            del holder[key]
        elif random.random() < 0.5:
            other, name = random.choice(places(value))
            holder[key] = copy.deepcopy(other[name])
        else:
            holder[key] = copy.deepcopy(random.choice(ODD))
    return value


def check(seed: int, count: int) -> int:
    random = Random(seed)
    read = 0
    sources = configurations()
    for _ in range(count):
        data = mutated(random.choice(sources), random)
        start = time.process_time()
        try:
            Network(read_config(data, label="mutant")).summary().to_dict()
            read += 1
        except ConvwiseError as error:
            assert error.message
        assert time.process_time() - start < 5
    return read


def test_some_mutants() -> None:
    assert check(1, 200) > 20


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_many_mutants(seed: int) -> None:
    assert check(seed, 200) > 20

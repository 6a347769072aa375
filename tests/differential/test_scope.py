"""The random cases cover all of Keras: each layer and parameter is drawn, or left out with why."""

from __future__ import annotations

import inspect

from keras import layers

from tests.differential.families import all_recipes
from tests.differential.families.activations import LEFT_OUT, NAMES
from tests.differential.oracle import defaults
from tests.differential.scope import LAYERS_LEFT_OUT, parameter_left_out


def keras_layers() -> set[str]:
    named = {name: getattr(layers, name) for name in dir(layers)}
    kept = {name for name, one in named.items() if inspect.isclass(one)}
    return {name for name in kept if issubclass(named[name], layers.Layer)}


def test_every_keras_layer_is_drawn_or_left_out_for_a_reason() -> None:
    drawn = {recipe.layer for recipe in all_recipes()}
    assert drawn.isdisjoint(LAYERS_LEFT_OUT)
    assert drawn | set(LAYERS_LEFT_OUT) == keras_layers()


def test_every_constructor_parameter_is_drawn_or_left_out_for_a_reason() -> None:
    neither = []
    for recipe in all_recipes():
        drawn = {parameter.name for parameter in recipe.parameters}
        for name in defaults(recipe.layer):
            if name not in drawn and not parameter_left_out(recipe.layer, name):
                neither.append(f"{recipe.layer}({name})")
    assert neither == []


def test_every_activation_is_drawn_or_left_out() -> None:
    from keras.src.activations import ALL_OBJECTS_DICT

    assert set(NAMES) | set(LEFT_OUT) == set(ALL_OBJECTS_DICT) - {None}

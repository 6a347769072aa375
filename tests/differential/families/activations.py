"""Random activations: as a layer by name, as an argument of another layer, as own layers."""

from __future__ import annotations

from typing import Any

from tests.differential.cases import Draft, Parameter, Recipe, Source
from tests.differential.draws import (
    COMMON,
    WEIGHTED,
    a_float,
    any_shape,
    axes,
    weight_options,
)

# Every name Keras knows, less two: `glu` halves the channels, which Keras's own summary does not
# say, and `threshold` cannot be called without two more numbers. test_keras_layers.py proves both.
NAMES = (
    "celu",
    "elu",
    "exponential",
    "gelu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
)
LEFT_OUT = ("glu", "threshold")


def activation(draft: Draft) -> Any:
    """A name, a function, a layer used as a function, or None."""
    name = draft.rng.choice(NAMES)
    way = draft.rng.randrange(8)
    if way == 0:
        return Source(f"keras.activations.{name}")
    if way == 1:
        return Source(draft.rng.choice(("layers.LeakyReLU(0.1)", "layers.ReLU(6.0)")))
    return name


def activation_in_turn(draft: Draft) -> Any:
    """Every name has its turn, as a string or a function."""
    name = NAMES[draft.turn % len(NAMES)]
    return Source(f"keras.activations.{name}") if draft.chance(0.2) else name


ACTIVATION = Parameter("activation", activation)


def shared_axes(draft: Draft) -> Any:
    rank = len(draft.shape)
    return sorted(draft.rng.sample(range(1, rank + 1), draft.rng.randint(1, rank)))


def recipes() -> list[Recipe]:
    anything = any_shape(1, 4)

    def one(layer: str, *parameters: Parameter, weight: float = 1.0) -> Recipe:
        return Recipe(layer, "activation", anything, parameters + COMMON, weight)

    named = Parameter("activation", activation_in_turn, required=True)
    prelu = (
        *weight_options("alpha"),
        Parameter("shared_axes", shared_axes),
    )
    relu = (
        Parameter("max_value", a_float(0.5, 6.0)),
        Parameter("negative_slope", a_float(0.01, 0.5)),
        Parameter("threshold", a_float(0.0, 1.0)),
    )
    return [
        one("Activation", named, weight=20.0),
        one("LeakyReLU", Parameter("negative_slope", a_float(0.0, 0.5))),
        one("ELU", Parameter("alpha", a_float(0.1, 2.0))),
        Recipe("PReLU", "activation", anything, prelu + WEIGHTED),
        one("ReLU", *relu),
        one("Softmax", Parameter("axis", axes)),
    ]

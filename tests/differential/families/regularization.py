"""Random layers that act in training only, or not at all: dropout, noise, masking, identity."""

from __future__ import annotations

from typing import Any

from tests.differential.cases import Draft, Parameter, Recipe
from tests.differential.draws import COMMON, DATA_FORMAT, SEED, a_float, any_shape, image


def noise_shape(draft: Draft) -> Any:
    """One entry per axis, batch included: its size, or 1 to drop it as a whole."""
    return tuple([None] + [draft.rng.choice((1, size)) for size in draft.shape])


def recipes() -> list[Recipe]:
    rate = Parameter("rate", a_float(0.0, 0.9), required=True)
    stddev = Parameter("stddev", a_float(0.0, 1.0), required=True)
    shaped = Parameter("noise_shape", noise_shape)
    penalties = (Parameter("l1", a_float(0.1, 1.0)), Parameter("l2", a_float(0.1, 1.0)))
    mask_value = Parameter("mask_value", a_float(0.5, 2.0))

    def one(layer: str, *parameters: Parameter) -> Recipe:
        return Recipe(layer, "dropout and noise", any_shape(1, 4), parameters + COMMON)

    def spatial(rank: int, *parameters: Parameter) -> Recipe:
        layer = f"SpatialDropout{rank}D"
        named = tuple(parameter for parameter in COMMON if parameter.name != "trainable")
        return Recipe(layer, "dropout and noise", image(rank), parameters + named)

    return [
        one("Dropout", rate, shaped, SEED),
        one("AlphaDropout", rate, shaped, SEED),
        one("GaussianDropout", rate, SEED),
        one("GaussianNoise", stddev, SEED),
        one("ActivityRegularization", *penalties),
        Recipe("Masking", "dropout and noise", any_shape(2, 4), (mask_value, *COMMON)),
        one("Identity"),
        spatial(1, rate, SEED),
        spatial(2, rate, DATA_FORMAT, SEED),
        spatial(3, rate, DATA_FORMAT, SEED),
    ]

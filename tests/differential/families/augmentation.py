"""Random layers people put in front of a network: rescaling and image augmentation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.cases import Draft, Parameter, Recipe
from tests.differential.draws import (
    COMMON,
    DATA_FORMAT,
    SEED,
    a_float,
    any_shape,
    image,
    one_of,
)


def factor(low: float = 0.05, high: float = 0.9, pairs: bool = True) -> Callable[[Draft], Any]:
    """A number or a lower and an upper bound."""

    def draw(draft: Draft) -> Any:
        values = sorted(round(draft.rng.uniform(low, high), 2) for _ in range(2))
        return tuple(values) if pairs and draft.chance(0.5) else values[1]

    return draw


NEAREST = Parameter("interpolation", one_of("nearest"))
FILL = (
    Parameter("fill_mode", one_of("constant", "nearest", "wrap")),
    NEAREST,
    Parameter("fill_value", a_float(0.1, 1.0)),
)
RANGE = Parameter("value_range", one_of((0, 1), (0.0, 1.0), [0, 1]))
HOLE = Parameter("fill_value", a_float(0.1, 1.0))
FACTOR = Parameter("factor", factor(), required=True)
OPTIONAL_FACTOR = Parameter("factor", factor())


def scale(draft: Draft) -> Any:
    if draft.chance(0.3):
        return [0.5] * draft.shape[-1]
    return draft.rng.choice((0.5, 2, 0.00392))


def recipes() -> list[Recipe]:
    colours = image(2, (3,))

    def one(layer: str, *parameters: Parameter) -> Recipe:
        return Recipe(layer, "augmentation", colours, parameters + COMMON, 0.3)

    sides = (
        Parameter("height_factor", factor(), required=True),
        Parameter("width_factor", factor(), required=True),
    )
    zoom = (sides[0], Parameter("width_factor", factor()))
    shears = (Parameter("x_factor", factor()), Parameter("y_factor", factor()))
    mode = Parameter("mode", one_of("horizontal", "vertical"))
    jitter = tuple(
        Parameter(f"{name}_factor", factor())
        for name in ("brightness", "contrast", "saturation", "hue")
    )
    rescaling = (
        Parameter("scale", scale, required=True),
        Parameter("offset", one_of(-1, 0.5)),
    )
    strength = Parameter("scale", factor(pairs=False))
    blur = (Parameter("kernel_size", one_of(5, (3, 3))), Parameter("sigma", factor()))
    return [
        Recipe("Rescaling", "augmentation", any_shape(1, 4), rescaling + COMMON),
        one("RandomFlip", mode, SEED, DATA_FORMAT),
        one("RandomRotation", FACTOR, *FILL, SEED, DATA_FORMAT),
        one("RandomZoom", *zoom, *FILL, SEED, DATA_FORMAT),
        one("RandomTranslation", *sides, *FILL, SEED, DATA_FORMAT),
        one("RandomShear", *shears, *FILL, SEED, DATA_FORMAT),
        one("RandomPerspective", OPTIONAL_FACTOR, strength, *FILL[1:], SEED, DATA_FORMAT),
        one(
            "RandomElasticTransform",
            OPTIONAL_FACTOR,
            Parameter("scale", factor()),
            *FILL,
            RANGE,
            SEED,
            DATA_FORMAT,
        ),
        one("RandomContrast", FACTOR, RANGE, SEED),
        one("RandomBrightness", FACTOR, RANGE, SEED),
        one("RandomSaturation", FACTOR, RANGE, SEED, DATA_FORMAT),
        one("RandomHue", FACTOR, RANGE, SEED, DATA_FORMAT),
        one(
            "RandomPosterization",
            Parameter("factor", one_of(2, 5), required=True),
            RANGE,
            SEED,
            DATA_FORMAT,
        ),
        one("RandomSharpness", FACTOR, RANGE, SEED, DATA_FORMAT),
        one("RandomColorDegeneration", FACTOR, RANGE, SEED, DATA_FORMAT),
        one("RandomColorJitter", *jitter, RANGE, SEED, DATA_FORMAT),
        one("RandomGrayscale", Parameter("factor", factor(pairs=False)), SEED, DATA_FORMAT),
        one("RandomInvert", OPTIONAL_FACTOR, RANGE, SEED, DATA_FORMAT),
        one(
            "RandomErasing",
            OPTIONAL_FACTOR,
            Parameter("scale", factor()),
            HOLE,
            RANGE,
            SEED,
            DATA_FORMAT,
        ),
        one("RandomGaussianBlur", OPTIONAL_FACTOR, *blur, RANGE, SEED, DATA_FORMAT),
        one(
            "Solarization",
            Parameter("addition_factor", factor()),
            Parameter("threshold_factor", factor()),
            RANGE,
            SEED,
        ),
        one("AutoContrast", RANGE),
        one("Equalization", RANGE, Parameter("bins", one_of(64)), DATA_FORMAT),
        one(
            "RandAugment",
            RANGE,
            Parameter("num_ops", one_of(1, 3)),
            OPTIONAL_FACTOR,
            NEAREST,
            SEED,
            DATA_FORMAT,
        ),
        one(
            "AugMix",
            RANGE,
            Parameter("num_chains", one_of(1, 2)),
            OPTIONAL_FACTOR,
            NEAREST,
            SEED,
            DATA_FORMAT,
        ),
        one("MixUp", Parameter("alpha", a_float(0.1, 1.0)), SEED, DATA_FORMAT),
        one("CutMix", OPTIONAL_FACTOR, SEED, DATA_FORMAT),
    ]

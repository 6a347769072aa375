"""Random normalisations, with the parameters that decide which weights exist."""

from __future__ import annotations

from typing import Any

from tests.differential.cases import Draft, Parameter, Recipe, Source
from tests.differential.draws import (
    WEIGHTED,
    a_float,
    any_shape,
    axes,
    image,
    one_axis,
    one_of,
    weight_options,
)

AXIS = Parameter("axis", one_axis)
AXES = Parameter("axis", axes)
EPSILON = Parameter("epsilon", a_float(1e-3, 1e-1))
CENTER = Parameter("center", one_of(False))
SCALE = Parameter("scale", one_of(False))
BETA_GAMMA = weight_options("beta", "gamma")


def groups(draft: Draft) -> int:
    if draft.chance(0.3):
        return -1
    size = draft.shape[draft.get("axis", -1) - (draft.get("axis", -1) > 0)]
    divisors = [n for n in range(1, size + 1) if size % n == 0]
    return draft.rng.randint(1, 6) if draft.breaks() else draft.rng.choice(divisors)


def kept_axes(draft: Draft) -> Any:
    return None if draft.chance(0.2) else axes(draft)


def statistic(low: float) -> Any:
    """A mean or variance: a number, or one number per entry of the one kept axis."""

    def draw(draft: Draft) -> Any:
        axis = draft.get("axis", -1)
        if not isinstance(axis, int) or draft.chance(0.5):
            return low + 0.5
        size = draft.shape[axis - (axis > 0)]
        return [low + index for index in range(size)]

    return draw


def inner_layer(draft: Draft) -> Source:
    kernel = draft.rng.randint(1, min(draft.shape[:-1]))
    return Source(
        draft.rng.choice(
            (
                f"layers.Conv2D({draft.rng.randint(1, 5)}, {kernel})",
                f"layers.Conv2D({draft.rng.randint(1, 5)}, {kernel}, padding='same')",
                f"layers.Dense({draft.rng.randint(1, 5)}, use_bias=False)",
            )
        )
    )


def recipes() -> list[Recipe]:
    anything = any_shape(1, 4)

    def one(layer: str, *parameters: Parameter) -> Recipe:
        return Recipe(layer, "normalisation", anything, parameters + WEIGHTED)

    momentum = Parameter("momentum", a_float(0.5, 0.999))
    renorm = (
        Parameter("renorm", one_of(True)),
        Parameter("renorm_clipping", one_of({"rmax": 3.0, "rmin": 0.3, "dmax": 5.0})),
        Parameter("renorm_momentum", a_float(0.5, 0.99)),
    )
    statistics = weight_options("beta", "gamma")[:2] + (
        Parameter("moving_mean_initializer", one_of("ones"), neutral=True),
        Parameter("moving_variance_initializer", one_of("zeros"), neutral=True),
    )
    batch = (AXIS, momentum, EPSILON, CENTER, SCALE, *statistics, *BETA_GAMMA[2:])
    grouped = Parameter("groups", groups, required=True)
    given = (
        Parameter("mean", statistic(0.0)),
        Parameter("variance", statistic(1.0)),
    )
    spectral = (
        Parameter("layer", inner_layer, required=True),
        Parameter("power_iterations", one_of(2, 3)),
    )
    return [
        one("BatchNormalization", *batch, *renorm),
        one("LayerNormalization", AXES, EPSILON, CENTER, SCALE, *BETA_GAMMA),
        one("GroupNormalization", grouped, AXIS, EPSILON, CENTER, SCALE, *BETA_GAMMA),
        one("RMSNormalization", AXES, EPSILON),
        one("UnitNormalization", AXES),
        one(
            "Normalization",
            Parameter("axis", kept_axes),
            *given,
            Parameter("invert", one_of(True)),
        ),
        Recipe("SpectralNormalization", "normalisation", image(2), (*spectral, *WEIGHTED)),
    ]

"""Random normalisations, with the parameters that decide which weights exist."""

from __future__ import annotations

from typing import Any

from tests.differential.cases import Draft, Parameter, Recipe, Shape
from tests.differential.draws import (
    WEIGHTED,
    a_float,
    along,
    any_shape,
    axes,
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
    size = along(draft, draft.get("axis", -1))
    divisors = [n for n in range(1, size + 1) if size % n == 0]
    return draft.rng.randint(1, 6) if draft.breaks() else draft.rng.choice(divisors)


def last_axes(draft: Draft) -> Any:
    """The last axes: over others Keras states a shape and computes another, or nothing."""
    rank = len(draft.shape)
    picked = list(range(draft.rng.randint(1, rank), rank + 1))
    return picked[0] if len(picked) == 1 else picked


def kept_axes(draft: Draft) -> Any:
    return None if draft.chance(0.2) else axes(draft)


def both_or_none(draft: Draft) -> tuple[Shape, ...]:
    """Mean and variance are given together: only a wild draft gives one of them."""
    given = {"mean", "variance"}
    if draft.chosen & given and not draft.wild:
        draft.chosen |= given
    return any_shape(1, 4)(draft)


def statistic(low: float) -> Any:
    """A mean or variance: a number, or one number per entry of the one kept axis."""

    def draw(draft: Draft) -> Any:
        axis = draft.get("axis", -1)
        if not isinstance(axis, int) or len(draft.shape) % 2:
            return low + 0.5
        size = along(draft, axis)
        return [low + index for index in range(size)]

    return draw


def recipes() -> list[Recipe]:
    anything = any_shape(1, 4)

    def one(layer: str, *parameters: Parameter) -> Recipe:
        return Recipe(layer, "normalisation", anything, parameters + WEIGHTED, 1.5)

    momentum = Parameter("momentum", a_float(0.5, 0.999))
    statistics = weight_options("beta", "gamma")[:2] + (
        Parameter("moving_mean_initializer", one_of("ones"), neutral=True),
        Parameter("moving_variance_initializer", one_of("zeros"), neutral=True),
    )
    batch = (AXIS, momentum, EPSILON, CENTER, SCALE, *statistics, *BETA_GAMMA[2:])
    grouped = Parameter("groups", groups, required=True)
    given = (
        Parameter("axis", kept_axes),
        Parameter("mean", statistic(0.0)),
        Parameter("variance", statistic(1.0)),
        Parameter("invert", one_of(True)),
    )
    return [
        one("BatchNormalization", *batch),
        one("LayerNormalization", AXES, EPSILON, CENTER, SCALE, *BETA_GAMMA),
        one("GroupNormalization", grouped, AXIS, EPSILON, CENTER, SCALE, *BETA_GAMMA),
        one("RMSNormalization", Parameter("axis", last_axes), EPSILON),
        one("UnitNormalization", AXES),
        Recipe("Normalization", "normalisation", both_or_none, given + WEIGHTED),
    ]

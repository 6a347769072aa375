"""Random dense, embedding and layers that only rearrange: flatten, reshape, permute, repeat."""

from __future__ import annotations

import math
from typing import Any

from tests.differential.cases import Draft, Parameter, Recipe, Shape
from tests.differential.draws import (
    ACTIVITY,
    COMMON,
    DATA_FORMAT,
    WEIGHTED,
    any_shape,
    one_of,
    weight_options,
)
from tests.differential.families.activations import ACTIVATION
from tests.differential.families.convolution import USE_BIAS


def target_shape(draft: Draft) -> Any:
    """A factorisation of the size, in half the cases with one factor written as -1."""
    left = math.prod(draft.shape)
    if draft.breaks():
        left += 1
    target = []
    for _ in range(draft.rng.randint(0, 3)):
        factor = draft.rng.choice([n for n in range(1, left + 1) if left % n == 0])
        target.append(factor)
        left //= factor
    target.insert(draft.rng.randint(0, len(target)), left)
    if draft.chance(0.5):
        target[draft.rng.randrange(len(target))] = -1
    return target if draft.chance(0.2) else tuple(target)


def dims(draft: Draft) -> Any:
    order = list(range(1, len(draft.shape) + 1))
    draft.rng.shuffle(order)
    if draft.breaks():
        order[0] = draft.rng.randint(0, len(order) + 1)
    return order if draft.chance(0.2) else tuple(order)


def tokens(draft: Draft) -> tuple[Shape, ...]:
    return (tuple(draft.rng.randint(1, 9) for _ in range(draft.rng.randint(0, 2))),)


def recipes() -> list[Recipe]:
    units = Parameter("units", one_of(1, 2, 5, 10), required=True)
    dense = (units, ACTIVATION, USE_BIAS, *weight_options("kernel", "bias"), ACTIVITY)
    embedding = (
        Parameter("input_dim", one_of(5, 11, 30), required=True),
        Parameter("output_dim", one_of(1, 3, 8), required=True),
        *weight_options("embeddings"),
        Parameter("mask_zero", one_of(True)),
    )
    target = Parameter("target_shape", target_shape, required=True)
    permute = Parameter("dims", dims, required=True)
    repeat = Parameter("n", one_of(1, 2, 7), required=True)

    def one(layer: str, lowest: int, highest: int, *parameters: Parameter) -> Recipe:
        return Recipe(layer, "rearranging", any_shape(lowest, highest), parameters + COMMON, 2.0)

    return [
        Recipe("Dense", "dense", any_shape(1, 4), dense + WEIGHTED, 3.0),
        Recipe("Embedding", "embedding", tokens, embedding + WEIGHTED, dtype="int32"),
        one("Flatten", 1, 4, DATA_FORMAT),
        one("Reshape", 1, 4, target),
        one("Permute", 1, 4, permute),
        one("RepeatVector", 1, 1, repeat),
    ]

"""Random layers of several inputs: arithmetic with broadcasting, concatenation, dot products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.cases import Draft, Parameter, Recipe, Shape
from tests.differential.draws import COMMON, one_of


def broadcasting(most: int) -> Callable[[Draft], tuple[Shape, ...]]:
    """Equal shapes, shapes with axes of size 1, at times of fewer axes, rarely ones that clash."""

    def draw(draft: Draft) -> tuple[Shape, ...]:
        full = tuple(draft.rng.randint(1, 7) for _ in range(draft.rng.randint(1, 4)))
        shapes = [full]
        spread = draft.chance(0.4)
        for _ in range(draft.rng.randint(2, most) - 1):
            shape = full
            if spread:
                shape = tuple(1 if draft.chance(0.4) else size for size in full)
                shape = shape[-draft.rng.randint(1, len(shape)) :] if draft.chance(0.3) else shape
            if draft.breaks():
                shape = shape[:-1] + (shape[-1] + 1,)
            shapes.append(shape)
        draft.rng.shuffle(shapes)
        return tuple(shapes)

    return draw


def side_by_side(draft: Draft) -> tuple[Shape, ...]:
    """Shapes equal but along the axis of the concatenation."""
    rank = draft.rng.randint(1, 4)
    full = [draft.rng.randint(1, 7) for _ in range(rank)]
    axis = draft.rng.randint(-rank, rank)
    axis = axis or -1
    draft.values["axis"] = axis if "axis" in draft.chosen else -1
    at = draft.values["axis"] - (draft.values["axis"] > 0)
    shapes = []
    for _ in range(draft.rng.randint(2, 4)):
        shape = list(full)
        shape[at] = draft.rng.randint(1, 5)
        if draft.breaks():
            shape[(at + 1) % rank] += 1
        shapes.append(tuple(shape))
    return tuple(shapes)


def contracted(draft: Draft) -> tuple[Shape, ...]:
    """Two tensors that share the size of one axis each: the axes of the dot product."""
    ranks = [draft.rng.choice((1, 1, 2, 2, 3)) for _ in range(2)]
    shapes = [[draft.rng.randint(1, 6) for _ in range(rank)] for rank in ranks]
    picked = [draft.rng.randint(1, rank) for rank in ranks]
    if draft.chance(0.5):
        picked = [min(picked)] * 2
    if not draft.breaks():
        shapes[1][picked[1] - 1] = shapes[0][picked[0] - 1]
    signed: Any = tuple(
        axis - rank - 1 if draft.chance(0.3) else axis
        for axis, rank in zip(picked, ranks, strict=True)
    )
    draft.values["axes"] = picked[0] if picked[0] == picked[1] and draft.chance(0.6) else signed
    return tuple(tuple(shape) for shape in shapes)


def recipes() -> list[Recipe]:
    found = []
    for layer in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
        inputs = broadcasting(2 if layer == "Subtract" else 4)
        recipe = Recipe(layer, "merging", inputs, COMMON, 2.5, lower=layer.lower())
        found.append(recipe)
    axis = Parameter("axis", one_of(-1))
    axes = Parameter("axes", one_of(1), required=True)
    normalize = Parameter("normalize", one_of(True))
    found.append(
        Recipe("Concatenate", "merging", side_by_side, (axis, *COMMON), 2.0, lower="concatenate")
    )
    found.append(Recipe("Dot", "merging", contracted, (axes, normalize, *COMMON), 2.0, lower="dot"))
    return found

"""Recipes for windows laid out as channels; must never import torch or convwise."""

from __future__ import annotations

from random import Random

from tests.differential.torch.cases import BATCH, Recipe, Shape, Values
from tests.differential.torch.draws import image, per_axis

_OTHERS = {
    "dilation": per_axis(2, 1, 2),
    "padding": per_axis(2, 0, 2),
    "stride": per_axis(2, 1, 3),
}


def _pair(value: object) -> Shape:
    return value if isinstance(value, tuple) else (value, value)


def _columns(random: Random, values: Values) -> list[Shape]:
    """The windows of an image of the drawn size."""
    sizes, kernel = _pair(values["output_size"]), _pair(values["kernel_size"])
    dilation, stride = _pair(values.get("dilation", 1)), _pair(values.get("stride", 1))
    padding = _pair(values.get("padding", 0))
    row = 1
    for axis in range(2):
        extent = (kernel[axis] - 1) * dilation[axis] + 1
        row *= max((sizes[axis] + 2 * padding[axis] - extent) // stride[axis] + 1, 1)
    return [(BATCH, random.randint(1, 3) * kernel[0] * kernel[1], row)]


def _folding(unfold: str, fold: str, functional: bool) -> list[Recipe]:
    kernel = {"kernel_size": per_axis(2, 1, 3)}
    sizes = {"output_size": per_axis(2, 4, 8)}

    def images(random: Random, values: Values) -> list[Shape]:
        return image(random, 2, 3, 5)

    return [
        Recipe(unfold, kernel, _OTHERS, images, functional=functional),
        Recipe(fold, {**sizes, **kernel}, _OTHERS, _columns, functional=functional),
    ]


RECIPES = (*_folding("Unfold", "Fold", False), *_folding("unfold", "fold", True))

"""Recipes for windows as channels, grids, distances and random pools; must never import torch."""

from __future__ import annotations

from random import Random

from tests.differential.torch.cases import BATCH, Raw, Recipe, Shape, Values
from tests.differential.torch.draws import flag, image, integer, one_of, per_axis, space
from tests.differential.torch.modules import images

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


def _sampled(random: Random, values: Values) -> list[Shape]:
    """An image or a volume, and a grid of another size."""
    rank = values["_rank"]
    [shape] = image(random, rank, 3, 2)
    return [shape, (BATCH, *space(random, rank, 2), rank)]


def _places(random: Random, values: Values) -> Raw:
    return Raw(f"(x.size(0), 3, {', '.join(map(str, space(random, values['_rank'], 2)))})")


_ALIGNED = {"align_corners": flag()}
_GRIDS = [
    Recipe(
        "grid_sample",
        {"_rank": integer(2, 3)},
        {
            "mode": one_of("bilinear", "nearest", "bicubic"),
            "padding_mode": one_of("zeros", "border", "reflection"),
            **_ALIGNED,
        },
        _sampled,
        functional=True,
    ),
    Recipe(
        "affine_grid",
        {"_rank": integer(2, 3), "size": _places},
        _ALIGNED,
        lambda random, values: [(BATCH, values["_rank"], values["_rank"] + 1)],
        functional=True,
    ),
]


def _compared(random: Random, values: Values) -> list[Shape]:
    """Two tensors, the second of which may have axes of size 1."""
    first = (BATCH, *[random.randint(2, 6) for _ in range(random.randint(2, 3))])
    second = [size if random.random() < 0.7 else 1 for size in first[1:]]
    return [first, (BATCH, *second)]


_COSINE = {"dim": one_of(1, -1, 2), "eps": one_of(1e-8, 1e-6)}
_DISTANCE = {
    "p": one_of(0.0, 1.0, 2.0, 1.5, Raw("float('inf')")),
    "eps": one_of(1e-6, 0.0),
    "keepdim": flag(),
}
_DISTANCES = [
    Recipe("CosineSimilarity", {}, _COSINE, _compared),
    Recipe("PairwiseDistance", {}, _DISTANCE, _compared),
    Recipe("cosine_similarity", {}, _COSINE, _compared, functional=True),
    Recipe("pairwise_distance", {}, _DISTANCE, _compared, functional=True),
]


def _fractional(rank: int) -> list[Recipe]:
    kernel = {"kernel_size": per_axis(rank, 1, 3)}
    size = {**kernel, "output_size": per_axis(rank, 2, 5)}
    share = {**kernel, "output_ratio": one_of((0.5, 0.7), (0.6, 0.6))}
    return [
        Recipe(name, needed, {}, images(rank, low=4), functional=functional)
        for name, functional in (
            (f"FractionalMaxPool{rank}d", False),
            (f"fractional_max_pool{rank}d", True),
        )
        for needed in (size, share)
    ]


RECIPES = (
    *_fractional(2),
    *_DISTANCES,
    *_folding("Unfold", "Fold", False),
    *_folding("unfold", "fold", True),
    *_GRIDS,
)

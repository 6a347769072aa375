"""Random padding, cropping, enlarging and resizing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.cases import Draft, Parameter, Recipe
from tests.differential.draws import COMMON, DATA_FORMAT, SEED, a_float, image, one_of, spell


def _pairs(draft: Draft, largest: list[int]) -> Any:
    """One number, one number per axis, or one pair of numbers per axis."""
    pairs = [(draft.rng.randint(0, most), draft.rng.randint(0, most)) for most in largest]
    if len(pairs) == 1:
        return draft.rng.choice((pairs[0], list(pairs[0]), pairs[0][0]))
    way = draft.rng.randrange(3)
    if way == 0:
        return min(pair[0] for pair in pairs)
    if way == 1:
        return tuple(pair[0] for pair in pairs)
    return tuple(pairs) if draft.chance(0.7) else [list(pair) for pair in pairs]


def padding(draft: Draft) -> Any:
    return _pairs(draft, [3] * len(draft.spatial))


def cropping(draft: Draft) -> Any:
    """Leaves at least one pixel, but for a few that leave none."""
    slack = 1 if draft.breaks() else 0
    return _pairs(draft, [(size - 1) // 2 + slack for size in draft.spatial])


def size(draft: Draft) -> Any:
    return spell(draft, [draft.rng.randint(1, 4) for _ in draft.spatial])


def _three_dims(parameter: Parameter, rank: int) -> tuple[Parameter, ...]:
    return (parameter,) if rank == 1 else (parameter, DATA_FORMAT)


def target(axis: int) -> Callable[[Draft], int]:
    def draw(draft: Draft) -> int:
        sizes = (*draft.spatial, 1)
        return sizes[axis] if draft.chance(0.3) else draft.rng.randint(1, sizes[axis] + 3)

    return draw


def _borders(rank: int) -> list[Recipe]:
    pad = (Parameter("padding", padding), DATA_FORMAT, *COMMON)
    crop = (*_three_dims(Parameter("cropping", cropping), rank), *COMMON)
    enlarge = _three_dims(Parameter("size", size), rank)
    if rank == 2:
        ways = one_of("bilinear", "bicubic", "nearest", "lanczos3", "lanczos5")
        enlarge = (*enlarge, Parameter("interpolation", ways))
    return [
        Recipe(f"ZeroPadding{rank}D", "borders and sizes", image(rank), pad),
        Recipe(f"Cropping{rank}D", "borders and sizes", image(rank), crop),
        Recipe(f"UpSampling{rank}D", "borders and sizes", image(rank), (*enlarge, *COMMON)),
    ]


def recipes() -> list[Recipe]:
    height = Parameter("height", target(0), required=True)
    width = Parameter("width", target(1), required=True)
    colours = image(2, (1, 3, 3))
    resizing = (
        Parameter("interpolation", one_of("nearest", "bicubic", "lanczos3")),
        # Both together are refused, but only when the layer is run.
        Parameter("crop_to_aspect_ratio", lambda draft: "pad_to_aspect_ratio" not in draft.chosen),
        Parameter("pad_to_aspect_ratio", one_of(True)),
        Parameter("fill_value", a_float(0.1, 1.0)),
        Parameter("antialias", one_of(True)),
        DATA_FORMAT,
    )
    found = _borders(1) + _borders(2) + _borders(3)
    for layer, parameters in (
        ("Resizing", resizing),
        ("CenterCrop", (DATA_FORMAT,)),
        ("RandomCrop", (SEED, DATA_FORMAT)),
    ):
        head = (height, width)
        found.append(Recipe(layer, "borders and sizes", colours, head + parameters + COMMON))
    return found

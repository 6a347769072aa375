"""Random pooling: windows, adaptive and global, in one to three dimensions."""

from __future__ import annotations

from typing import Any

from tests.differential.cases import Draft, Parameter, Recipe
from tests.differential.draws import COMMON, DATA_FORMAT, image, one_of, spell
from tests.differential.families.convolution import POOL, STRIDES


def pool_size(draft: Draft) -> Any:
    """Mostly fits; at times as large as the input, at times larger."""
    sizes = []
    for size in draft.spatial:
        largest = size
        if draft.get("padding") == "same" or draft.breaks():
            largest += 3
        sizes.append(largest if draft.chance(0.15) else draft.rng.randint(1, min(largest, 4)))
    return spell(draft, sizes)


def output_size(draft: Draft) -> Any:
    lowest = 0 if draft.breaks() else 1
    return spell(draft, [draft.rng.randint(lowest, size + 1) for size in draft.spatial])


def window(rank: int, name: str, what: str, weight: float = 1.0) -> Recipe:
    size = Parameter("pool_size", pool_size, required=what == "Average")
    parameters = (size, STRIDES, POOL, DATA_FORMAT, *COMMON)
    return Recipe(name, "pooling", image(rank), parameters, weight)


def adaptive(rank: int, what: str) -> Recipe:
    size = Parameter("output_size", output_size, required=True)
    name = f"Adaptive{what}Pooling{rank}D"
    return Recipe(name, "adaptive pooling", image(rank), (size, DATA_FORMAT, *COMMON))


def whole(rank: int, name: str, weight: float = 1.0) -> Recipe:
    parameters = (DATA_FORMAT, Parameter("keepdims", one_of(True)), *COMMON)
    return Recipe(name, "global pooling", image(rank), parameters, weight)


def recipes() -> list[Recipe]:
    found = []
    for rank in (1, 2, 3):
        for long, short in (("Max", "Max"), ("Average", "Avg")):
            found.append(window(rank, f"{long}Pooling{rank}D", long))
            found.append(window(rank, f"{short}Pool{rank}D", long, 0.3))
            found.append(adaptive(rank, long))
            found.append(whole(rank, f"Global{long}Pooling{rank}D"))
            found.append(whole(rank, f"Global{short}Pool{rank}D", 0.3))
    return found

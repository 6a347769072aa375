"""How arguments and sizes are drawn; knows no module."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.differential.torch.cases import BATCH, Draw, Shape, Values


def integer(low: int, high: int) -> Draw:
    return lambda random, values: random.randint(low, high)


def one_of(*choices: Any) -> Draw:
    return lambda random, values: random.choice(choices)


def flag() -> Draw:
    return one_of(True, False)


def per_axis(rank: int, low: int, high: int) -> Draw:
    """One number for all axes or one each."""

    def drawn(random: Random, values: Values) -> Any:
        if random.random() < 0.5:
            return random.randint(low, high)
        return tuple([random.randint(low, high) for _ in range(rank)])

    return drawn


def space(random: Random, rank: int, low: int = 3, high: int = 11) -> Shape:
    return tuple([random.randint(low, high if rank < 3 else min(high, 7)) for _ in range(rank)])


def image(random: Random, rank: int, channels: int, low: int = 3) -> list[Shape]:
    """One batch of images, channels first."""
    return [(BATCH, channels, *space(random, rank, low))]


def any_shape(random: Random, values: Values) -> list[Shape]:
    """A batch of anything with two to five axes."""
    return [(BATCH, *[random.randint(2, 6) for _ in range(random.randint(1, 4))])]


def multiple_of(name: str, low: int = 1, high: int = 3) -> Draw:
    """A multiple of what another parameter was drawn as."""
    return lambda random, values: values.get(name, 1) * random.randint(low, high)

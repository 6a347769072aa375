"""Intervals by resampling independent blocks of time; knows nothing of forecasts."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
#: Below this many blocks no interval is given: there is too little to resample.
FEWEST_BLOCKS = 5


def draws(blocks: int, count: int, seed: int) -> Array:
    """How often each block is drawn, (draw, block): `blocks` with replacement, each time."""
    random = np.random.default_rng(seed)
    return random.multinomial(blocks, np.full(blocks, 1 / blocks), size=count).astype(np.float64)


def interval(values: Array, blocks: int, level: float) -> tuple[float, float]:
    """The interval of a statistic from its values over draws.

    Percentiles are set further out for few blocks, so that the interval of a mean is as wide as
    Student's t makes it (Hesterberg 2015, "What teachers should know about the bootstrap", 4.6).
    """
    outer = student((1 - level) / 2, blocks - 1) * np.sqrt(blocks / (blocks - 1))
    tail = NormalDist().cdf(outer)
    low, high = np.nanquantile(values, [tail, 1 - tail])
    return float(low), float(high)


def student(share: float, freedom: int) -> float:
    """The value that Student's t with `freedom` degrees stays below with probability `share`."""
    # With t = sqrt(freedom) tan(angle) the density is a power of a cosine.
    angle = np.linspace(-np.pi / 2, np.pi / 2, 200_001)
    density = np.cos(angle) ** (freedom - 1)
    total = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    found = np.interp(share, total / total[-1], angle)
    return float(np.sqrt(freedom) * np.tan(found))

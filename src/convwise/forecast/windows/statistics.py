"""Sums over frames that add, so that chunks give the value of the whole; reads no files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Count, mean and sum of squared deviations per channel, float64 (channel,).

    Adding combines them as Chan, Golub and LeVeque (1979) do: exact up to rounding, in any order.
    """

    count: Array
    mean: Array
    squares: Array

    def __add__(self, other: Moments) -> Moments:
        count = self.count + other.count
        share = other.count / np.maximum(count, 1)
        apart = other.mean - self.mean
        return Moments(
            count,
            self.mean + apart * share,
            self.squares + other.squares + apart**2 * self.count * share,
        )

    @property
    def deviation(self) -> Array:
        """The standard deviation; 1 where a channel is constant, so that one may divide by it."""
        variance = self.squares / np.maximum(self.count, 1)
        steady = variance <= (1e-6 * np.abs(self.mean)) ** 2
        return np.sqrt(np.where(steady, 1.0, variance))


def moments_of(values: Array) -> Moments:
    """Of (time, channel, y, x) with NaN where missing."""
    valid = ~np.isnan(values)
    over = (0, 2, 3)
    count = valid.sum(over).astype(np.float64)
    exact = np.where(valid, values, 0).astype(np.float64)
    mean = exact.sum(over) / np.maximum(count, 1)
    apart = np.where(valid, exact - mean[:, None, None], 0)
    return Moments(count, mean, (apart**2).sum(over))


@dataclass(frozen=True, slots=True, eq=False)
class PhaseSums:
    """Sum and count of values per phase of a cycle, float64 (phase, channel, y, x); they add."""

    total: Array
    count: Array

    def __add__(self, other: PhaseSums) -> PhaseSums:
        return PhaseSums(self.total + other.total, self.count + other.count)


def phase_sums(values: Array, phases: Array, length: int) -> PhaseSums:
    """Of (time, channel, y, x) with NaN where missing; phases: of each frame, below `length`."""
    valid = ~np.isnan(values)
    total = np.zeros((length, *values.shape[1:]))
    count = np.zeros_like(total)
    np.add.at(total, phases, np.where(valid, values, 0).astype(np.float64))
    np.add.at(count, phases, valid)
    return PhaseSums(total, count)

"""Sums over forecasts that add, so that chunks, processes and blocks give the same scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convwise.forecast.judge.events import Events, event_sums
from convwise.forecast.judge.spectra import spectral_sums

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sums by name, float64, the first axis of each is the block of time.

    weight, error, absolute, square, forecast_square, truth_square, product (of anomalies), and for
    events hits, misses, false_alarms: (block, lead, target, region[, threshold]); fss_error,
    fss_reference: (block, lead, target, threshold, scale); forecast_power, truth_power,
    power_fields: (block, lead, target, wavenumber). Names that were not asked for are left out.
    """

    values: Mapping[str, Array]

    def __add__(self, other: Sums) -> Sums:
        return Sums({name: value + other.values[name] for name, value in self.values.items()})

    def pooled(self) -> Mapping[str, Array]:
        """The sums over all blocks."""
        return {name: value.sum(0) for name, value in self.values.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Scoring:
    """What is summed. weights: (region, y, x), 0 outside a region; the first region is everything.

    events: thresholds and neighbourhoods, or None. spectra: whether power by wavenumber is summed;
    wraps: which axes (y, x) are periodic.
    """

    weights: Array
    events: Events | None = None
    spectra: bool = False
    wraps: tuple[bool, bool] = (False, False)


def sums_of(forecast: Array, truth: Array, normal: Array, scoring: Scoring) -> dict[str, Array]:
    """Sums of one window, without the axis of blocks.

    forecast, truth, normal (the climatology at these times): (lead, target, y, x) in the units of
    the file; where the truth is NaN nothing is counted.
    """
    valid = ~np.isnan(truth)
    exact = np.where(valid, truth, 0).astype(np.float64)
    error = np.where(valid, forecast - exact, 0)
    ahead = np.where(valid, forecast - normal, 0)
    actual = np.where(valid, exact - normal, 0)
    fields = {
        "weight": valid.astype(np.float64),
        "error": error,
        "absolute": np.abs(error),
        "square": error**2,
        "forecast_square": ahead**2,
        "truth_square": actual**2,
        "product": ahead * actual,
    }
    found = {
        name: np.einsum("ltyx,ryx->ltr", field, scoring.weights) for name, field in fields.items()
    }
    if scoring.events is not None:
        found |= event_sums(forecast, truth, scoring.weights, scoring.events)
    if scoring.spectra:
        found |= spectral_sums(forecast, truth, scoring.wraps)
    return found

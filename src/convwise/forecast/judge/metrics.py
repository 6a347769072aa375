"""Scores from sums: each a ratio worked out at the very end; sums nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Pooled = Mapping[str, Array]


def _ratio(over: Array, under: Array) -> Array:
    """NaN where nothing was counted: no value is made up."""
    return np.where(under > 0, over / np.where(under > 0, under, 1), np.nan)


def rmse(sums: Pooled) -> Array:
    """Root of the mean squared error, in the units of the file."""
    return np.sqrt(_ratio(sums["square"], sums["weight"]))


def mae(sums: Pooled) -> Array:
    """Mean absolute error, in the units of the file."""
    return _ratio(sums["absolute"], sums["weight"])


def bias(sums: Pooled) -> Array:
    """Mean of forecast minus truth, in the units of the file."""
    return _ratio(sums["error"], sums["weight"])


def anomaly_correlation(sums: Pooled) -> Array:
    """Uncentred correlation of anomalies from the climatology of the training part."""
    return _ratio(sums["product"], np.sqrt(sums["forecast_square"] * sums["truth_square"]))


def critical_success_index(sums: Pooled) -> Array:
    """Hits over hits, misses and false alarms, by threshold."""
    return _ratio(sums["hits"], sums["hits"] + sums["misses"] + sums["false_alarms"])


def fractions_skill_score(sums: Pooled) -> Array:
    """1 - error of fractions over its largest value (Roberts and Lean 2008)."""
    return 1 - _ratio(sums["fss_error"], sums["fss_reference"])


def power_ratio(sums: Pooled) -> Array:
    """Power of the forecast over power of the truth, by wavenumber: below 1 it is too smooth."""
    return _ratio(sums["forecast_power"], sums["truth_power"])


METRICS = {
    "rmse": rmse,
    "mae": mae,
    "bias": bias,
    "anomaly_correlation": anomaly_correlation,
}
EVENT_METRICS = {"csi": critical_success_index, "fss": fractions_skill_score}

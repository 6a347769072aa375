"""Events above thresholds, by cell and in neighbourhoods; knows nothing of time and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convwise.errors import UsageError

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Events:
    """thresholds: in the units of the file, an event is a value at or above one. scales: widths of
    square neighbourhoods in cells, odd numbers. Raises UsageError for other numbers."""

    thresholds: tuple[float, ...]
    scales: tuple[int, ...] = (1,)

    def __post_init__(self) -> None:
        if not self.thresholds or any(scale < 1 or scale % 2 == 0 for scale in self.scales):
            raise UsageError(
                f"thresholds {self.thresholds}, scales {self.scales}: at least one threshold, "
                "and odd scales from 1 on are needed",
                hint="thresholds=(1.0,), scales=(1, 5, 9)",
            )


def event_sums(forecast: Array, truth: Array, weights: Array, events: Events) -> dict[str, Array]:
    """Hits, misses, false alarms by region and threshold; parts of the fractions skill score.

    forecast, truth: (lead, target, y, x), NaN where the truth is missing; weights: (region, y, x).
    """
    limits = np.array(events.thresholds)[:, None, None, None, None]
    valid = ~np.isnan(truth)
    ahead = (forecast >= limits) & valid
    actual = (np.where(valid, truth, 0) >= limits) & valid
    counted = {
        "hits": ahead & actual,
        "misses": ~ahead & actual,
        "false_alarms": ahead & ~actual,
    }
    found = {
        name: np.einsum("kltyx,ryx->ltrk", mask.astype(np.float64), weights)
        for name, mask in counted.items()
    }
    pairs = [_fractions(ahead, actual, valid, scale) for scale in events.scales]
    found["fss_error"] = np.stack([pair[0] for pair in pairs], -1)
    found["fss_reference"] = np.stack([pair[1] for pair in pairs], -1)
    return found


def _fractions(ahead: Array, actual: Array, valid: Array, scale: int) -> tuple[Array, Array]:
    """Numerator and denominator of 1 - FSS (Roberts and Lean 2008), each (lead, target, threshold).

    A fraction is of the valid cells of the neighbourhood that lie inside the field; it is counted
    at valid cells.
    """
    cells = neighbourhood_sums(valid.astype(np.float64), scale)
    share = np.where(cells > 0, cells, 1)
    p = neighbourhood_sums(ahead.astype(np.float64), scale) / share
    o = neighbourhood_sums(actual.astype(np.float64), scale) / share
    error = np.where(valid, (p - o) ** 2, 0).sum((-2, -1))
    reference = np.where(valid, p**2 + o**2, 0).sum((-2, -1))
    return np.moveaxis(error, 0, -1), np.moveaxis(reference, 0, -1)


def neighbourhood_sums(field: Array, scale: int) -> Array:
    """At each cell the sum over the `scale` x `scale` cells around it that lie in the field."""
    for axis in (-2, -1):
        size, reach = field.shape[axis], scale // 2
        edge = [(0, 0)] * field.ndim
        edge[axis] = (1, 0)
        total = np.cumsum(np.pad(field, edge), axis)
        last = np.minimum(np.arange(size) + reach + 1, size)
        first = np.maximum(np.arange(size) - reach, 0)
        field = np.take(total, last, axis) - np.take(total, first, axis)
    return field

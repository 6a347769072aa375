"""How much of an anomaly is left after each lead time, from training alone; scores nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convwise.forecast.data.record import Record
from convwise.forecast.judge.forecasters import (
    ClimatologyForecast,
    DampedAnomalyPersistence,
    Forecaster,
    Persistence,
)
from convwise.forecast.windows.climatology import Climatology, chunks, climatology
from convwise.forecast.windows.windows import Part

Array = NDArray[Any]


def baselines(
    record: Record, training: Part, horizon: int, *, cycle: str = "auto", by_cell: bool = True
) -> tuple[Climatology, tuple[Forecaster, ...]]:
    """The climatology of the training part, and persistence, climatology and damped anomalies."""
    normal = climatology(record, training, cycle, by_cell=by_cell)
    coefficients = damping(record, training, normal, horizon)
    return normal, (
        Persistence(normal),
        ClimatologyForecast(normal),
        DampedAnomalyPersistence(normal, coefficients),
    )


def damping(record: Record, training: Part, normal: Climatology, horizon: int) -> Array:
    """Regression of an anomaly on itself `lead` frames before: float64 (horizon, channel).

    Area-weighted, over all pairs of valid values of the part that are `lead` steps apart; streamed.
    0 where there is no pair.
    """
    rows, columns = (training.box or record.whole).slices
    weights = record.grid.weights[rows, columns]
    product = np.zeros((horizon, len(record.channels)))
    square = np.zeros_like(product)
    for steps, anomalies, fresh in _anomalies(record, training, normal, horizon):
        for lead in range(1, horizon + 1):
            before, after = _pairs(steps, fresh, lead)
            x, y = anomalies[before], anomalies[after]
            valid = ~(np.isnan(x) | np.isnan(y))
            x, y = np.where(valid, x, 0), np.where(valid, y, 0)
            product[lead - 1] += np.einsum("tcyx,tcyx,yx->c", x, y, weights)
            square[lead - 1] += np.einsum("tcyx,tcyx,yx->c", x, x, weights)
    return np.where(square > 0, product / np.where(square > 0, square, 1), 0)


def _anomalies(
    record: Record, training: Part, normal: Climatology, horizon: int
) -> Iterator[tuple[Array, Array, int]]:
    """Steps and anomalies in pieces, and how many in front were in the piece before already."""
    rows, columns = (training.box or record.whole).slices
    shape = record.grid.weights[rows, columns].shape
    steps = np.zeros(0, np.int64)
    kept = np.zeros((0, len(record.channels), *shape))
    for frames, values in chunks(record, training):
        old = len(steps)
        steps = np.concatenate([steps, record.times.steps[frames]])
        kept = np.concatenate([kept, values - normal.at(frames)])
        yield steps, kept, old
        steps, kept = steps[-horizon:], kept[-horizon:]


def _pairs(steps: Array, fresh: int, lead: int) -> tuple[Array, Array]:
    """Places of frames `lead` steps apart, the later of which is new."""
    later = np.arange(fresh, len(steps))
    place = np.minimum(np.searchsorted(steps, steps[later] - lead), len(steps) - 1)
    fits = steps[place] == steps[later] - lead
    return place[fits], later[fits]

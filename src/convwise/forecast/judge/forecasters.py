"""What makes a forecast from a window, and the baselines to beat; scores nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from convwise.forecast.windows.climatology import Climatology

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Windows in the units of the file.

    inputs: float32 (window, history, channel, y, x), NaN where missing. frames: int64 (window,
    history + horizon), their numbers in the record. targets: the channels to forecast, by number.
    """

    inputs: Array
    frames: Array
    targets: tuple[int, ...]

    @property
    def history(self) -> int:
        """Frames that go in."""
        return int(self.inputs.shape[1])

    @property
    def horizon(self) -> int:
        """Frames to forecast."""
        return int(self.frames.shape[1]) - self.history

    @property
    def past(self) -> Array:
        """Inputs of the targets: (window, history, target, y, x)."""
        return self.inputs[:, :, list(self.targets)]


class Forecaster(ABC):
    """Makes forecasts in the units of the file; a network is one too, with its preparation."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What tables call it."""

    @abstractmethod
    def forecast(self, batch: Batch) -> Array:
        """(window, horizon, target, y, x), finite everywhere; looks at `batch.inputs` alone."""


def last_valid(values: Array) -> Array:
    """Along the second axis the last value that is not missing; NaN where there is none."""
    found = np.full_like(values[:, 0], np.nan)
    for step in range(values.shape[1]):
        found = np.where(np.isnan(values[:, step]), found, values[:, step])
    return found


def _normal(
    climatology: Climatology, frames: Array, targets: tuple[int, ...], like: Array
) -> Array:
    """The climatology of these frames (window, frame, target, y, x)."""
    values = climatology.at(frames)[:, :, list(targets)]
    return np.broadcast_to(values, (*values.shape[:3], *like.shape[-2:]))


@final
@dataclass(frozen=True, slots=True, eq=False)
class Persistence(Forecaster):
    """The last valid value stays; the climatology where the history has none."""

    climatology: Climatology

    @property
    def name(self) -> str:
        return "persistence"

    def forecast(self, batch: Batch) -> Array:
        past = batch.past.astype(np.float64)
        normal = _normal(self.climatology, batch.frames[:, batch.history :], batch.targets, past)
        last = last_valid(past)[:, None]
        return np.where(np.isnan(last), normal, last)


@final
@dataclass(frozen=True, slots=True, eq=False)
class ClimatologyForecast(Forecaster):
    """The climatology of the training part at the time of the forecast."""

    climatology: Climatology

    @property
    def name(self) -> str:
        return "climatology"

    def forecast(self, batch: Batch) -> Array:
        frames = batch.frames[:, batch.history :]
        return _normal(self.climatology, frames, batch.targets, batch.past)


@final
@dataclass(frozen=True, slots=True, eq=False)
class DampedAnomalyPersistence(Forecaster):
    """Climatology plus the last valid anomaly times a coefficient per lead time and channel.

    coefficients: float64 (horizon, channel), as `damping` finds them.
    """

    climatology: Climatology
    coefficients: Array

    @property
    def name(self) -> str:
        return "damped anomaly persistence"

    def forecast(self, batch: Batch) -> Array:
        past = batch.past.astype(np.float64)
        before = _normal(self.climatology, batch.frames[:, : batch.history], batch.targets, past)
        after = _normal(self.climatology, batch.frames[:, batch.history :], batch.targets, past)
        anomaly = np.nan_to_num(last_valid(past - before), nan=0.0)[:, None]
        share = self.coefficients[: batch.horizon, list(batch.targets)][None, :, :, None, None]
        return np.asarray(after + share * anomaly)

"""The whole pipeline once more, slowly, in loops over plain arrays: shares no code with it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tests.forecast.records import Made


@dataclass(frozen=True)
class Slow:
    """A training part [0, edge) and a test part [test, end) of a record in memory."""

    made: Made
    edge: int
    test: int
    history: int
    horizon: int

    def windows(self, first: int, last: int) -> list[int]:
        """Starts of windows within [first, last) whose frames follow one another."""
        size = self.history + self.horizon
        steps = self.made.steps
        return [
            start
            for start in range(first, last - size + 1)
            if steps[start + size - 1] - steps[start] == size - 1
        ]

    def phase(self, frame: int) -> int:
        """The time of day of a frame, in steps; 0 for daily steps."""
        date = self.made.dates[frame]
        return 0 if self.made.hours == 24 else date.hour // self.made.hours

    def climatology(self) -> dict[tuple[int, int, int, int], float]:
        """(phase, channel, y, x) -> mean over the training part."""
        found: dict[tuple[int, int, int, int], float] = {}
        training = self.made.values[: self.edge].astype(float)
        phases = np.array([self.phase(frame) for frame in range(self.edge)])
        count = 1 if self.made.hours == 24 else 24 // self.made.hours
        _, channels, rows, columns = training.shape
        for place in np.ndindex(channels, rows, columns):
            series = training[(slice(None), *place)]
            everything = training[:, place[0]]
            for phase in range(count):
                chosen = series[phases == phase]
                for values in (chosen, series, everything):
                    if np.isfinite(values).any():
                        found[(phase, *place)] = float(np.nanmean(values))
                        break
        return found

    def normal(self, frame: int) -> np.ndarray:
        """The climatology of a frame, (channel, y, x)."""
        table = self.climatology_table
        shape = self.made.values.shape[1:]
        phase = self.phase(frame)
        return np.array([table[(phase, *place)] for place in np.ndindex(*shape)]).reshape(shape)

    @cached_property
    def climatology_table(self) -> dict[tuple[int, int, int, int], float]:
        """The climatology, worked out once."""
        return self.climatology()

    def scaling(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and deviation of the training part, by channel."""
        training = self.made.values[: self.edge].astype(float)
        return np.nanmean(training, (0, 2, 3)), np.nanstd(training, (0, 2, 3))

    def weight(self, row: int) -> float:
        """Area of a cell: cosine of its latitude."""
        return math.cos(math.radians(self.made.latitude[row]))

    def damping(self, lead: int) -> np.ndarray:
        """Regression of an anomaly on itself `lead` steps before, by channel."""
        values, steps = self.made.values.astype(float), self.made.steps
        up = np.zeros(values.shape[1])
        down = np.zeros(values.shape[1])
        normal = [self.normal(frame) for frame in range(self.edge)]
        for first in range(self.edge):
            for later in range(first + 1, min(first + lead + 1, self.edge)):
                if steps[later] - steps[first] == lead:
                    a, b = values[first] - normal[first], values[later] - normal[later]
                    for row in range(values.shape[2]):
                        weight = self.weight(row)
                        up += weight * np.nansum(a[:, row] * b[:, row], -1)
                        known = np.where(np.isnan(b[:, row]), np.nan, a[:, row])
                        down += weight * np.nansum(known**2, -1)
        return up / down

    def last(self, start: int, anomalies: bool) -> np.ndarray:
        """The last valid value of the history, or its anomaly; NaN where there is none."""
        found = np.full(self.made.values.shape[1:], np.nan)
        for frame in range(start, start + self.history):
            values = self.made.values[frame].astype(float)
            if anomalies:
                values = values - self.normal(frame)
            found = np.where(np.isnan(values), found, values)
        return found

    def forecasts(self, start: int, lead: int, damping: np.ndarray) -> dict[str, np.ndarray]:
        """Each baseline's field at one lead time, (channel, y, x)."""
        normal = self.normal(start + self.history + lead - 1)
        last = self.last(start, anomalies=False)
        anomaly = np.nan_to_num(self.last(start, anomalies=True))
        return {
            "persistence": np.where(np.isnan(last), normal, last),
            "climatology": normal,
            "damped anomaly persistence": normal + damping[:, None, None] * anomaly,
        }

    def scores(self) -> dict[tuple[str, str], np.ndarray]:
        """(forecaster, metric) -> (lead, channel), in plain loops over windows and rows."""
        errors: dict[str, list[list[tuple[float, np.ndarray]]]] = {}
        for lead in range(1, self.horizon + 1):
            damping = self.damping(lead)
            for start in self.windows(self.test, len(self.made.steps)):
                frame = start + self.history + lead - 1
                truth, normal = self.made.values[frame].astype(float), self.normal(frame)
                for name, field in self.forecasts(start, lead, damping).items():
                    rows = errors.setdefault(name, [[] for _ in range(self.horizon)])[lead - 1]
                    for row in range(truth.shape[1]):
                        three = np.stack([field - truth, field - normal, truth - normal])[:, :, row]
                        rows.append((self.weight(row), three))
        return {
            (name, metric): np.array([value(rows) for rows in leads])
            for name, leads in errors.items()
            for metric, value in _METRICS.items()
        }


Rows = list[tuple[float, np.ndarray]]


def _mean(rows: Rows, of: object) -> np.ndarray:
    """Weighted mean of a function of (error, forecast anomaly, truth anomaly), by channel."""
    up = down = 0.0
    for weight, (error, ahead, actual) in rows:
        values = of(error, ahead, actual)
        values = np.where(np.isnan(error), np.nan, values)
        up = up + weight * np.nansum(values, -1)
        down = down + weight * np.isfinite(error).sum(-1)
    return up / down


def _correlation(rows: Rows) -> np.ndarray:
    size = _mean(rows, lambda e, f, o: f**2) * _mean(rows, lambda e, f, o: o**2)
    with np.errstate(invalid="ignore"):
        return _mean(rows, lambda e, f, o: f * o) / np.sqrt(size)


_METRICS = {
    "rmse": lambda rows: np.sqrt(_mean(rows, lambda e, f, o: e**2)),
    "mae": lambda rows: _mean(rows, lambda e, f, o: np.abs(e)),
    "bias": lambda rows: _mean(rows, lambda e, f, o: e),
    "anomaly_correlation": _correlation,
}

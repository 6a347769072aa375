"""What is done to values before a network sees them, and back; learned from training alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convwise.errors import UsageError
from convwise.forecast.data.record import Record
from convwise.forecast.windows.climatology import Climatology, chunks, climatology
from convwise.forecast.windows.statistics import Moments, moments_of
from convwise.forecast.windows.transforms import TRANSFORMS, transformed
from convwise.forecast.windows.windows import Part

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Preparation:
    """Transform, minus climatology, minus mean, over standard deviation; all by channel.

    names, transforms: of each channel. mean, deviation: float64 (channel,). anomalies: the
    climatology that is taken off, or None. static_mean, static_deviation: of the static fields.
    """

    names: tuple[str, ...]
    transforms: tuple[str, ...]
    mean: Array
    deviation: Array
    anomalies: Climatology | None
    static_mean: Array
    static_deviation: Array

    def forward(self, values: Array, frames: Array) -> NDArray[np.float32]:
        """Values of the file (time, channel, y, x) as a network sees them; NaN stays NaN.

        frames: their numbers in the record. Raises UsageError where a transform has no value.
        """
        made = [
            transformed(values[:, number], transform, name)
            for number, (name, transform) in enumerate(
                zip(self.names, self.transforms, strict=True)
            )
        ]
        out = np.stack(made, 1).astype(np.float64)
        if self.anomalies is not None:
            out -= self.anomalies.at(frames)
        return ((out - _cells(self.mean)) / _cells(self.deviation)).astype(np.float32)

    def backward(
        self, values: Array, frames: Array, channels: tuple[int, ...] | None = None
    ) -> Array:
        """The inverse, float64, for some of the channels, by number: (time, channels, y, x)."""
        chosen = list(channels if channels is not None else range(len(self.names)))
        out = np.asarray(values, np.float64) * _cells(self.deviation[chosen])
        out = out + _cells(self.mean[chosen])
        if self.anomalies is not None:
            out = out + self.anomalies.at(frames)[:, chosen]
        made = [
            TRANSFORMS[self.transforms[number]].backward(out[:, place])
            for place, number in enumerate(chosen)
        ]
        return np.stack(made, 1)

    def static(self, values: Array) -> NDArray[np.float32]:
        """Static fields (channel, y, x) as a network sees them; NaN becomes 0, their mean."""
        scaled = (values - _cells(self.static_mean)) / _cells(self.static_deviation)
        return np.nan_to_num(scaled, nan=0.0).astype(np.float32)


def _cells(by_channel: Array) -> Array:
    return by_channel[:, None, None]


def prepare(
    record: Record,
    training: Part,
    *,
    transforms: Mapping[str, str] | None = None,
    anomalies: bool = False,
    cycle: str = "auto",
    by_cell: bool = True,
) -> Preparation:
    """Learn scaling from the training part, streamed: one pass, two with anomalies.

    transforms: variable -> "log1p" or "sqrt". by_cell: see `climatology`. Raises UsageError for
    unknown variables and transforms, ReadError when a channel has no value.
    """
    names = _transforms(record, transforms or {})
    normal = None
    if anomalies:
        normal = climatology(record, training, cycle, transforms=names, by_cell=by_cell)
    labels = tuple(channel.name for channel in record.channels)
    zero, one = np.zeros(len(labels)), np.ones(len(labels))
    nothing = np.zeros(0)
    bare = Preparation(labels, names, zero, one, normal, nothing, nothing)
    found = reduce(Moments.__add__, _moments(record, training, bare))
    fields = record.static(training.box)
    static = moments_of(fields[None]) if len(fields) else Moments(nothing, nothing, nothing)
    return Preparation(
        labels, names, found.mean, found.deviation, normal, static.mean, static.deviation
    )


def _moments(record: Record, training: Part, bare: Preparation) -> Iterator[Moments]:
    for frames, values in chunks(record, training):
        yield moments_of(bare.forward(values, frames))


def _transforms(record: Record, given: Mapping[str, str]) -> tuple[str, ...]:
    variables = {channel.variable for channel in record.channels}
    for variable, name in given.items():
        if variable not in variables:
            raise UsageError(
                f"a transform for {variable}, which is not in the record",
                hint=f"one of {', '.join(sorted(variables))}",
            )
        if name not in TRANSFORMS:
            raise UsageError(
                f"transform {name!r} is not known", hint=f"one of {', '.join(TRANSFORMS)}"
            )
    return tuple(given.get(channel.variable, "none") for channel in record.channels)

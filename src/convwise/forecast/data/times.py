"""Times of a record as exact steps in its own calendar, and its gaps; reads no files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import gcd
from typing import Any

import cftime
import numpy as np
from numpy.typing import NDArray

from convwise.errors import ReadError

EPOCH = "microseconds since 1970-01-01"
#: Times may be off their exact step by this share of it: files round their times.
TOLERANCE = 0.01
_SECOND = 10**6
_DAY = 86400 * _SECOND
_UNITS = (("day", _DAY), ("hour", 3600 * _SECOND), ("minute", 60 * _SECOND), ("second", _SECOND))


@dataclass(frozen=True, slots=True)
class Step:
    """The time between two frames: `count` months, microseconds, or frames of unknown length."""

    count: int
    unit: str

    def text(self, steps: int = 1) -> str:
        """`steps` of them for the eye: `6 hours`, `1 month`."""
        count, unit = self.count * steps, self.unit
        if unit == "microsecond":
            for name, size in _UNITS:
                if count % size == 0:
                    count, unit = count // size, name
                    break
        return f"{count} {unit}{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """When each frame of a record is.

    steps: int64 (frames,), strictly increasing, the first is 0: the frame's place on a regular line
    of steps. microseconds: int64 (frames,) since 1970-01-01 in `calendar`; None when the files
    state no times. notes: what was assumed.
    """

    steps: NDArray[np.int64]
    step: Step
    calendar: str | None = None
    microseconds: NDArray[np.int64] | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.steps)

    def segments(self) -> tuple[tuple[int, int], ...]:
        """Runs of frames [start, stop) without a gap."""
        breaks = np.flatnonzero(np.diff(self.steps) != 1) + 1
        edges = [0, *breaks.tolist(), len(self.steps)]
        return tuple((a, b) for a, b in pairwise(edges) if b > a)

    def gaps(self) -> Iterator[str]:
        """Each gap for the eye: after which frame, and how many steps are missing."""
        for start, _ in self.segments()[1:]:
            lost = int(self.steps[start] - self.steps[start - 1] - 1)
            yield f"{self.text(start - 1)} to {self.text(start)}: {lost} missing"

    def date(self, frame: int) -> Any:
        """The frame's date in the record's calendar (cftime), or None."""
        if self.microseconds is None:
            return None
        return cftime.num2date(int(self.microseconds[frame]), EPOCH, self.calendar)

    def text(self, frame: int) -> str:
        """The frame for the eye: its date, or its number."""
        date = self.date(frame)
        return f"frame {frame}" if date is None else str(date.strftime("%Y-%m-%d %H:%M:%S"))


def decoded(numbers: Any, units: str | None, calendar: str | None) -> NDArray[np.int64]:
    """Numbers as a file has them to exact microseconds since 1970-01-01 in its own calendar.

    Raises ReadError for units that are no times, and for missing times.
    """
    values = np.ma.filled(np.ma.asarray(numbers), np.nan) if np.ma.isMA(numbers) else numbers
    values = np.atleast_1d(np.asarray(values))
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ReadError(f"the time of frame {int(np.argmin(np.isfinite(values)))} is missing")
    name = (calendar or "standard").lower()
    try:
        dates = cftime.num2date(values, units, name, only_use_cftime_datetimes=True)
        origin = cftime.num2date(0, EPOCH, name, only_use_cftime_datetimes=True)
    except (ValueError, OverflowError, AttributeError) as error:
        raise ReadError(
            f"times in {units!r} of the calendar {name!r} cannot be read: {error}",
            hint="days, hours, minutes or seconds since a date, in a CF calendar",
        ) from None
    return np.array([_microseconds(date - origin) for date in dates], np.int64)


def _microseconds(difference: Any) -> int:
    return int(difference.days * _DAY + difference.seconds * _SECOND + difference.microseconds)


def counted(frames: int) -> Times:
    """Frames without times: taken as equally long apart, which is said."""
    note = f"no times in the file: {frames} frames are taken as equally long apart, without gaps"
    return Times(np.arange(frames, dtype=np.int64), Step(1, "frame"), notes=(note,))


def regular(microseconds: NDArray[np.int64], calendar: str) -> Times:
    """Times on regular steps of months or of a fixed length, with gaps where steps are missing.

    microseconds: int64 (frames,), strictly increasing. Raises ReadError where they are not
    increasing, or on no regular steps.
    """
    if len(microseconds) < 2:
        one = np.zeros(len(microseconds), np.int64)
        return Times(one, Step(1, "frame"), calendar, microseconds)
    apart = np.diff(microseconds)
    if (apart <= 0).any():
        frame = int(np.argmax(apart <= 0))
        made = Times(microseconds, Step(1, "microsecond"), calendar, microseconds)
        raise ReadError(
            f"times do not increase: {made.text(frame)} is followed by {made.text(frame + 1)}",
            hint="sort the file by time and leave out what is there twice",
        )
    return _in_months(microseconds, apart, calendar) or _fixed(microseconds, apart, calendar)


def _in_months(
    microseconds: NDArray[np.int64], apart: NDArray[np.int64], calendar: str
) -> Times | None:
    """Steps of whole months, where all dates lie within four days of the same day of the month."""
    if apart.min() < 27 * _DAY:
        return None
    dates = cftime.num2date(microseconds, EPOCH, calendar)
    months = np.array([date.year * 12 + date.month for date in dates], np.int64)
    days = [date.day + date.hour / 24 for date in dates]
    between = np.diff(months)
    if (between <= 0).any() or max(days) - min(days) > 4:
        return None
    count = gcd(*between.tolist())
    return Times((months - months[0]) // count, Step(count, "month"), calendar, microseconds)


def _fixed(microseconds: NDArray[np.int64], apart: NDArray[np.int64], calendar: str) -> Times:
    shortest = apart.min()
    step = float(np.median(apart[apart <= shortest * (1 + TOLERANCE)]))
    steps = np.concatenate([[0], np.cumsum(np.rint(apart / step).astype(np.int64))])
    whole = (microseconds[-1] - microseconds[0]) / steps[-1]
    # Both ends may be off their step: whole seconds are meant where that explains the rest.
    rest = abs(whole - round(whole / _SECOND) * _SECOND) * steps[-1]
    unit = _SECOND if step >= _SECOND and rest <= 2 * TOLERANCE * step else 1
    exact = round(whole / unit) * unit
    off = np.abs(apart - np.diff(steps) * exact)
    if (off > TOLERANCE * exact).any():
        frame = int(np.argmax(off))
        made = Times(steps, Step(exact, "microsecond"), calendar, microseconds)
        raise ReadError(
            f"times are on no regular steps: between {made.text(frame)} and "
            f"{made.text(frame + 1)} there is no whole number of steps of {made.step.text()}",
            hint="bring the record to regular steps first",
        )
    notes: tuple[str, ...] = ()
    if off.max() > 2 * 10**3:
        notes = (f"times are up to {off.max() / _SECOND:g} s off steps of the same length",)
    return Times(steps, Step(exact, "microsecond"), calendar, microseconds, notes)

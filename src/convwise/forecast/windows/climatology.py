"""The mean of each cell at each phase of a cycle, from a training part alone; judges nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any

import cftime
import numpy as np
from numpy.typing import NDArray

from convwise.errors import ReadError, UsageError
from convwise.forecast.data.cache import FrameCache
from convwise.forecast.data.record import Box, Record
from convwise.forecast.data.times import EPOCH, Times
from convwise.forecast.windows.statistics import PhaseSums, phase_sums
from convwise.forecast.windows.transforms import transformed
from convwise.forecast.windows.windows import Part

Array = NDArray[Any]
CYCLES = ("auto", "none", "time-of-day", "month-of-year")
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Cycle:
    """The phase of every frame of a record. phases: int64 (frames,), each below `length`."""

    name: str
    length: int
    phases: NDArray[np.int64]


def cycle_of(times: Times, name: str) -> Cycle:
    """The cycle by name; "auto": months of the year for monthly frames of two years and more, times
    of the day for shorter steps that divide the day and records of two days and more, else none.

    Raises UsageError when the record's steps have no such cycle.
    """
    if name not in CYCLES:
        raise UsageError(f"cycle {name!r} is not known", hint=f"one of {', '.join(CYCLES)}")
    if name == "auto":
        name = _usual(times)
    if name == "none":
        return Cycle(name, 1, np.zeros(len(times), np.int64))
    if times.microseconds is None:
        raise UsageError(f"the record states no times: it has no {name}", hint="cycle='none'")
    if name == "month-of-year":
        dates = cftime.num2date(times.microseconds, EPOCH, times.calendar)
        months = np.array([date.month - 1 for date in np.atleast_1d(dates)], np.int64)
        return Cycle(name, 12, months)
    count = times.step.count
    if times.step.unit != "microsecond" or _DAY % count:
        raise UsageError(
            f"steps of {times.step.text()} do not divide the day: there is no {name}",
            hint="cycle='month-of-year' or cycle='none'",
        )
    phases = np.rint(times.microseconds % _DAY / count).astype(np.int64) % (_DAY // count)
    return Cycle(name, _DAY // count, phases)


def _usual(times: Times) -> str:
    span, step = int(times.steps[-1]) + 1, times.step
    if step.unit == "month" and 12 % step.count == 0 and step.count < 12:
        return "month-of-year" if span * step.count >= 24 else "none"
    if step.unit == "microsecond" and step.count < _DAY and _DAY % step.count == 0:
        return "time-of-day" if span * step.count >= 2 * _DAY else "none"
    return "none"


@dataclass(frozen=True, slots=True, eq=False)
class Climatology:
    """values: float64 (phase, channel, y, x), finite everywhere; y = x = 1 where all cells share
    one mean. A cell without a value at a phase has its mean over all phases, a cell without any
    value the mean of its channel. box: the cells it is of; None: all."""

    cycle: Cycle
    values: Array
    box: Box | None = None
    by_cell: bool = True

    def at(self, frames: Array) -> Array:
        """The climatology of these frames of the record, (*frames, channel, y, x)."""
        return np.asarray(self.values[self.cycle.phases[frames]])

    def check(self, part: Part) -> None:
        """Raises UsageError when it says nothing of the part's cells."""
        if self.by_cell and self.box != part.box:
            raise UsageError(
                f"the climatology is of other cells than the {part.name} part",
                hint="by_cell=False: one mean per channel, which any region can use",
            )


def chunks(record: Record, part: Part) -> Iterator[tuple[Array, Array]]:
    """Every frame of a part once, in order: frame numbers and values, a bounded piece at a time."""
    size = FrameCache(record, part.box).chunk_frames
    for start, stop in part.ranges:
        edges = sorted({start, stop, *range(start - start % size + size, stop, size)})
        for first, last in pairwise(edges):
            yield np.arange(first, last), record.read(first, last, part.box)


def climatology(
    record: Record,
    part: Part,
    cycle: str = "auto",
    *,
    transforms: tuple[str, ...] | None = None,
    by_cell: bool = True,
) -> Climatology:
    """The climatology of a part of a record, in one pass over it.

    transforms: by channel, done first. by_cell: one mean per cell; else one per channel, which is
    what a region that was not trained on can use. Raises ReadError when a channel has no value.
    """
    found = cycle_of(record.times, cycle)
    names = transforms or ("none",) * len(record.channels)
    sums = reduce(PhaseSums.__add__, _sums(record, part, found, names))
    total, count = sums.total, sums.count
    if not by_cell:
        total = total.sum((2, 3), keepdims=True)
        count = count.sum((2, 3), keepdims=True)
    seen = count.sum((0, 2, 3))
    if (seen == 0).any():
        channel = record.channels[int(np.argmin(seen))].name
        raise ReadError(
            f"{channel} has no valid value in the {part.name} part",
            hint="another split, or leave the variable out",
        )
    whole = total.sum((0, 2, 3)) / seen
    cells = _over(total.sum(0), count.sum(0), whole[:, None, None])
    return Climatology(found, _over(total, count, cells), part.box, by_cell)


def _over(total: Array, count: Array, otherwise: Array) -> Array:
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), otherwise))


def _sums(
    record: Record, part: Part, cycle: Cycle, transforms: tuple[str, ...]
) -> Iterator[PhaseSums]:
    for frames, values in chunks(record, part):
        for channel, name in enumerate(transforms):
            values[:, channel] = transformed(
                values[:, channel], name, record.channels[channel].name
            )
        yield phase_sums(values, cycle.phases[frames], cycle.length)

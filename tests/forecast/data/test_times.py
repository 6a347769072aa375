"""Times become exact steps in every calendar; gaps are found; what is irregular is refused."""

from __future__ import annotations

import cftime
import numpy as np
import pytest

from convwise.errors import ReadError
from convwise.forecast.data.times import Step, Times, counted, decoded, regular

CALENDARS = ("standard", "proleptic_gregorian", "noleap", "all_leap", "360_day", "julian")


def made(numbers: object, units: str, calendar: str = "standard") -> Times:
    return regular(decoded(np.asarray(numbers), units, calendar), calendar)


@pytest.mark.parametrize("calendar", CALENDARS)
def test_hours_with_a_gap_are_exact_in_every_calendar(calendar: str) -> None:
    hours = np.array([0, 6, 12, 30, 36], float) / 24
    times = made(hours, "days since 1999-02-28 18:00", calendar)
    assert times.steps.tolist() == [0, 1, 2, 5, 6]
    assert times.step == Step(6 * 3600 * 10**6, "microsecond")
    assert times.step.text() == "6 hours"
    assert times.segments() == ((0, 3), (3, 5))
    (gap,) = times.gaps()
    assert gap.endswith(": 2 missing")


@pytest.mark.parametrize("calendar", CALENDARS)
def test_months_are_one_step_however_long(calendar: str) -> None:
    dates = [cftime.datetime(2000 + n // 12, n % 12 + 1, 15, calendar=calendar) for n in range(30)]
    days = cftime.date2num(dates, "days since 1990-01-01", calendar)
    times = made(np.delete(days, [7, 8]), "days since 1990-01-01", calendar)
    assert times.step == Step(1, "month")
    assert times.segments() == ((0, 7), (7, 28))
    assert times.text(27) == "2002-06-15 00:00:00"


def test_years_are_twelve_months() -> None:
    times = made(np.arange(10) * 360, "days since 1860-06-01", "360_day")
    assert times.step == Step(12, "month")
    assert len(times.segments()) == 1


def test_rounded_times_are_taken_and_said() -> None:
    seconds = np.arange(50) * 300 + np.tile([0, 1], 25)
    times = made(seconds, "seconds since 2016-09-28")
    assert times.step.text() == "5 minutes"
    assert times.steps.tolist() == list(range(50))
    assert times.notes == ("times are up to 1 s off steps of the same length",)


def test_float_hours_far_from_the_epoch_are_exact() -> None:
    days = 43_000 + np.arange(100) / 24
    times = made(days, "days since 1900-01-01")
    assert times.step.text() == "1 hour"
    assert times.segments() == ((0, 100),)
    assert times.notes == ()


def test_irregular_times_are_refused_with_the_place() -> None:
    with pytest.raises(ReadError, match=r"between 2000-01-01 02:00:00 and 2000-01-01 03:30:00"):
        made([0, 1, 2, 3.5, 4.5], "hours since 2000-01-01")


def test_times_that_go_back_are_refused_with_both() -> None:
    with pytest.raises(ReadError, match="2000-01-01 02:00:00 is followed by 2000-01-01 02:00:00"):
        made([0, 1, 2, 2, 3], "hours since 2000-01-01")


def test_units_that_are_no_times_are_refused() -> None:
    with pytest.raises(ReadError, match="cannot be read"):
        decoded(np.arange(3), "months since 2000-01-01", "standard")


def test_missing_times_are_refused() -> None:
    with pytest.raises(ReadError, match="time of frame 1 is missing"):
        decoded(np.array([0.0, np.nan]), "hours since 2000-01-01", None)


def test_frames_without_times_are_counted_and_said() -> None:
    times = counted(4)
    assert times.segments() == ((0, 4),)
    assert times.text(2) == "frame 2"
    assert "no times in the file" in times.notes[0]


def test_dates_have_the_calendar_of_the_file() -> None:
    times = made(np.arange(59), "days since 2001-01-01", "360_day")
    assert times.text(58) == "2001-02-29 00:00:00"

"""Which frames of a variable are in which file, in the order of time; keeps no values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from convwise.errors import ReadError
from convwise.forecast.data.channels import Channel, channels_of
from convwise.forecast.data.grid import Grid, grid_of
from convwise.forecast.data.layout import Layout, layout_of, scalar_time
from convwise.forecast.data.source import Source
from convwise.forecast.data.times import Times, counted, decoded, regular

_SAME = {"gregorian": "standard", "365_day": "noleap", "366_day": "all_leap"}
#: 1582-10-15, where the standard calendar becomes the proleptic Gregorian one.
_REFORM = -12_219_292_800_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The frames of one variable in one file. times: microseconds, None where none are stated."""

    path: str
    variable: str
    layout: Layout
    channels: tuple[Channel, ...]
    frames: int
    chunk_frames: int
    times: NDArray[np.int64] | None
    calendar: str


def piece_of(path: str, data: xr.Dataset, variable: str, source: Source) -> Piece:
    """What one file holds of one variable. Raises ReadError, with the file, when it is no field."""
    try:
        layout = layout_of(data, variable, source.time, source.space)
        if data[variable].dtype.kind not in "iufb":
            raise ReadError(f"{variable} holds {data[variable].dtype}, not numbers")
        when = layout.time or scalar_time(data, source.time)
        if when is None:
            raise ReadError(
                f"{variable} has no time axis: its axes are {_axes(data, variable)}",
                hint="name the axis of time (time='...'), or give it as a static field",
            )
        times, calendar = _times(data, when)
    except ReadError as error:
        raise error.at(source=path) from None
    frames = int(data.sizes[layout.time]) if layout.time else 1
    if frames == 0:
        raise ReadError(f"{variable} has no frames").at(source=path)
    channels = channels_of(data, variable, layout)
    return Piece(
        path, variable, layout, channels, frames, _chunk(data, variable, layout), times, calendar
    )


def _axes(data: xr.Dataset, variable: str) -> str:
    return ", ".join(f"{name} ({size})" for name, size in data[variable].sizes.items())


def _times(data: xr.Dataset, name: str) -> tuple[NDArray[np.int64] | None, str]:
    if name not in data.variables:
        return None, ""
    attributes = data[name].attrs
    units = attributes.get("units")
    if units is None:
        return None, ""
    calendar = str(attributes.get("calendar", "standard")).lower()
    calendar = _SAME.get(calendar, calendar)
    found = decoded(data[name].values, str(units), calendar)
    if calendar == "proleptic_gregorian" and found.min() >= _REFORM:
        calendar = "standard"
    return found, calendar


def _chunk(data: xr.Dataset, variable: str, layout: Layout) -> int:
    """Frames that the file stores together, 1 where it does not say."""
    if layout.time is None:
        return 1
    sizes = data[variable].encoding.get("preferred_chunks") or {}
    return int(sizes.get(layout.time, 1))


def in_order(pieces: list[Piece]) -> tuple[list[Piece], Times]:
    """Pieces sorted by time, and the times of all their frames together.

    Raises ReadError when calendars differ, times overlap or only some files state times, or when
    the channels of the files are not the same.
    """
    calendars = {piece.calendar: piece.path for piece in pieces}
    if len(calendars) > 1:
        listed = ", ".join(f"{name or 'no times'} ({path})" for name, path in calendars.items())
        raise ReadError(
            f"the files have different calendars: {listed}",
            hint="give files of one calendar; convert the others first",
        )
    for piece in pieces:
        if piece.channels != pieces[0].channels:
            raise ReadError(
                f"{piece.variable} has other levels or units than in {pieces[0].path}: "
                f"{_names(piece)} and {_names(pieces[0])}"
            ).at(source=piece.path)
    if pieces[0].times is None:
        return pieces, counted(sum(piece.frames for piece in pieces))
    ordered = sorted(pieces, key=lambda piece: int(_known(piece)[0]))
    together = np.concatenate([_known(piece) for piece in ordered])
    try:
        return ordered, regular(together, pieces[0].calendar)
    except ReadError as error:
        raise error.at(source=_places(ordered)) from None


def _known(piece: Piece) -> NDArray[np.int64]:
    assert piece.times is not None
    return piece.times


def _names(piece: Piece) -> str:
    return ", ".join(f"{channel.name} in {channel.units!r}" for channel in piece.channels)


def _places(pieces: list[Piece]) -> str:
    last = f" ... {pieces[-1].path}" if len(pieces) > 1 else ""
    return f"{pieces[0].path}{last}"


def parts(pieces: list[Piece], start: int, stop: int) -> Iterator[tuple[Piece, slice]]:
    """The pieces that hold frames [start, stop), each with which of its own frames these are."""
    first = 0
    for piece in pieces:
        begin, end = max(start - first, 0), min(stop - first, piece.frames)
        if begin < end:
            yield piece, slice(begin, end)
        first += piece.frames


def grid_in(path: str, data: xr.Dataset, variable: str, source: Source) -> Grid:
    """The grid of a variable in one file. Raises ReadError, with the file."""
    try:
        layout = layout_of(data, variable, source.time, source.space)
        return grid_of(data, variable, layout)
    except ReadError as error:
        raise error.at(source=path) from None

"""Decides which axis of a variable is time and which two are space; reads no values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import xarray as xr

from convwise.errors import ReadError

_TIME = ("time", "t", "valid_time", "date")
_Y = ("latitude", "lat", "nav_lat", "y", "rlat", "south_north", "nlat", "j", "row", "northing")
_X = ("longitude", "lon", "nav_lon", "x", "rlon", "west_east", "nlon", "i", "column", "easting")
_Y_STANDARD = ("latitude", "projection_y_coordinate", "grid_latitude")
_X_STANDARD = ("longitude", "projection_x_coordinate", "grid_longitude")


@dataclass(frozen=True, slots=True)
class Layout:
    """Names of a variable's axes. time: None where it has none of its own; `extra` in its order."""

    time: str | None
    extra: tuple[str, ...]
    y: str
    x: str


def layout_of(
    data: xr.Dataset, variable: str, time: str | None, space: tuple[str, str] | None
) -> Layout:
    """The axes of one variable, by what the user says, else attributes, else names, else order.

    Raises ReadError when there are not two axes of space.
    """
    dims = [str(dim) for dim in data[variable].dims]
    when = time_axis(data, dims, time)
    rest = [dim for dim in dims if dim != when]
    if space is not None and not set(space) <= set(rest):
        raise ReadError(
            f"{variable} has no axes {space[0]} and {space[1]}: its axes are {', '.join(dims)}"
        )
    if len(rest) < 2:
        raise ReadError(
            f"{variable} has no two axes of space: its axes are {', '.join(dims) or 'none'}",
            hint="a field needs two axes of space, such as latitude and longitude",
        )
    y, x = space or _space(data, rest)
    return Layout(when, tuple(dim for dim in rest if dim not in (y, x)), y, x)


def time_axis(data: xr.Dataset, dims: list[str], given: str | None) -> str | None:
    """The name of the time axis among these, or None."""
    if given is not None:
        return given if given in dims else None
    for dim in dims:
        if dim in data.variables and _is_time(data[dim].attrs):
            return dim
    return next((dim for dim in dims if dim.lower() in _TIME), None)


def scalar_time(data: xr.Dataset, given: str | None) -> str | None:
    """The name of the one time that a file of a single frame states, or None."""
    names = [given] if given else ["time", "valid_time", *map(str, data.coords)]
    for name in names:
        if name in data.variables and data[name].ndim == 0 and _is_time(data[name].attrs):
            return name
    return None


def varies(data: xr.Dataset, variable: str, time: str | None) -> bool:
    """Whether a variable is a field of numbers in time and in two axes of space."""
    bounds = {str(item.attrs.get("bounds", "")) for item in data.variables.values()}
    if variable in bounds or data[variable].dtype.kind not in "iufb":
        return False
    dims = [str(dim) for dim in data[variable].dims]
    if time_axis(data, dims, time) is not None:
        return len(dims) >= 3
    return len(dims) >= 2 and scalar_time(data, time) is not None


def _is_time(attributes: dict[Any, Any]) -> bool:
    units = str(attributes.get("units", ""))
    return (
        attributes.get("standard_name") == "time"
        or attributes.get("axis") == "T"
        or " since " in units
    )


def _space(data: xr.Dataset, dims: list[str]) -> tuple[str, str]:
    y = _named(data, dims, "Y", _Y_STANDARD, _Y)
    x = _named(data, dims, "X", _X_STANDARD, _X)
    left = [dim for dim in dims if dim not in (y, x)]
    x = x or left.pop()
    y = y or left.pop()
    return y, x


def _named(
    data: xr.Dataset, dims: list[str], axis: str, standard: tuple[str, ...], names: tuple[str, ...]
) -> str | None:
    for dim in dims:
        attributes = data[dim].attrs if dim in data.variables else {}
        if attributes.get("axis") == axis or attributes.get("standard_name") in standard:
            return dim
    return next((dim for dim in dims if dim.lower() in names), None)

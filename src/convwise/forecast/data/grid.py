"""Where the cells of a field are: coordinates, wrap-around, area weights; reads no fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from convwise.errors import ReadError
from convwise.forecast.data.layout import Layout

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The two axes of space of a record.

    axes: names (y, x). shape: cells along each. coordinates: one-dimensional, or None where the
    file has none. attributes: of each coordinate, as in the file. wraps: whether the last cell of
    an axis is next to its first. weights: float64 (y, x), mean 1: what a cell counts in a mean.
    weighting: how they were found.
    """

    axes: tuple[str, str]
    shape: tuple[int, int]
    coordinates: tuple[Array | None, Array | None]
    attributes: tuple[dict[str, Any], dict[str, Any]]
    wraps: tuple[bool, bool]
    weights: NDArray[np.float64]
    weighting: str

    def same_place(self, other: Grid) -> str | None:
        """What differs between two grids, or None."""
        if self.shape != other.shape:
            return f"{self.shape} cells and {other.shape} cells"
        for name, mine, others in zip(self.axes, self.coordinates, other.coordinates, strict=True):
            if mine is not None and others is not None and not np.allclose(mine, others):
                return f"other values along {name}"
        return None


def grid_of(data: xr.Dataset, variable: str, layout: Layout) -> Grid:
    """The grid that a variable is on."""
    names = (layout.y, layout.x)
    shape = (int(data.sizes[layout.y]), int(data.sizes[layout.x]))
    coordinates = (_coordinate(data, layout.y), _coordinate(data, layout.x))
    attributes = (_attributes(data, layout.y), _attributes(data, layout.x))
    wraps = (False, _is_longitude(layout.x, attributes[1]) and _closes(coordinates[1]))
    latitude = _latitude(data, variable, layout)
    if latitude is None:
        return Grid(names, shape, coordinates, attributes, wraps, np.ones(shape), "equal")
    if np.abs(latitude).max() > 90.001:
        raise ReadError(
            f"{layout.y} is a latitude beyond the poles: up to {np.abs(latitude).max():g} degrees"
        )
    cosine = np.broadcast_to(np.maximum(np.cos(np.deg2rad(latitude)), 0), shape)
    weights = np.ascontiguousarray(cosine / cosine.mean())
    return Grid(names, shape, coordinates, attributes, wraps, weights, "cosine of latitude")


def _coordinate(data: xr.Dataset, name: str) -> Array | None:
    if name not in data.variables or data[name].ndim != 1 or data[name].dtype.kind not in "iuf":
        return None
    return np.asarray(data[name].values)


def _attributes(data: xr.Dataset, name: str) -> dict[str, Any]:
    return dict(data[name].attrs) if name in data.variables else {}


def _is_longitude(name: str, attributes: dict[str, Any]) -> bool:
    units = str(attributes.get("units", "")).lower()
    return (
        attributes.get("standard_name") == "longitude"
        or units in ("degrees_east", "degree_east", "degrees_e")
        or name.lower() in ("lon", "longitude")
    )


def _is_latitude(name: str, attributes: dict[str, Any]) -> bool:
    units = str(attributes.get("units", "")).lower()
    return (
        attributes.get("standard_name") == "latitude"
        or units in ("degrees_north", "degree_north", "degrees_n")
        or name.lower() in ("lat", "latitude")
    )


def _closes(longitude: Array | None) -> bool:
    """Whether equal steps lead from the last longitude to the first, once around."""
    if longitude is None or len(longitude) < 2:
        return False
    steps = np.diff(longitude.astype(np.float64))
    step = steps.mean()
    even = np.abs(steps - step).max() < 1e-3 * abs(step)
    return bool(even and abs(abs(step) * len(longitude) - 360) < 0.01 * abs(step))


def _latitude(data: xr.Dataset, variable: str, layout: Layout) -> NDArray[np.float64] | None:
    """Latitudes in degrees, (y, 1) or (y, x), or None where the file does not say them."""
    if _is_latitude(layout.y, _attributes(data, layout.y)):
        values = _coordinate(data, layout.y)
        return None if values is None else values.astype(np.float64)[:, None]
    for name, coordinate in data[variable].coords.items():
        flat = set(coordinate.dims) == {layout.y, layout.x} and coordinate.ndim == 2
        if flat and _is_latitude(str(name), dict(coordinate.attrs)):
            return np.asarray(coordinate.transpose(layout.y, layout.x).values, np.float64)
    return None

"""Random records on disk: gaps, missing values, calendars, orders of axes, several files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cftime
import numpy as np
import xarray as xr

CALENDARS = ("standard", "noleap", "360_day", "proleptic_gregorian")
#: Length of a step in hours, and how many such steps a day has.
HOURS = (1, 3, 6, 24)


@dataclass(frozen=True)
class Made:
    """A record on disk and, beside it, all of it in memory."""

    paths: tuple[str, ...]
    variables: tuple[str, ...]
    sentinel: float | None
    steps: np.ndarray
    hours: int
    values: np.ndarray  # (time, channel, lat, lon), NaN where missing
    latitude: np.ndarray
    dates: list[Any]

    def segments(self) -> list[list[int]]:
        """Frame numbers of each run without a gap."""
        runs: list[list[int]] = [[0]]
        for frame in range(1, len(self.steps)):
            if self.steps[frame] == self.steps[frame - 1] + 1:
                runs[-1].append(frame)
            else:
                runs.append([frame])
        return runs


def random_record(seed: int, folder: Path) -> Made:
    """A record of 70 to 110 frames; every choice comes from the seed."""
    random = np.random.default_rng(seed)
    calendar = CALENDARS[random.integers(len(CALENDARS))]
    hours = int(HOURS[random.integers(len(HOURS))])
    count = int(random.integers(70, 110))
    steps = np.arange(count)
    if random.random() < 0.7:
        for cut in sorted(random.choice(np.arange(5, count - 5), 2, replace=False)):
            steps[cut:] += random.integers(1, 5)
    y, x = (int(size) for size in random.integers(3, 7, 2))
    channels = int(random.integers(1, 3))
    values = random.normal(280, 5, (count, channels, y, x))
    values += 3 * np.sin(2 * np.pi * steps * hours / 24)[:, None, None, None]
    values = np.cumsum(random.normal(0, 0.5, values.shape), 0) + values
    values = values.astype(np.float32)
    if random.random() < 0.7:
        values[random.random(values.shape) < 0.1] = np.nan
    sentinel = -999.0 if random.random() < 0.5 else None
    latitude = np.linspace(70, 20, y) if random.random() < 0.5 else np.linspace(-30, 40, y)
    data = _dataset(values, steps * hours, calendar, latitude, sentinel, random)
    paths = _written(data, folder, int(random.integers(1, 4)), random)
    origin = cftime.datetime(2001, 2, 25, calendar=calendar)
    units = f"hours since {origin.strftime('%Y-%m-%d')}"
    dates = list(cftime.num2date(steps * hours, units, calendar))
    names = tuple(f"v{number}" for number in range(channels))
    return Made(paths, names, sentinel, steps, hours, values, latitude, dates)


def _dataset(
    values: np.ndarray,
    hours: np.ndarray,
    calendar: str,
    latitude: np.ndarray,
    sentinel: float | None,
    random: np.random.Generator,
) -> xr.Dataset:
    units = {"units": "hours since 2001-02-25", "calendar": calendar}
    coordinates = {
        "time": ("time", hours, units),
        "latitude": ("latitude", latitude, {"units": "degrees_north"}),
        "longitude": ("longitude", np.arange(values.shape[3]) * 1.5, {"units": "degrees_east"}),
    }
    stored = values if sentinel is None else np.where(np.isnan(values), sentinel, values)
    fields = {}
    for channel in range(values.shape[1]):
        field = xr.DataArray(stored[:, channel], dims=("time", "latitude", "longitude"))
        order = random.permutation(["time", "latitude", "longitude"])
        fields[f"v{channel}"] = field.transpose(*order)
    return xr.Dataset(fields, coords=coordinates)


def _written(
    data: xr.Dataset, folder: Path, files: int, random: np.random.Generator
) -> tuple[str, ...]:
    if random.random() < 0.3:
        path = folder / "record.zarr"
        data.to_zarr(path, zarr_format=2)
        return (str(path),)
    edges = np.linspace(0, data.sizes["time"], files + 1).astype(int)
    names = random.permutation(files)
    for number in range(files):
        part = data.isel(time=slice(edges[number], edges[number + 1]))
        part.to_netcdf(folder / f"{names[number]}.nc")
    return (str(folder / "*.nc"),)

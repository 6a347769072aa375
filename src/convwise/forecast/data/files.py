"""Opens one file of any format as an xarray dataset with undecoded times; never reads values."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from convwise.errors import ConvwiseError, ReadError
from convwise.forecast.data.classic import check_length

_ZARR = ("zarr.json", ".zgroup", ".zmetadata", ".zarray")
#: First bytes of a file, and its format.
_MAGIC = (
    (b"CDF", "netcdf"),
    (b"\x89HDF", "netcdf"),
    (b"GRIB", "grib"),
    (b"\x93NUMPY", "npy"),
    (b"PK\x03\x04", "npz"),
)


def format_of(path: str) -> str:
    """netcdf, zarr, grib, npy or npz, told by what is in the file, not by its name."""
    if os.path.isdir(path):
        if any(os.path.exists(os.path.join(path, name)) for name in _ZARR):
            return "zarr"
        raise ReadError(f"{path}: a folder, but no Zarr store", hint="a pattern: 'folder/*.nc'")
    try:
        with open(path, "rb") as file:
            first = file.read(8)
    except OSError as error:
        raise ReadError(f"{path}: {error.strerror or error}") from None
    for magic, name in _MAGIC:
        if first.startswith(magic):
            return name
    raise ReadError(
        f"{path}: neither NetCDF, Zarr, GRIB nor NumPy (first bytes {first!r})",
        hint="convert it to NetCDF",
    )


def open_file(path: str, axes: tuple[str, ...]) -> xr.Dataset:
    """The file as a dataset whose values stay on disk; times stay numbers with their units.

    axes: names for the axes of NumPy arrays. Raises ReadError naming the file and the cause.
    """
    kind = format_of(path)
    openers: dict[str, Callable[[], xr.Dataset]] = {
        "netcdf": lambda: _netcdf(path),
        "zarr": lambda: _xarray(path, "zarr"),
        "grib": lambda: _xarray(path, "cfgrib", backend_kwargs={"indexpath": ""}),
        "npy": lambda: _numpy({Path(path).stem: np.load(path, mmap_mode="r")}, path, axes),
        "npz": lambda: _numpy(_members(path), path, axes),
    }
    try:
        return openers[kind]()
    except ConvwiseError:
        raise
    except ImportError as error:
        raise _not_installed(path, kind) from error
    # Every library under xarray has errors of its own for a damaged file.
    except Exception as error:
        raise unreadable(path, error) from error


def unreadable(path: str, error: Exception) -> ReadError:
    """A file that a library under us could not read, in one line."""
    cause = " ".join(str(error).split()) or type(error).__name__
    return ReadError(
        f"{path}: cannot be read: {cause}",
        hint="the file may be cut short or damaged: copy it or download it again",
    )


def _not_installed(path: str, kind: str) -> ReadError:
    extra = "grib" if kind == "grib" else "forecast"
    return ReadError(
        f"{path}: the packages that read {kind} files are not installed",
        hint=f"pip install 'convwise[{extra}]'",
    )


def _netcdf(path: str) -> xr.Dataset:
    check_length(path)
    return _xarray(path, "netcdf4")


def _xarray(path: str, engine: str, **options: Any) -> xr.Dataset:
    if engine == "cfgrib":
        # xarray itself only says that the engine is unknown.
        import cfgrib  # noqa: F401
    with warnings.catch_warnings():
        # Stores without consolidated metadata and unusual fill values are read all the same.
        warnings.simplefilter("ignore")
        return xr.open_dataset(
            path,
            engine=engine,
            decode_times=False,
            decode_timedelta=False,
            cache=False,
            chunks=None,
            **options,
        )


def _members(path: str) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of an npz: compressed, so each is held whole while the file is open."""
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _numpy(arrays: dict[str, np.ndarray[Any, Any]], path: str, axes: tuple[str, ...]) -> xr.Dataset:
    """Arrays under names of axes; one-dimensional arrays named like an axis are coordinates."""
    found: dict[str, Any] = {}
    for name, array in arrays.items():
        if array.ndim == 1 and name in axes:
            found[name] = _coordinate(name, array)
        elif name in axes and array.ndim > 1:
            raise ReadError(
                f"{path}: {name} is the name of an array and of an axis",
                hint="name the axis otherwise: axes=('time', 'row', 'column')",
            )
        elif array.ndim == len(axes):
            found[name] = (axes, array)
        elif array.ndim == 2 and len(axes) > 2:
            found[name] = (axes[-2:], array)
    if not any(len(dims) == len(axes) and axes for dims, _ in found.values()):
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ReadError(
            f"{path}: no array has {len(axes)} axes ({', '.join(axes) or 'none named'}): {shapes}",
            hint="name the axes in the order of the array: axes=('time', 'y', 'x')",
        )
    return xr.Dataset(found)


def _coordinate(name: str, array: np.ndarray[Any, Any]) -> Any:
    """A coordinate of an axis; dates become numbers with units, as a file would have them."""
    if array.dtype.kind != "M":
        return (name,), array
    numbers = array.astype("datetime64[us]").astype(np.int64)
    units = {"units": "microseconds since 1970-01-01", "calendar": "proleptic_gregorian"}
    return (name,), numbers, units

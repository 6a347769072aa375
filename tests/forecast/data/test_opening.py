"""Records of every format give the same frames; what is wrong with files is said once, clearly."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from convwise.errors import ReadError, UsageError
from convwise.forecast.data.opening import open_record
from convwise.forecast.data.record import Box
from convwise.forecast.data.source import Source
from tests.forecast.shipped import ERA5, RAIN, SST

HOURS = {"units": "hours since 2000-01-01", "calendar": "standard"}


def data(frames: int = 6, first: int = 0, calendar: str = "standard") -> xr.Dataset:
    numbers = np.random.default_rng(first).normal(size=(frames, 2, 4, 8)).astype("f4")
    return xr.Dataset(
        {
            "z": (("time", "level", "lat", "lon"), numbers, {"units": "m"}),
            "t": (("lat", "time", "lon"), numbers[:, 0].transpose(1, 0, 2) + 280, {"units": "K"}),
            "land": (("lat", "lon"), np.eye(4, 8)),
        },
        coords={
            "time": ("time", first + np.arange(frames), {**HOURS, "calendar": calendar}),
            "level": ("level", [500, 850]),
            "lat": ("lat", np.linspace(60, -60, 4), {"units": "degrees_north"}),
            "lon": ("lon", np.arange(8) * 45.0, {"units": "degrees_east"}),
        },
    )


def opened(*paths: Path, **options: object):
    return open_record(Source(tuple(map(str, paths)), **options))


def test_variables_levels_and_statics_become_channels(tmp_path: Path) -> None:
    made = data()
    made.to_netcdf(tmp_path / "a.nc")
    record = opened(tmp_path / "a.nc", variables=("t", "z"), static=("land",))
    assert [channel.name for channel in record.channels] == ["t", "z[level=500]", "z[level=850]"]
    assert [channel.units for channel in record.channels] == ["K", "m", "m"]
    assert record.grid.wraps == (False, True)
    cosine = np.cos(np.deg2rad(made.lat.values))
    np.testing.assert_allclose(record.grid.weights[:, 0], cosine / cosine.mean())
    found = record.read(1, 4, Box(1, 3, 2, 7))
    np.testing.assert_array_equal(found[:, 1:], made.z.values[1:4, :, 1:3, 2:7])
    np.testing.assert_array_equal(found[:, 0], made.t.values.transpose(1, 0, 2)[1:4, 1:3, 2:7])
    np.testing.assert_array_equal(record.static()[0], made.land.values)


def test_every_format_gives_the_same_frames(tmp_path: Path) -> None:
    made = data()
    made.to_netcdf(tmp_path / "a.nc")
    made.to_netcdf(tmp_path / "classic.nc", format="NETCDF3_64BIT")
    made.to_zarr(tmp_path / "a.zarr", zarr_format=2)
    made.to_zarr(tmp_path / "b.zarr", zarr_format=3, consolidated=False)
    np.save(tmp_path / "z.npy", made.z.values)
    np.savez(tmp_path / "z.npz", z=made.z.values, level=made.level.values)
    axes = ("time", "level", "lat", "lon")
    for name in ("a.nc", "classic.nc", "a.zarr", "b.zarr", "z.npy", "z.npz"):
        with_axes = {"axes": axes} if name.startswith("z.") else {}
        record = opened(tmp_path / name, variables=("z",), **with_axes)
        np.testing.assert_array_equal(record.read(2, 5), made.z.values[2:5])
        record.close()


def test_many_files_are_one_record_in_the_order_of_time(tmp_path: Path) -> None:
    for name, first in (("b", 0), ("a", 6), ("c", 20)):
        data(6, first).to_netcdf(tmp_path / f"{name}.nc")
    record = opened(tmp_path / "*.nc", variables=("z",))
    assert len(record) == 18
    assert record.times.segments() == ((0, 12), (12, 18))
    assert [Path(path).name for path in record.paths] == ["b.nc", "a.nc", "c.nc"]
    wanted = np.concatenate([data(6, 0).z.values, data(6, 6).z.values])[4:8]
    np.testing.assert_array_equal(record.read(4, 8), wanted)


def test_files_of_one_frame_and_a_scalar_time(tmp_path: Path) -> None:
    made = data()
    for frame in range(6):
        made[["z"]].isel(time=frame).to_netcdf(tmp_path / f"{5 - frame}.nc")
    record = opened(tmp_path / "*.nc")
    assert record.times.step.text() == "1 hour"
    np.testing.assert_array_equal(record.read(0, 6), made.z.values)


def test_sentinels_and_what_is_not_finite_are_missing(tmp_path: Path) -> None:
    made = data()[["t"]]
    made.t.values[0, 0, :3] = (-3, np.inf, np.nan)
    made.to_netcdf(tmp_path / "a.nc")
    record = opened(tmp_path / "a.nc", missing=(-3.0,))
    assert np.isnan(record.read(0, 6)).sum() == 3
    assert np.isnan(record.read(0, 1)[0, 0, 0, :3]).all()


def test_integers_have_sentinels_too(tmp_path: Path) -> None:
    np.save(tmp_path / "rain.npy", np.array([[[1, -1], [2, 3]]] * 3, np.int16))
    record = opened(tmp_path / "rain.npy", axes=("time", "y", "x"), missing=(-1.0,))
    assert np.isnan(record.read(0, 3)[:, 0, 0, 1]).all()
    assert np.isnan(record.read(0, 3)).sum() == 3
    assert record.grid.weighting == "equal"


def test_a_record_travels_without_its_open_files(tmp_path: Path) -> None:
    data().to_netcdf(tmp_path / "a.nc")
    record = opened(tmp_path / "a.nc", variables=("z",))
    wanted = record.read(0, 3)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(record)).read(0, 3), wanted)


def test_shipped_records_are_what_their_provenance_says() -> None:
    era5, sst, rain = (opened(Path(path)) for path in (ERA5, SST, RAIN))
    assert (len(era5), era5.grid.shape, era5.times.step.text()) == (744, (33, 49), "1 hour")
    assert (len(sst), sst.grid.shape, sst.times.step.text()) == (128, (89, 180), "1 month")
    assert (len(rain), rain.grid.shape, rain.times.step.text()) == (36, (256, 256), "2 minutes")
    assert sst.grid.wraps == (False, True)
    assert round(float(np.isnan(sst.read(0, 128)).mean()), 3) == 0.314
    low, high = np.min(era5.read(0, 744)), np.max(era5.read(0, 744))
    assert (round(float(low), 1), round(float(high), 1)) == (265.7, 291.6)


def refused(*paths: Path, **options: object) -> str:
    with pytest.raises((ReadError, UsageError)) as caught:
        opened(*paths, **options)
    return str(caught.value)


def test_a_missing_variable_names_those_that_exist(tmp_path: Path) -> None:
    data().to_netcdf(tmp_path / "a.nc")
    assert "wind is in none of the files: they have z, t, land" in refused(
        tmp_path / "a.nc", variables=("wind",)
    )
    assert "which variable? The file has z, t" in refused(tmp_path / "a.nc")


def test_a_static_variable_is_no_field_in_time(tmp_path: Path) -> None:
    data().to_netcdf(tmp_path / "a.nc")
    said = refused(tmp_path / "a.nc", variables=("land",))
    assert "land has no time axis: its axes are lat (4), lon (8)" in said
    assert "t is no static field: it has 6 values along time" in refused(
        tmp_path / "a.nc", variables=("z",), static=("t",)
    )


def test_mixed_calendars_are_refused_with_the_files(tmp_path: Path) -> None:
    data(6, 0).to_netcdf(tmp_path / "a.nc")
    data(6, 6, "360_day").to_netcdf(tmp_path / "b.nc")
    said = refused(tmp_path / "*.nc", variables=("z",))
    assert "different calendars: standard" in said
    assert "360_day" in said


def test_overlapping_files_are_refused(tmp_path: Path) -> None:
    data(6, 0).to_netcdf(tmp_path / "a.nc")
    data(6, 4).to_netcdf(tmp_path / "b.nc")
    assert "times do not increase" in refused(tmp_path / "*.nc", variables=("z",))


def test_another_grid_is_refused(tmp_path: Path) -> None:
    data(6, 0).to_netcdf(tmp_path / "a.nc")
    data(6, 6).isel(lon=slice(0, 4)).to_netcdf(tmp_path / "b.nc")
    assert "z is on another grid than in" in refused(tmp_path / "*.nc", variables=("z",))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
@pytest.mark.parametrize("form", ["NETCDF4", "NETCDF3_64BIT"])
def test_a_truncated_file_is_refused(tmp_path: Path, form: str, share: float) -> None:
    path = tmp_path / "a.nc"
    data(200)[["z"]].to_netcdf(path, format=form)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ReadError) as caught:
        opened(path).read(0, 200)
    assert str(path) in str(caught.value)
    assert "cut short" in str(caught.value)


def test_a_file_changed_since_is_refused_when_read(tmp_path: Path) -> None:
    path = tmp_path / "a.nc"
    data().to_netcdf(path)
    record = opened(path, variables=("z",))
    path.write_bytes(b"CDF broken")
    with pytest.raises(ReadError, match=r"a\.nc: cannot be read"):
        record.read(0, 1)


def test_other_trouble_has_one_clear_message(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b")
    (tmp_path / "folder").mkdir()
    np.save(tmp_path / "a.npy", np.zeros((3, 4, 5)))
    assert "neither NetCDF, Zarr, GRIB nor NumPy" in refused(tmp_path / "a.csv")
    assert "no Zarr store" in refused(tmp_path / "folder")
    assert "no such file" in refused(tmp_path / "none*.nc")
    assert "no array has 0 axes (none named): a (3, 4, 5)" in refused(tmp_path / "a.npy")
    with pytest.raises(UsageError, match="no file is given"):
        Source(())


def test_grib_without_its_packages_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.grib").write_bytes(b"GRIB....")
    monkeypatch.setitem(sys.modules, "cfgrib", None)
    said = refused(tmp_path / "a.grib")
    assert "the packages that read grib files are not installed" in said
    assert "convwise[grib]" in said

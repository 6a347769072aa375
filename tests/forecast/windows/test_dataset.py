"""The dataset gives the windows it says, in workers too, within its cache; nothing leaks."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr

from convwise.errors import ReadError, UsageError
from convwise.forecast.data.cache import FrameCache
from convwise.forecast.data.opening import open_record
from convwise.forecast.data.record import Record
from convwise.forecast.data.source import Source
from convwise.forecast.windows.dataset import WindowDataset
from convwise.forecast.windows.preparation import prepare
from convwise.forecast.windows.splits import split_in_time
from convwise.forecast.windows.windows import Part, Windows
from tests.forecast.shipped import ERA5, SST

WINDOWS = Windows(4, 2)


def dataset(record: Record, part: Part | None = None, **options: object) -> WindowDataset:
    part = part or Part("training", ((0, 60),))
    return WindowDataset(record, part, WINDOWS, prepare(record, part), **options)


def test_a_sample_is_the_prepared_window() -> None:
    record = open_record(Source((SST,)))
    found = dataset(record)
    values = record.read(7, 13)
    sample = found[7]
    prepared = found.preparation.forward(values, np.arange(7, 13))
    np.testing.assert_array_equal(sample.inputs_valid, ~np.isnan(values[:4]))
    np.testing.assert_array_equal(sample.inputs, np.nan_to_num(prepared[:4]))
    np.testing.assert_array_equal(sample.targets, np.nan_to_num(prepared[4:]))
    assert sample.frame == 7
    assert len(found) == 55


@pytest.mark.parametrize(
    ("form", "context"),
    [
        ("nc", "fork"),
        ("zarr", "fork"),
        ("nc", "spawn"),
        pytest.param("zarr", "spawn", marks=pytest.mark.slow),
    ],
)
def test_workers_give_the_same_samples_and_do_not_hang(
    tmp_path: Path, form: str, context: str
) -> None:
    path = SST
    if form == "zarr":
        path = str(tmp_path / "sst.zarr")
        xr.open_dataset(SST, decode_times=False).drop_encoding().to_zarr(path, zarr_format=2)
    found = dataset(open_record(Source((path,))))
    alone = [found[number].inputs for number in range(len(found))]
    loader = torch.utils.data.DataLoader(
        found, batch_size=16, num_workers=2, multiprocessing_context=context, timeout=100
    )
    together = torch.cat([batch.inputs for batch in loader])
    assert torch.equal(together, torch.stack(alone))


def test_the_cache_is_bounded_and_gives_the_same_frames() -> None:
    record = open_record(Source((ERA5,)))
    whole = record.read(0, 744)
    random = np.random.default_rng(0)
    for most in (0, 400_000, 2_000_000):
        cache = FrameCache(record, most_bytes=most)
        for _ in range(30):
            start = int(random.integers(0, 700))
            stop = start + int(random.integers(1, 40))
            np.testing.assert_array_equal(cache.frames(start, stop), whole[start:stop])
            assert cache.kept_bytes <= most


def test_an_empty_window_is_refused_with_its_dates(tmp_path: Path) -> None:
    data = xr.open_dataset(SST, decode_times=False).load()
    data.sst[20:30] = np.nan
    data.drop_encoding().to_netcdf(tmp_path / "a.nc")
    found = dataset(open_record(Source((str(tmp_path / "a.nc"),))))
    with pytest.raises(ReadError, match=r"every input value from 2011-09-01.* to 2011-12-01"):
        found[20]
    with pytest.raises(ReadError, match="every target value"):
        found[16]


def test_unknown_targets_are_refused() -> None:
    with pytest.raises(UsageError, match="rain is to be forecast and not in the record"):
        dataset(open_record(Source((SST,))), targets=("rain",))


def test_static_fields_come_prepared(tmp_path: Path) -> None:
    data = xr.open_dataset(SST, decode_times=False).load()
    data["land"] = data.sst[0].isnull().astype("f4")
    data.drop_encoding().to_netcdf(tmp_path / "a.nc")
    found = dataset(open_record(Source((str(tmp_path / "a.nc"),), ("sst",), static=("land",))))
    static = found[0].static.double()
    assert static.shape == (1, 89, 180)
    assert abs(float(static.mean())) < 1e-6
    assert len(static.unique()) == 2


def test_shuffling_the_future_changes_nothing_in_training(tmp_path: Path) -> None:
    path = tmp_path / "a.nc"
    shutil.copy(ERA5, path)
    before = learned(str(path))
    data = xr.open_dataset(ERA5, decode_times=False).load()
    random = np.random.default_rng(0)
    data.t2m[528:] = random.permutation(data.t2m.values[528:]) * 2
    path.unlink()
    data.to_netcdf(path)
    after = learned(str(path))
    for mine, others in zip(before, after, strict=True):
        np.testing.assert_array_equal(mine, others)
    data.t2m[527] += 1
    path.unlink()
    data.to_netcdf(path)
    assert not np.array_equal(before[0], learned(str(path))[0])


def learned(path: str) -> tuple[np.ndarray, ...]:
    """Everything that training sees: statistics and every sample."""
    record = open_record(Source((path,)))
    split = split_in_time(record.times, WINDOWS, (528, 600))
    made = prepare(record, split.training, anomalies=True)
    assert made.anomalies is not None
    found = WindowDataset(record, split.training, WINDOWS, made)
    inputs = np.stack([found[number].inputs.numpy() for number in range(0, len(found), 9)])
    last = found[len(found) - 1].targets.numpy()
    record.close()
    return made.mean, made.deviation, made.anomalies.values, inputs, last

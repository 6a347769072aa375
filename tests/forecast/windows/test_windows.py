"""Windows never bridge a gap; parts are at least a window apart; scaling adds over chunks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from convwise.errors import ReadError, UsageError
from convwise.forecast.data.opening import open_record
from convwise.forecast.data.record import Box, Record
from convwise.forecast.data.source import Source
from convwise.forecast.data.times import Step, Times
from convwise.forecast.windows.climatology import cycle_of
from convwise.forecast.windows.preparation import prepare
from convwise.forecast.windows.splits import edges_of, split_by_file, split_in_space, split_in_time
from convwise.forecast.windows.statistics import Moments, moments_of
from convwise.forecast.windows.transforms import TRANSFORMS
from convwise.forecast.windows.windows import Part, Windows, shuffled
from tests.forecast.shipped import ERA5, RAIN, SST


def times(*steps: int) -> Times:
    return Times(np.array(steps, np.int64), Step(1, "frame"))


def record(path: str = ERA5, **options: object) -> Record:
    return open_record(Source((path,), **options))


def test_windows_stop_at_gaps_and_ends() -> None:
    found = Windows(2, 1).starts(times(0, 1, 2, 3, 5, 6, 7, 10), Part("all", ((0, 8),)))
    assert found.tolist() == [0, 1, 4]
    found = Windows(2, 1, stride=2).starts(times(*range(9)), Part("all", ((0, 4), (4, 9))))
    assert found.tolist() == [0, 4, 6]


def test_no_window_says_the_longest_run() -> None:
    with pytest.raises(UsageError, match=r"no window of 8 \+ 1 frames fits: .* has 4"):
        Windows(8, 1).starts(times(0, 1, 2, 3, 5, 6), Part("test", ((0, 6),)))
    with pytest.raises(UsageError, match="horizon 0: at least 1 is needed"):
        Windows(8, 0)


@pytest.mark.parametrize("seed", range(20))
def test_parts_in_time_are_at_least_a_window_apart(seed: int) -> None:
    random = np.random.default_rng(seed)
    made = times(*np.cumsum(random.choice([1, 1, 1, 1, 1, 1, 1, 6], 200)).tolist())
    windows = Windows(int(random.integers(1, 3)), int(random.integers(1, 3)))
    split = split_in_time(made, windows, (120, 160))
    used = [frames_of(part) for part in (split.training, split.validation, split.test)]
    for first, second in ((0, 1), (1, 2), (0, 2)):
        apart = made.steps[used[second]].min() - made.steps[used[first]].max() - 1
        assert apart >= windows.frames
    assert used[0].max() == 119
    assert used[2].min() == 160


def frames_of(part: Part) -> np.ndarray:
    return np.concatenate([np.arange(a, b) for a, b in part.ranges])


def test_the_validation_part_gives_way() -> None:
    split = split_in_time(times(*range(744)), Windows(8, 4), (528, 600))
    assert split.training.ranges == ((0, 528),)
    assert split.validation.ranges == ((540, 588),)
    assert split.test.ranges == ((600, 744),)


def test_without_validation_the_training_part_gives_way() -> None:
    split = split_in_time(times(*range(100)), Windows(3, 2), (60, 60))
    assert split.training.ranges == ((0, 55),)
    assert split.validation.ranges == ()


def test_shares_become_edges() -> None:
    assert edges_of(100, (0.7, 0.1, 0.2)) == (70, 80)
    with pytest.raises(UsageError, match="none below zero"):
        edges_of(100, (-1, 1, 1))


def test_files_are_split_with_the_same_gap(tmp_path: Path) -> None:
    data = xr.open_dataset(SST, decode_times=False)
    for number in range(3):
        data.isel(time=slice(40 * number, 40 * number + 40)).to_netcdf(tmp_path / f"{number}.nc")
    found = record(str(tmp_path / "*.nc"))
    ranges = found.file_ranges()
    parts = dict(
        zip([path for path, _, _ in ranges], ("test", "training", "training"), strict=True)
    )
    split = split_by_file(found, Windows(2, 1), parts)
    assert split.test.ranges == ((0, 40),)
    assert split.training.ranges == ((43, 120),)
    with pytest.raises(UsageError, match="has no part"):
        split_by_file(found, Windows(2, 1), {})


def test_boxes_are_apart_across_the_seam_too() -> None:
    sst = record(SST)
    boxes = (Box(0, 89, 0, 60), Box(0, 89, 70, 100), Box(0, 89, 110, 170))
    split = split_in_space(sst, Windows(3, 1), boxes)
    assert not split.same_cells
    with pytest.raises(UsageError, match="training and test are 2 cells apart, at least 4"):
        split_in_space(sst, Windows(3, 1), (*boxes[:2], Box(0, 89, 110, 178)))


def test_order_is_random_local_and_the_same_for_the_same_numbers() -> None:
    order = shuffled(1000, 20, 1, 2)
    assert sorted(order.tolist()) == list(range(1000))
    assert np.array_equal(order, shuffled(1000, 20, 1, 2))
    assert not np.array_equal(order, shuffled(1000, 20, 1, 3))
    assert all(len(set(order[first : first + 80] // 20)) <= 5 for first in range(0, 1000, 80))


def test_moments_add_in_any_order() -> None:
    values = np.random.default_rng(0).normal(1e4, 2, (40, 2, 3, 3))
    values[values < 9998] = np.nan
    whole = moments_of(values)
    parts = [moments_of(values[first : first + 7]) for first in range(0, 40, 7)]
    forward = sum(parts[1:], parts[0])
    backward = sum(reversed(parts[:-1]), parts[-1])
    for found in (forward, backward):
        np.testing.assert_allclose(found.mean, whole.mean, rtol=1e-13)
        np.testing.assert_allclose(found.deviation, whole.deviation, rtol=1e-12)
    np.testing.assert_allclose(whole.deviation, np.nanstd(values, (0, 2, 3)), rtol=1e-12)
    assert Moments(np.zeros(1), np.ones(1), np.zeros(1)).deviation == 1


@pytest.mark.parametrize("name", ["none", "log1p", "sqrt"])
def test_preparation_has_an_inverse(name: str) -> None:
    rain = record(RAIN)
    part = Part("training", ((0, 20),))
    made = prepare(rain, part, transforms={"precipitation_rate": name}, anomalies=True)
    frames = np.arange(5, 9)
    values = rain.read(5, 9)
    back = made.backward(made.forward(values, frames), frames)
    np.testing.assert_allclose(back, values, atol=2e-5)
    assert TRANSFORMS[name].backward(np.array([-0.5])) in (-0.5, 0, 0.25 * (name == "x"))


def test_prepared_training_values_have_mean_0_and_deviation_1() -> None:
    era5, part = record(), Part("training", ((0, 528),))
    made = prepare(era5, part, anomalies=True)
    values = made.forward(era5.read(0, 528), np.arange(528)).astype(float)
    assert abs(values.mean()) < 1e-5
    assert abs(values.std() - 1) < 1e-5


def test_a_transform_without_a_value_is_refused() -> None:
    sst, part = record(SST), Part("training", ((0, 60),))
    with pytest.raises(UsageError, match=r"sst goes down to -1\.8: log1p takes values from 0 on"):
        prepare(sst, part, transforms={"sst": "log1p"})
    with pytest.raises(UsageError, match="a transform for rain, which is not in the record"):
        prepare(sst, part, transforms={"rain": "log1p"})
    with pytest.raises(UsageError, match="'exp' is not known"):
        prepare(sst, part, transforms={"sst": "exp"})


def test_cycles_come_from_the_times() -> None:
    assert (cycle_of(record().times, "auto").name, cycle_of(record().times, "auto").length) == (
        "time-of-day",
        24,
    )
    assert cycle_of(record(SST).times, "auto").name == "month-of-year"
    assert cycle_of(record(RAIN).times, "auto").name == "none"
    with pytest.raises(UsageError, match="do not divide the day"):
        cycle_of(record(SST).times, "time-of-day")


def test_a_channel_without_values_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.full((5, 3, 3), -1.0))
    empty = record(str(tmp_path / "a.npy"), axes=("time", "y", "x"), missing=(-1.0,))
    with pytest.raises(ReadError, match="a has no valid value in the training part"):
        prepare(empty, Part("training", ((0, 5),)), anomalies=True)

"""Windows, scaling, baselines and scores of random records equal a slow independent computation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from convwise.forecast.data.opening import open_record
from convwise.forecast.data.source import Source
from convwise.forecast.judge.damping import baselines
from convwise.forecast.judge.evaluate import Judging, evaluate
from convwise.forecast.windows.dataset import WindowDataset
from convwise.forecast.windows.preparation import prepare
from convwise.forecast.windows.windows import Part, Windows
from tests.forecast.oracle import Slow
from tests.forecast.records import random_record


def agree(seed: int, folder: Path, *, shift: float = 0.0) -> None:
    """Compare everything for one seed. shift: an error planted into the slow computation."""
    made = random_record(seed, folder)
    random = np.random.default_rng(seed + 10_000)
    history, horizon = (int(n) for n in random.integers(1, 4, 2))
    slow = Slow(made, 40, 48, history, horizon)
    missing = () if made.sentinel is None else (made.sentinel,)
    record = open_record(Source(made.paths, made.variables, missing=missing))
    np.testing.assert_array_equal(record.read(0, len(record)), made.values)
    training, test = Part("training", ((0, 40),)), Part("test", ((48, len(record)),))
    windows = Windows(history, horizon)
    assert windows.starts(record.times, training).tolist() == slow.windows(0, 40)
    mean, deviation = slow.scaling()
    prepared = prepare(record, training)
    np.testing.assert_allclose(prepared.mean, mean + shift, rtol=1e-6)
    np.testing.assert_allclose(prepared.deviation, deviation, rtol=1e-4)
    dataset = WindowDataset(record, training, windows, prepared, cache_bytes=1 << 16)
    number = int(random.integers(len(dataset)))
    start = slow.windows(0, 40)[number]
    window = made.values[start : start + history + horizon].astype(float)
    wanted = (window - mean[:, None, None]) / deviation[:, None, None]
    np.testing.assert_allclose(dataset[number].inputs, np.nan_to_num(wanted[:history]), atol=1e-3)
    np.testing.assert_array_equal(dataset[number].targets_valid, np.isfinite(window[history:]))
    normal, usual = baselines(record, training, horizon, cycle=cycle(made.hours))
    found = evaluate(
        record, test, windows, usual, normal, Judging(batch=int(random.integers(1, 9)))
    )
    for (name, metric), value in slow.scores().items():
        np.testing.assert_allclose(
            found.score(name, metric)[..., 0],
            value,
            rtol=1e-5,
            atol=1e-6,
            err_msg=f"{name} {metric}",
        )
    record.close()


def cycle(hours: int) -> str:
    return "none" if hours == 24 else "time-of-day"


@pytest.mark.parametrize("seed", range(30))
def test_random_records_agree(seed: int, tmp_path: Path) -> None:
    agree(seed, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(30, 330))
def test_more_random_records_agree(seed: int, tmp_path: Path) -> None:
    agree(seed, tmp_path)


def test_a_planted_error_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        agree(0, tmp_path, shift=0.01)

"""No skill is claimed on white noise; real skill is found; intervals have the width they state."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from convwise.forecast.data.opening import open_record
from convwise.forecast.data.record import Record
from convwise.forecast.data.source import Source
from convwise.forecast.judge.bootstrap import draws, interval, student
from convwise.forecast.judge.damping import baselines
from convwise.forecast.judge.evaluate import evaluate
from convwise.forecast.judge.forecasters import Batch, Forecaster
from convwise.forecast.judge.verdict import Verdict
from convwise.forecast.windows.splits import split_in_time
from convwise.forecast.windows.windows import Windows

USUAL = ("persistence", "climatology", "damped anomaly persistence")
WINDOWS = Windows(3, 2)


@dataclass
class Regression(Forecaster):
    """A stand-in for a network: least squares from the cells of the history, on training alone."""

    weights: np.ndarray

    @property
    def name(self) -> str:
        return "network"

    def forecast(self, batch: Batch) -> np.ndarray:
        flat = batch.inputs.reshape(len(batch.inputs), -1).astype(float)
        flat = np.concatenate([flat, np.ones((len(flat), 1))], 1)
        return (flat @ self.weights).reshape(len(flat), batch.horizon, 1, *batch.inputs.shape[-2:])


def fitted(record: Record, starts: np.ndarray, penalty: float) -> Regression:
    """Ridge regression, shrunk until it is hardly different from the mean."""
    whole = np.stack([record.read(s, s + WINDOWS.frames) for s in starts]).astype(float)
    x = whole[:, : WINDOWS.history].reshape(len(whole), -1)
    y = whole[:, WINDOWS.history :].reshape(len(whole), -1)
    centre, level = x.mean(0), y.mean(0)
    inner = (x - centre).T @ (x - centre) + penalty * np.eye(x.shape[1])
    slope = np.linalg.solve(inner, (x - centre).T @ (y - level))
    return Regression(np.concatenate([slope, (level - centre @ slope)[None]]))


def judged(folder: Path, seed: int, memory: float) -> Verdict:
    """A network judged on noise (memory 0) or on something that can be predicted."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(600, 4, 4))
    for frame in range(1, 600):
        # What moves a cell per step: a network sees where it goes, persistence does not.
        values[frame] += memory * np.roll(values[frame - 1], 1, -1)
    np.save(folder / "noise.npy", values)
    record = open_record(Source((str(folder / "noise.npy"),), axes=("time", "y", "x")))
    split = split_in_time(record.times, WINDOWS, (300, 300))
    normal, usual = baselines(record, split.training, WINDOWS.horizon)
    starts = WINDOWS.starts(record.times, split.training)
    network = fitted(record, starts, float(random.choice([1.0, 1e2, 1e4, 1e6])))
    found = evaluate(record, split.test, WINDOWS, [*usual, network], normal)
    return found.verdict("network", USUAL, seed=seed)


@pytest.mark.parametrize("seed", range(3))
def test_no_skill_is_claimed_on_white_noise(tmp_path: Path, seed: int) -> None:
    assert judged(tmp_path, seed, 0.0).beats is False


@pytest.mark.slow
def test_false_claims_on_white_noise_are_rarer_than_nominal(
    tmp_path: Path, record_property
) -> None:
    claims = 0
    for seed in range(100):
        folder = tmp_path / str(seed)
        folder.mkdir()
        claims += judged(folder, seed, 0.0).beats is True
    record_property("table", f"skill claimed on white noise: {claims} of 100 records")
    assert claims <= 5


def test_real_skill_is_found(tmp_path: Path) -> None:
    found = judged(tmp_path, 0, 0.9)
    assert found.beats is True
    assert found.overall.low is not None
    assert found.sentence.startswith("network beats the best baseline")
    assert len(found.parts) == 2
    assert all(part.lead in (1, 2) for part in found.parts)


def test_students_t_is_the_known_one() -> None:
    for freedom, value in ((1, 12.706), (4, 2.776), (9, 2.262), (100, 1.984)):
        assert student(0.975, freedom) == pytest.approx(value, abs=2e-3)


def test_intervals_of_a_mean_hold_the_truth_as_often_as_they_say() -> None:
    held = 0
    for seed in range(400):
        values = np.random.default_rng(seed).normal(size=8)
        low, high = interval(draws(8, 1000, seed) @ values / 8, 8, 0.95)
        held += low <= 0 <= high
    assert 0.91 <= held / 400 <= 0.98

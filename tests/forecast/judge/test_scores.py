"""Known scores of known forecasts; sums add; spectra, events and regions against slow loops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from convwise.errors import ReadError, UsageError
from convwise.forecast.data import cache
from convwise.forecast.data.opening import open_record
from convwise.forecast.data.record import Box
from convwise.forecast.data.source import Source
from convwise.forecast.judge.damping import baselines
from convwise.forecast.judge.evaluate import Judging, evaluate
from convwise.forecast.judge.events import Events, neighbourhood_sums
from convwise.forecast.judge.forecasters import Batch, Forecaster
from convwise.forecast.judge.metrics import critical_success_index, fractions_skill_score, rmse
from convwise.forecast.judge.spectra import power, wavenumbers
from convwise.forecast.judge.sums import Scoring, Sums, sums_of
from convwise.forecast.windows.preparation import prepare
from convwise.forecast.windows.splits import split_in_space, split_in_time
from convwise.forecast.windows.windows import Part, Windows
from tests.forecast.shipped import ERA5, RAIN, SST

DAMPED = "damped anomaly persistence"


def test_era5_baselines_are_the_known_ones() -> None:
    record = open_record(Source((ERA5,)))
    windows = Windows(8, 4)
    split = split_in_time(record.times, windows, (22 * 24, 25 * 24))
    normal, usual = baselines(record, split.training, windows.horizon)
    found = evaluate(record, split.test, windows, usual, normal)
    table = {name: found.score(name, "rmse")[[0, 3], 0, 0].round(3).tolist() for name in found.sums}
    assert table == {
        "persistence": [0.601, 2.046],
        "climatology": [1.894, 1.899],
        DAMPED: [0.451, 1.354],
    }
    assert found.leads == ("1 hour", "2 hours", "3 hours", "4 hours")
    judged = found.verdict("persistence", ("climatology", DAMPED))
    assert judged.beats is False
    assert judged.overall.best == DAMPED
    assert judged.blocks == 6
    assert "persistence does not beat the best baseline, damped anomaly" in judged.sentence


def test_sea_surface_temperature_baselines_are_in_the_known_order() -> None:
    record = open_record(Source((SST,)))
    windows = Windows(3, 1)
    split = split_in_time(record.times, windows, (84, 96))
    normal, usual = baselines(record, split.training, 1)
    found = evaluate(record, split.test, windows, usual, normal)
    by_name = {name: float(found.score(name, "rmse")[0, 0, 0]) for name in found.sums}
    assert by_name[DAMPED] < by_name["climatology"] < by_name["persistence"]


def fields(seed: int, shape: tuple[int, ...] = (2, 1, 7, 9)) -> np.ndarray:
    return np.random.default_rng(seed).gamma(1, 2, shape)


def test_events_and_fractions_equal_slow_loops() -> None:
    ahead, truth = fields(0), fields(1)
    truth[0, 0, 2:4, 3] = np.nan
    weights = np.ones((1, 7, 9))
    events = Events((1.0, 3.0), (1, 3, 5))
    found = sums_of(ahead, truth, np.zeros_like(truth), Scoring(weights, events))
    csi, fss = critical_success_index(found), fractions_skill_score(found)
    for lead in range(2):
        for number, threshold in enumerate(events.thresholds):
            valid = ~np.isnan(truth[lead, 0])
            a, b = ahead[lead, 0] >= threshold, truth[lead, 0] >= threshold
            hits = (a & b & valid).sum()
            assert csi[lead, 0, 0, number] == pytest.approx(hits / ((a | b) & valid).sum())
            for place, scale in enumerate(events.scales):
                wanted = slow_fss(a & valid, b & valid, valid, scale)
                assert fss[lead, 0, number, place] == pytest.approx(wanted)


def slow_fss(a: np.ndarray, b: np.ndarray, valid: np.ndarray, scale: int) -> float:
    reach, up, down = scale // 2, 0.0, 0.0
    for i, j in zip(*np.nonzero(valid), strict=True):
        box = np.s_[max(i - reach, 0) : i + reach + 1, max(j - reach, 0) : j + reach + 1]
        p, o = a[box].sum() / valid[box].sum(), b[box].sum() / valid[box].sum()
        up, down = up + (p - o) ** 2, down + p**2 + o**2
    return 1 - up / down


def test_neighbourhoods_wider_than_the_field_hold_all_of_it() -> None:
    field = fields(2)
    found = neighbourhood_sums(field, 31)
    np.testing.assert_allclose(found, field.sum((-2, -1), keepdims=True) + 0 * field)


def test_a_wave_has_its_power_at_its_wavenumber() -> None:
    x = np.arange(64)
    wave = 3 * np.cos(2 * np.pi * 5 * x / 64)[None, :] * np.ones((32, 1))
    found = power(wave, (True, True))
    assert wavenumbers((32, 64))[int(np.argmax(found))] == pytest.approx(5 / 64, abs=1 / 64)
    assert found.sum() == pytest.approx(4.5)


def test_power_of_white_noise_is_its_variance() -> None:
    noise = np.random.default_rng(0).normal(size=(200, 32, 32))
    for wraps in ((True, True), (False, False)):
        # A disc of wavenumbers has pi/4 of the square.
        assert power(noise, wraps).sum(-1).mean() == pytest.approx(np.pi / 4, rel=0.06)


def test_spectra_leave_out_fields_with_missing_values() -> None:
    ahead, truth = fields(0), fields(1)
    truth[1, 0, 0, 0] = np.nan
    found = sums_of(ahead, truth, truth * 0, Scoring(np.ones((1, 7, 9)), spectra=True))
    assert found["power_fields"][:, 0, 0].tolist() == [1, 0]
    assert np.all(found["truth_power"][1] == 0)


def test_sums_of_parts_add_to_the_whole() -> None:
    record = open_record(Source((RAIN,)))
    windows = Windows(4, 2)
    training = Part("training", ((0, 16),))
    normal, usual = baselines(record, training, 2)
    regions = {"north": np.arange(256)[:, None] < 100 + np.zeros((1, 256))}
    how = Judging(regions=regions, events=Events((0.5, 5.0), (1, 9)), spectra=True, block_steps=4)
    whole = evaluate(record, Part("test", ((20, 36),)), windows, usual, normal, how)
    other = replace(how, batch=3)
    again = evaluate(record, Part("test", ((20, 36),)), windows, usual, normal, other)
    for name, sums in whole.sums.items():
        for key, value in sums.values.items():
            np.testing.assert_allclose(again.sums[name].values[key], value, rtol=1e-12)
        twice = (sums + sums).pooled()
        np.testing.assert_allclose(rmse(twice), rmse(sums.pooled()))
    assert whole.regions == ("all", "north")
    assert whole.score(DAMPED, "csi").shape == (2, 1, 2, 2)
    assert whole.score(DAMPED, "fss").shape == (2, 1, 2, 2)
    assert np.all(whole.score("persistence", "fss")[..., 1] > 0.5)
    verdict = whole.verdict(DAMPED, ("persistence",))
    assert verdict.beats is None
    assert "cannot be said" in verdict.sentence


class Broken(Forecaster):
    """A forecaster that has diverged."""

    name = "network"

    def forecast(self, batch: Batch) -> np.ndarray:
        return np.full((len(batch.frames), batch.horizon, 1, 89, 180), np.inf)


def test_forecasts_that_are_not_finite_are_refused() -> None:
    record = open_record(Source((SST,)))
    training, test = Part("training", ((0, 60),)), Part("test", ((80, 100),))
    normal, usual = baselines(record, training, 1)
    with pytest.raises(ReadError, match=r"network: .* forecast values are not finite"):
        evaluate(record, test, Windows(2, 1), [Broken()], normal)
    with pytest.raises(UsageError, match="two forecasters have one name"):
        evaluate(record, test, Windows(2, 1), [usual[0], usual[0]], normal)


def test_learning_in_small_pieces_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    record = open_record(Source((ERA5,)))
    part = Part("training", ((5, 200), (230, 400)))
    whole, usual = baselines(record, part, 4)
    scaling = prepare(record, part)
    monkeypatch.setattr(cache, "CHUNK_BYTES", 1)
    pieces, again = baselines(record, part, 4)
    np.testing.assert_allclose(pieces.values, whole.values, rtol=1e-13)
    np.testing.assert_allclose(again[2].coefficients, usual[2].coefficients, rtol=1e-10)
    np.testing.assert_allclose(prepare(record, part).mean, scaling.mean, rtol=1e-12)


def test_other_regions_need_a_climatology_without_cells() -> None:
    record = open_record(Source((SST,)))
    windows = Windows(3, 1)
    boxes = (Box(0, 89, 0, 60), Box(0, 89, 70, 100), Box(0, 89, 110, 170))
    split = split_in_space(record, windows, boxes)
    normal, usual = baselines(record, split.training, 1)
    with pytest.raises(UsageError, match="the climatology is of other cells than the test part"):
        evaluate(record, split.test, windows, usual, normal)
    normal, usual = baselines(record, split.training, 1, by_cell=split.same_cells)
    found = evaluate(record, split.test, windows, usual, normal)
    assert np.isfinite(found.score(DAMPED, "rmse")).all()


def test_even_neighbourhoods_are_refused() -> None:
    with pytest.raises(UsageError, match="odd scales"):
        Events((1.0,), (2,))


def test_planted_sums_differ() -> None:
    one = Sums({"square": np.ones((2, 1, 1, 1)), "weight": np.ones((2, 1, 1, 1))})
    two = Sums({"square": np.full((2, 1, 1, 1), 3.0), "weight": np.ones((2, 1, 1, 1))})
    assert rmse((one + two).pooled())[0, 0, 0] == pytest.approx(np.sqrt(2))

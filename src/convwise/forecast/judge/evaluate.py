"""Runs forecasters over the windows of a part and sums what they do; trains nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convwise.errors import ReadError, UsageError
from convwise.forecast.data.cache import DEFAULT_BYTES, FrameCache
from convwise.forecast.data.channels import chosen_channels
from convwise.forecast.data.record import Record
from convwise.forecast.judge.events import Events
from convwise.forecast.judge.forecasters import Batch, Forecaster
from convwise.forecast.judge.metrics import EVENT_METRICS, METRICS
from convwise.forecast.judge.sums import Scoring, Sums, sums_of
from convwise.forecast.judge.verdict import Verdict, verdict
from convwise.forecast.windows.climatology import Climatology
from convwise.forecast.windows.windows import Part, Windows

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What each forecaster did on the same windows.

    sums: by forecaster. targets, units: of the channels. regions: names, "all" first. lead: text of
    the time of each frame ahead. block_steps: length of a block of time.
    """

    sums: Mapping[str, Sums]
    targets: tuple[str, ...]
    units: tuple[str, ...]
    regions: tuple[str, ...]
    leads: tuple[str, ...]
    events: Events | None
    block_steps: int
    windows: int

    def score(self, forecaster: str, metric: str) -> Array:
        """One metric of one forecaster: (lead, target, region), CSI with (.., threshold), FSS
        (lead, target, threshold, scale)."""
        known = METRICS | (EVENT_METRICS if self.events is not None else {})
        return known[metric](self.sums[forecaster].pooled())

    def verdict(
        self, forecaster: str, baselines: tuple[str, ...], *, level: float = 0.95, seed: int = 0
    ) -> Verdict:
        """Whether one forecaster beats the best of some others."""
        return verdict(
            forecaster,
            self.sums,
            baselines,
            self.targets,
            block_steps=self.block_steps,
            windows=self.windows,
            level=level,
            seed=seed,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Judging:
    """How forecasts are judged.

    targets: variables, by default all. regions: name -> bool (y, x). block_steps: length of a block
    of time, by default the longer of a cycle of the climatology and twice a window. batch: windows
    at once. cache_bytes: most memory for frames.
    """

    targets: tuple[str, ...] | None = None
    regions: Mapping[str, Array] | None = None
    events: Events | None = None
    spectra: bool = False
    block_steps: int | None = None
    batch: int = 8
    cache_bytes: int = DEFAULT_BYTES


def evaluate(
    record: Record,
    part: Part,
    windows: Windows,
    forecasters: Sequence[Forecaster],
    normal: Climatology,
    judging: Judging | None = None,
) -> Evaluation:
    """Forecast every window of a part and sum errors by block, lead, target and region.

    normal: the climatology of the training part, for anomalies. Raises UsageError for two
    forecasters of one name, ReadError when a forecast has values that are not finite.
    """
    how = judging or Judging()
    normal.check(part)
    names = [forecaster.name for forecaster in forecasters]
    if len(set(names)) < len(names):
        raise UsageError(f"two forecasters have one name: {', '.join(names)}")
    targets = chosen_channels(record.channels, how.targets)
    starts = windows.starts(record.times, part)
    length = how.block_steps or max(2 * windows.frames, normal.cycle.length)
    steps = record.times.steps
    blocks = (steps[starts] - steps[starts[0]]) // length
    scoring = _scoring(record, part, how)
    cache = FrameCache(record, part.box, how.cache_bytes)
    found: dict[str, dict[str, Array]] = {name: {} for name in names}
    for chosen, batch, truth in _batches(cache, windows, starts, targets, how.batch):
        usual = normal.at(batch.frames[:, windows.history :])[:, :, list(targets)]
        for forecaster in forecasters:
            made = _finite(forecaster, batch, truth.shape)
            for number, window in enumerate(chosen):
                sums = sums_of(made[number], truth[number], usual[number], scoring)
                _add(found[forecaster.name], sums, int(blocks[window]), int(blocks[-1]) + 1)
    return Evaluation(
        {name: Sums(values) for name, values in found.items()},
        tuple(record.channels[number].name for number in targets),
        tuple(record.channels[number].units for number in targets),
        ("all", *(how.regions or {})),
        tuple(record.times.step.text(lead + 1) for lead in range(windows.horizon)),
        how.events,
        length,
        len(starts),
    )


def _scoring(record: Record, part: Part, how: Judging) -> Scoring:
    box = part.box or record.whole
    rows, columns = box.slices
    weights = record.grid.weights[rows, columns]
    masks = [np.asarray(mask, bool)[rows, columns] for mask in (how.regions or {}).values()]
    wraps = record.grid.wraps if box == record.whole else (False, False)
    return Scoring(
        np.stack([weights, *(weights * mask for mask in masks)]), how.events, how.spectra, wraps
    )


def _batches(
    cache: FrameCache, windows: Windows, starts: Array, targets: tuple[int, ...], size: int
) -> Iterator[tuple[range, Batch, Array]]:
    """Numbers of windows, what a forecaster may see of them, and the truth."""
    for first in range(0, len(starts), size):
        chosen = range(first, min(first + size, len(starts)))
        frames = np.stack([np.arange(starts[n], starts[n] + windows.frames) for n in chosen])
        values = np.stack([cache.frames(int(row[0]), int(row[-1]) + 1) for row in frames])
        truth = values[:, windows.history :][:, :, list(targets)]
        yield chosen, Batch(values[:, : windows.history], frames, targets), truth


def _finite(forecaster: Forecaster, batch: Batch, shape: tuple[int, ...]) -> Array:
    made = np.asarray(forecaster.forecast(batch), np.float64)
    if made.shape != shape:
        raise ReadError(f"{forecaster.name} forecasts {made.shape}, {shape} was asked for")
    if not np.isfinite(made).all():
        bad = int((~np.isfinite(made)).sum())
        raise ReadError(
            f"{forecaster.name}: {bad} of {made.size} forecast values are not finite",
            hint="train again with a smaller learning rate",
        )
    return made


def _add(found: dict[str, Array], sums: dict[str, Array], block: int, blocks: int) -> None:
    for name, value in sums.items():
        if name not in found:
            found[name] = np.zeros((blocks, *value.shape))
        found[name][block] += value

"""Does a forecast beat the best baseline: one answer with its interval; draws nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convwise.forecast.judge.bootstrap import FEWEST_BLOCKS, draws, interval
from convwise.forecast.judge.sums import Sums

Array = NDArray[Any]
DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Skill:
    """One comparison. skill: 1 - error over the error of the best baseline, with its interval.

    target, lead: the channel and the lead time in frames; "" and 0 for all together. error,
    best_error: RMSE in the units of the file; all together: in standard deviations of the truth's
    anomalies. low, high: None where there are too few blocks to say.
    """

    target: str
    lead: int
    best: str
    error: float
    best_error: float
    skill: float
    low: float | None
    high: float | None

    @property
    def beats(self) -> bool | None:
        """Whether the whole interval is above zero; None where there are too few blocks to say."""
        return None if self.low is None else self.low > 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a forecaster is worth beside the best baseline.

    overall: all targets and lead times together: the one claim. parts: each target and lead time
    by itself. level: of the intervals; blocks: of time that were resampled; block_steps: the length
    of one; windows: that were judged.
    """

    forecaster: str
    baselines: tuple[str, ...]
    overall: Skill
    parts: tuple[Skill, ...]
    level: float
    blocks: int
    block_steps: int
    windows: int

    @property
    def beats(self) -> bool | None:
        """Whether it beats the best baseline, all in all; None where that cannot be said."""
        return self.overall.beats

    @property
    def sentence(self) -> str:
        """The first line of any report."""
        best, skill = self.overall.best, self.overall.skill
        if self.overall.low is None or self.overall.high is None:
            return (
                f"Whether {self.forecaster} beats {best} cannot be said: {self.blocks} independent "
                f"blocks of time, at least {FEWEST_BLOCKS} are needed (error {-skill:+.1%})."
            )
        said = "beats" if self.beats else "does not beat"
        return (
            f"{self.forecaster} {said} the best baseline, {best}: error {-skill:+.1%} "
            f"({self.level:.0%} interval {-self.overall.high:+.1%} to {-self.overall.low:+.1%}, "
            f"{self.blocks} blocks of time)."
        )


def verdict(
    name: str,
    sums: Mapping[str, Sums],
    baselines: tuple[str, ...],
    targets: tuple[str, ...],
    *,
    block_steps: int,
    windows: int,
    level: float = 0.95,
    seed: int = 0,
) -> Verdict:
    """Compare one forecaster with the best of the baselines, on the same windows.

    sums: of each by name. In every draw of blocks the best baseline is chosen anew, so that the
    interval holds what the choice costs. Only blocks in which something was counted are drawn.
    """
    region = 0
    used = np.flatnonzero(sums[name].values["weight"][..., region].sum((1, 2)) > 0)
    pick = {key: one.values["square"][used][..., region] for key, one in sums.items()}
    weight = sums[name].values["weight"][used][..., region]
    spread = sums[name].values["truth_square"][used][..., region].sum(0) / _one(weight.sum(0))
    blocks = len(used)
    counts = np.concatenate([np.ones((1, blocks)), draws(max(blocks, 1), DRAWS, seed)[:, :blocks]])
    total = np.einsum("db,blt->dlt", counts, weight)
    mine = np.einsum("db,blt->dlt", counts, pick[name]) / _one(total)
    theirs = np.stack(
        [np.einsum("db,blt->dlt", counts, pick[key]) / _one(total) for key in baselines]
    )
    measured = _Measured(name, baselines, blocks, level)
    scale = np.where(spread > 0, spread, 1)
    together = (mine / scale).mean((1, 2))
    best = (theirs.min(0) / scale).mean((1, 2))
    named = int(np.argmin((theirs[:, 0] / scale).mean((1, 2))))
    overall = measured.skill("", 0, together, best, named)
    parts = tuple(
        measured.skill(
            target,
            lead + 1,
            mine[:, lead, number],
            theirs[:, :, lead, number].min(0),
            int(np.argmin(theirs[:, 0, lead, number])),
        )
        for number, target in enumerate(targets)
        for lead in range(mine.shape[1])
    )
    return Verdict(name, baselines, overall, parts, level, blocks, block_steps, windows)


@dataclass(frozen=True, slots=True)
class _Measured:
    name: str
    baselines: tuple[str, ...]
    blocks: int
    level: float

    def skill(self, target: str, lead: int, mine: Array, best: Array, named: int) -> Skill:
        """mine, best: mean squared errors, of all blocks first, then of every draw."""
        values = 1 - np.sqrt(mine / np.where(best > 0, best, np.nan))
        low, high = None, None
        if self.blocks >= FEWEST_BLOCKS and np.isfinite(values).any():
            low, high = interval(values[1:], self.blocks, self.level)
        error, other = float(np.sqrt(mine[0])), float(np.sqrt(best[0]))
        return Skill(target, lead, self.baselines[named], error, other, float(values[0]), low, high)


def _one(total: Array) -> Array:
    return np.where(total > 0, total, 1)

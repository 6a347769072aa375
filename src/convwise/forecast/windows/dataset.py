"""Windows of a record as a PyTorch dataset; trains nothing."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np
import torch
from numpy.typing import NDArray

from convwise.errors import ReadError
from convwise.forecast.data.cache import DEFAULT_BYTES, FrameCache
from convwise.forecast.data.channels import chosen_channels
from convwise.forecast.data.record import Record
from convwise.forecast.windows.preparation import Preparation
from convwise.forecast.windows.windows import Part, Windows


class Sample(NamedTuple):
    """One window as a network sees it.

    inputs: float32 (history, channel, y, x), prepared, 0 where missing. inputs_valid: bool, the
    same shape. targets, targets_valid: (horizon, target, y, x). static: float32 (static, y, x).
    frame: the first frame of the window in the record.
    """

    inputs: Any
    inputs_valid: Any
    targets: Any
    targets_valid: Any
    static: Any
    frame: int


@final
class WindowDataset(torch.utils.data.Dataset):
    """The windows of one part. Goes to worker processes without open files and with an empty cache.

    targets: variables to forecast, by default all. cache_bytes: most memory for frames in each
    process. Raises UsageError when no window fits, a target is not in the record, or the
    preparation's climatology is of other cells.
    """

    def __init__(
        self,
        record: Record,
        part: Part,
        windows: Windows,
        preparation: Preparation,
        *,
        targets: tuple[str, ...] | None = None,
        cache_bytes: int = DEFAULT_BYTES,
    ) -> None:
        if preparation.anomalies is not None:
            preparation.anomalies.check(part)
        self.record = record
        self.windows = windows
        self.preparation = preparation
        self.starts = windows.starts(record.times, part)
        self.targets = chosen_channels(record.channels, targets)
        self._cache = FrameCache(record, part.box, cache_bytes)
        self._static = torch.from_numpy(preparation.static(record.static(part.box)))

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, number: int) -> Sample:
        """Window `number`. Raises ReadError, with its dates, when it has no value at all."""
        start = int(self.starts[number])
        frames = np.arange(start, start + self.windows.frames)
        found = self._cache.frames(start, start + self.windows.frames)
        values = self.preparation.forward(found, frames)
        history = self.windows.history
        inputs, targets = values[:history], values[history:][:, list(self.targets)]
        self._check(inputs, "input", start, start + history)
        self._check(targets, "target", start + history, start + self.windows.frames)
        return Sample(*_filled(inputs), *_filled(targets), self._static, start)

    def _check(self, values: NDArray[np.float32], what: str, start: int, stop: int) -> None:
        if np.isnan(values).all():
            times = self.record.times
            raise ReadError(
                f"every {what} value from {times.text(start)} to {times.text(stop - 1)} is missing",
                hint="leave these frames out of the files: a window never bridges a gap",
            ).at(source=self.record.paths[0])


def _filled(values: NDArray[np.float32]) -> tuple[Any, Any]:
    valid = ~np.isnan(values)
    return torch.from_numpy(np.where(valid, values, np.float32(0))), torch.from_numpy(valid)

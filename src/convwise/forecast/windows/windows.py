"""Windows of frames that never bridge a gap, and their order in training; reads no fields."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convwise.errors import UsageError
from convwise.forecast.data.record import Box
from convwise.forecast.data.times import Times

Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Frames [start, stop) of a record, and the cells of them (None: all)."""

    name: str
    ranges: Ranges
    box: Box | None = None

    @property
    def frames(self) -> int:
        """How many frames it has."""
        return sum(stop - start for start, stop in self.ranges)


@dataclass(frozen=True, slots=True)
class Windows:
    """`history` frames in, the `horizon` frames after them out; starts are `stride` frames apart.

    Raises UsageError for counts below 1.
    """

    history: int
    horizon: int
    stride: int = 1

    def __post_init__(self) -> None:
        for name in ("history", "horizon", "stride"):
            value = getattr(self, name)
            if value < 1:
                raise UsageError(f"{name} {value}: at least 1 is needed", hint=f"{name}=1")

    @property
    def frames(self) -> int:
        """Frames of one window."""
        return self.history + self.horizon

    def starts(self, times: Times, part: Part) -> NDArray[np.int64]:
        """The first frame of every window that lies in one range of the part and bridges no gap.

        Raises UsageError when there is none, with the longest run of frames.
        """
        runs = [
            (max(start, first), min(stop, last))
            for start, stop in part.ranges
            for first, last in times.segments()
        ]
        found = [np.arange(a, b - self.frames + 1, self.stride) for a, b in runs]
        starts = np.concatenate([np.zeros(0, np.int64), *found]).astype(np.int64)
        if not len(starts):
            longest = max([0, *(b - a for a, b in runs)])
            raise UsageError(
                f"{part.name}: no window of {self.history} + {self.horizon} frames fits: "
                f"the longest run without a gap has {longest}",
                hint=f"a longer {part.name} part, or a shorter history or horizon",
            )
        return starts


def shuffled(count: int, block: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """A random order of `count` windows that reads a record in pieces: the same for same numbers.

    Blocks of neighbouring windows come in random order; windows of four blocks at a time are mixed.
    """
    random = np.random.default_rng((seed, epoch))
    blocks = np.split(np.arange(count), range(block, count, block))
    order = random.permutation(len(blocks))
    mixed = [
        random.permutation(np.concatenate([blocks[number] for number in order[first : first + 4]]))
        for first in range(0, len(order), 4)
    ]
    return np.concatenate(mixed).astype(np.int64)

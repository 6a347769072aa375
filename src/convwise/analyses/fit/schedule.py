"""Which runs of layers to compute again: the least work within a limit of bytes.

Dynamic programming over stretches with their real sizes, in the manner of Chen, Xu, Zhang and
Guestrin (Training Deep Nets with Sublinear Memory Cost, arXiv:1604.06174) and of Beaumont,
Eyraud-Dubois, Hermann, Joly and Shilova (Rotor: Optimal checkpointing for heterogeneous chains,
arXiv:1911.13214), restricted to plans in which every run is computed again at most once. Asks for
no prediction and knows no graph.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Final, NamedTuple, final

from convwise.analyses.fit.stretches import Stretch, Stretches

#: More ways to come to a place than this are thinned out, evenly in bytes.
MOST_WAYS: Final = 48
_STEPS: Final = 24


class Schedule(NamedTuple):
    """Runs of stretches [first, end) that are computed again.

    work: of these runs. peak_bytes: in the model of `stretches`, above what lasts.
    """

    runs: tuple[tuple[int, int], ...]
    work: int
    peak_bytes: int


class _Way(NamedTuple):
    """A way to come to a place: bytes kept on it, its peak and its work; the way before it."""

    kept: int
    work: int
    peak: int
    before: _Way | None
    run: tuple[int, int] | None


def schedule(parts: Stretches, limit: int) -> Schedule | None:
    """The schedule of least work whose peak is at most `limit`; None where there is none.

    It is optimal in this model as long as no place is reached by more than `MOST_WAYS` ways that
    are not worse than another in both bytes and work.
    """
    table = _Table(parts)
    count = len(parts.all)
    ways: list[list[_Way]] = [[] for _ in range(count + 1)]
    ways[0].append(_Way(0, 0, 0, None, None))
    for place in range(count):
        ways[place] = _best(ways[place])
        for way in ways[place]:
            for end, reached in table.onward(way, place, limit):
                ways[end].append(reached)
    found = _best(ways[count])
    return _told(min(found, key=lambda way: (way.work, way.peak))) if found else None


def smallest(parts: Stretches) -> Schedule:
    """The schedule with the smallest peak."""
    low, high = 0, nothing(parts).peak_bytes
    best = nothing(parts)
    for _ in range(_STEPS):
        if low >= high:
            break
        middle = (low + high) // 2
        found = schedule(parts, middle)
        if found is None:
            low = middle + 1
        else:
            best, high = found, min(found.peak_bytes, middle)
    return best


def nothing(parts: Stretches) -> Schedule:
    """The schedule that computes nothing again."""
    kept = accumulate([one.kept_bytes for one in parts.all])
    peaks = [bytes_ + one.moving_bytes for bytes_, one in zip(kept, parts.all, strict=True)]
    return Schedule((), 0, max(peaks, default=0))


@final
class _Table:
    """Sums over runs of stretches."""

    __slots__ = ("_kept", "_left", "_parts", "_work")

    def __init__(self, parts: Stretches) -> None:
        self._parts = parts.all
        self._kept = [0, *accumulate([one.kept_bytes for one in parts.all])]
        self._work = [0, *accumulate([one.work for one in parts.all])]
        count = len(parts.all)
        self._left = [
            [parts.leaving(first, end) for end in range(count + 1)] for first in range(count)
        ]

    def onward(self, way: _Way, place: int, limit: int) -> list[tuple[int, _Way]]:
        """Every way on from a place: its stretch is kept, or it begins a run."""
        found = []
        stretch: Stretch = self._parts[place]
        kept = way.kept + stretch.kept_bytes
        if kept + stretch.moving_bytes <= limit:
            peak = max(way.peak, kept + stretch.moving_bytes)
            found.append((place + 1, _Way(kept, way.work, peak, way, None)))
        moving = 0
        for end in range(place + 1, len(self._parts) + 1):
            moving = max(moving, self._parts[end - 1].moving_bytes)
            left = self._left[place][end]
            top = way.kept + left + self._kept[end] - self._kept[place] + moving
            if way.kept + self._kept[end] - self._kept[place] > limit:
                break
            if top <= limit:
                work = way.work + self._work[end] - self._work[place]
                reached = _Way(way.kept + left, work, max(way.peak, top), way, (place, end))
                found.append((end, reached))
        return found


def _best(ways: list[_Way]) -> list[_Way]:
    """The ways that no other beats in both bytes and work; of many, some of all sizes."""
    front: list[_Way] = []
    for way in sorted(ways, key=lambda one: (one.kept, one.work, one.peak)):
        if not front or way.work < front[-1].work:
            front.append(way)
    if len(front) <= MOST_WAYS:
        return front
    last = len(front) - 1
    return [front[number * last // (MOST_WAYS - 1)] for number in range(MOST_WAYS)]


def _told(way: _Way) -> Schedule:
    runs = []
    step: _Way | None = way
    while step is not None:
        if step.run is not None:
            runs.append(step.run)
        step = step.before
    return Schedule(tuple(reversed(runs)), way.work, way.peak)

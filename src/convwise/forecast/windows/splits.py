"""Training, validation and test parts, at least a window apart; reads no fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convwise.errors import UsageError
from convwise.forecast.data.record import Box, Record
from convwise.forecast.data.times import Times
from convwise.forecast.windows.windows import Part, Ranges, Windows

_NAMES = ("training", "validation", "test")
_TRAINING, _VALIDATION, _TEST = 0, 1, 2
#: Who leaves out frames where two parts meet: the validation part, else the training part.
_GIVES_WAY = ((_VALIDATION, _TRAINING), (_VALIDATION, _TEST), (_TRAINING, _TEST))


@dataclass(frozen=True, slots=True)
class Split:
    """The parts of a record. same_cells: whether all parts have the same cells."""

    training: Part
    validation: Part
    test: Part

    @property
    def same_cells(self) -> bool:
        """Whether what is learned of a cell in training can be used in the test."""
        return self.training.box == self.validation.box == self.test.box


def split_in_time(times: Times, windows: Windows, edges: tuple[int, int]) -> Split:
    """Frames before edges[0] train, those from edges[1] on test, those between validate.

    Between parts as many steps are left out as a window has frames; the validation part gives way.
    Raises UsageError when a part has no window left.
    """
    first, second = edges
    if not 0 < first <= second < len(times):
        raise UsageError(
            f"edges {first} and {second} do not cut a record of {len(times)} frames in three",
            hint="0 < first edge <= second edge < frames",
        )
    labels = np.repeat(np.arange(3), (first, second - first, len(times) - second))
    return _split(times, windows, labels)


def edges_of(frames: int, shares: tuple[float, float, float]) -> tuple[int, int]:
    """Edges by the shares of the frames that train, validate and test. Raises UsageError."""
    total = sum(shares)
    if min(shares) < 0 or total <= 0:
        raise UsageError(f"shares {shares}: none below zero", hint="shares=(0.7, 0.1, 0.2)")
    return round(frames * shares[0] / total), round(frames * (shares[0] + shares[1]) / total)


def split_by_file(record: Record, windows: Windows, parts: Mapping[str, str]) -> Split:
    """Whole files to parts: path -> "training", "validation" or "test".

    Where files of different parts meet in time, frames are left out as in `split_in_time`.
    Raises UsageError for a file without a part and for unknown names of parts.
    """
    labels = np.zeros(len(record), np.int64)
    for path, start, stop in record.file_ranges():
        name = parts.get(path)
        if name not in _NAMES:
            said = "has no part" if name is None else f"is to be in {name!r}"
            raise UsageError(f"{path} {said}", hint=f"one of {', '.join(_NAMES)} for every file")
        labels[start:stop] = _NAMES.index(name)
    return _split(record.times, windows, labels)


def split_in_space(
    record: Record, windows: Windows, boxes: tuple[Box, Box, Box], margin: int | None = None
) -> Split:
    """The same frames in three boxes of cells, `margin` cells apart.

    margin: by default as many cells as a window has frames: what moves a cell per step does not
    pass. Raises UsageError where boxes are closer, across the seam of a wrapped axis too.
    """
    margin = windows.frames if margin is None else margin
    for first, second in ((0, 1), (0, 2), (1, 2)):
        apart = _apart(record, boxes[first], boxes[second])
        if apart < margin:
            raise UsageError(
                f"the boxes of {_NAMES[first]} and {_NAMES[second]} are {apart} cells apart, "
                f"at least {margin} are needed",
                hint="move the boxes, or give a smaller margin if you know that nothing leaks",
            )
    whole = ((0, len(record)),)
    made = [Part(name, whole, box) for name, box in zip(_NAMES, boxes, strict=True)]
    for part in made:
        windows.starts(record.times, part)
    return Split(*made)


def _apart(record: Record, a: Box, b: Box) -> int:
    """Cells between two boxes along the axis where they are farthest apart; below 0: overlap."""
    rows = _between((a.top, a.bottom), (b.top, b.bottom), 0)
    turn = record.grid.shape[1] if record.grid.wraps[1] else 0
    columns = _between((a.left, a.right), (b.left, b.right), turn)
    return max(rows, columns)


def _between(a: tuple[int, int], b: tuple[int, int], turn: int) -> int:
    one, other = b[0] - a[1], a[0] - b[1]
    return min(max(one, other), turn + min(one, other)) if turn else max(one, other)


def _split(times: Times, windows: Windows, labels: NDArray[np.int64]) -> Split:
    kept = labels.copy()
    for giver, taker in _GIVES_WAY:
        near = _near(times.steps, labels == giver, labels == taker, windows.frames)
        kept[near] = -1
    made = [Part(name, _ranges(kept == number)) for number, name in enumerate(_NAMES)]
    for part, number in zip(made, range(3), strict=True):
        if number != _VALIDATION or (labels == _VALIDATION).any():
            windows.starts(times, part)
    return Split(*made)


def _near(
    steps: NDArray[np.int64], giver: NDArray[np.bool_], taker: NDArray[np.bool_], gap: int
) -> NDArray[np.int64]:
    """Frames of the giver with fewer than `gap` whole steps between them and the taker."""
    mine, theirs = np.flatnonzero(giver), steps[taker]
    if not len(mine) or not len(theirs):
        return np.zeros(0, np.int64)
    place = np.searchsorted(theirs, steps[mine])
    before = steps[mine] - theirs[np.maximum(place - 1, 0)]
    after = theirs[np.minimum(place, len(theirs) - 1)] - steps[mine]
    distance = np.minimum(np.abs(before), np.abs(after))
    near: NDArray[np.int64] = mine[distance <= gap]
    return near


def _ranges(chosen: NDArray[np.bool_]) -> Ranges:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], chosen.astype(np.int8), [0]])))
    return tuple((int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))

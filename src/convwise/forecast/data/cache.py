"""Frames of a record through a bounded cache of chunks in memory; knows nothing of windows."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, final

import numpy as np

from convwise.forecast.data.record import Box, Field, Record

#: Where files do not say what they store together: about this many bytes are read at once.
CHUNK_BYTES = 4 * 2**20
DEFAULT_BYTES = 256 * 2**20


@final
class FrameCache:
    """Reads whole chunks along time and keeps those used last, within `most_bytes`.

    One chunk is kept whatever its size, unless a single chunk is larger than the limit: then only
    the frames that are asked for are read, and nothing is kept. Travels to workers empty.
    """

    def __init__(
        self, record: Record, box: Box | None = None, most_bytes: int = DEFAULT_BYTES
    ) -> None:
        self.record = record
        self.box = box or record.whole
        self.most_bytes = most_bytes
        cells = (self.box.bottom - self.box.top) * (self.box.right - self.box.left)
        self._frame_bytes = max(4 * len(record.channels) * cells, 1)
        stored = record.chunk_frames
        together = max(CHUNK_BYTES // self._frame_bytes, 1)
        self.chunk_frames = stored * max(together // stored, 1)
        if self.chunk_frames * self._frame_bytes > most_bytes:
            self.chunk_frames = stored
        self._kept: OrderedDict[int, Field] = OrderedDict()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_kept": OrderedDict()}

    @property
    def kept_bytes(self) -> int:
        """Bytes of the chunks in memory now."""
        return sum(chunk.nbytes for chunk in self._kept.values())

    def frames(self, start: int, stop: int) -> Field:
        """Frames [start, stop) of the box as float32 (time, channel, y, x), NaN where missing."""
        size = self.chunk_frames
        if size * self._frame_bytes > self.most_bytes:
            return self.record.read(start, stop, self.box)
        found = []
        for number in range(start // size, -(-stop // size)):
            first = number * size
            chunk = self._chunk(number)
            found.append(chunk[max(start - first, 0) : stop - first])
        return np.concatenate(found)

    def _chunk(self, number: int) -> Field:
        if number not in self._kept:
            first = number * self.chunk_frames
            last = min(first + self.chunk_frames, len(self.record))
            size = (last - first) * self._frame_bytes
            while self._kept and self.kept_bytes + size > self.most_bytes:
                self._kept.popitem(last=False)
            self._kept[number] = self.record.read(first, last, self.box)
        self._kept.move_to_end(number)
        return self._kept[number]

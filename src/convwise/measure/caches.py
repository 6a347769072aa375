"""Which memory of a step a cache still holds, by what was used since; knows no operator."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Final, NamedTuple, final

from convwise.measure.machine_state import last_cache_bytes

#: Of the last cache, so much holds a step's tensors: other data and other programs need it, too.
_SHARE: Final = 0.5


class _Gap(NamedTuple):
    """Memory that was given back, and the traffic when it was last used."""

    size_bytes: int
    used: int


@final
class Caches:
    """Follows when each block of memory was last used, in bytes of traffic.

    New blocks take the place of the smallest gap that holds them, as the C library's heap does
    (Lea, "A Memory Allocator", best fit).
    """

    __slots__ = ("_cached_bytes", "_gaps", "_traffic_bytes", "_used")

    def __init__(self) -> None:
        self._cached_bytes = int(_SHARE * last_cache_bytes())
        self._traffic_bytes = 0
        self._used: dict[int, int] = {}
        self._gaps: list[_Gap] = []

    def is_hot(self, block: int) -> bool:
        """Whether what was used since its last use still fits into a cache with it."""
        used = self._used.get(block)
        return used is not None and self._traffic_bytes - used < self._cached_bytes

    def use(self, blocks: dict[int, int]) -> None:
        """Blocks are read or written, with their bytes."""
        self._traffic_bytes += sum(blocks.values())
        for block in blocks:
            self._used[block] = self._traffic_bytes

    def take(self, block: int, size_bytes: int) -> None:
        """A new block; its memory may be that of an older one."""
        place = bisect_left(self._gaps, (size_bytes,))
        if place == len(self._gaps):
            return
        gap = self._gaps.pop(place)
        self._used[block] = gap.used
        if gap.size_bytes > size_bytes:
            insort(self._gaps, gap._replace(size_bytes=gap.size_bytes - size_bytes))

    def give_back(self, block: int, size_bytes: int) -> None:
        """A block is no more."""
        used = self._used.pop(block, None)
        if used is not None and size_bytes:
            insort(self._gaps, _Gap(size_bytes, used))

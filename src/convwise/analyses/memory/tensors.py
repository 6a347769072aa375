"""Bytes that are alive, by owner, and the most there were; must never name a kind."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import final

from convwise.analyses.runtimes.pytorch_cpu import NONE, Scratch


@dataclass(frozen=True, slots=True)
class Moment:
    """The most bytes at once, between `low` and `high`; in which node of the graph and phase.

    `parts`: what they are, in bytes.
    """

    low: int
    high: int
    node: int | None
    phase: str
    parts: dict[str, int]


@final
@dataclass(slots=True)
class Alive:
    """Blocks that are held by somebody, each once; a block nobody holds is free."""

    parts: dict[str, int] = field(default_factory=dict)
    _blocks: dict[Hashable, tuple[str, int]] = field(default_factory=dict)
    _holders: dict[Hashable, int] = field(default_factory=dict)
    _low: Moment = field(default_factory=lambda: Moment(0, 0, None, "", {}))
    _high: int = 0
    _bytes: int = 0

    def take(self, block: Hashable, part: str, size: int, holders: int = 1) -> None:
        """A block of bytes comes to life; nothing happens where nobody will hold it."""
        if holders <= 0:
            return
        self._blocks[block] = (part, size)
        self._holders[block] = holders
        self.parts[part] = self.parts.get(part, 0) + size
        self._bytes += size

    def hold(self, block: Hashable) -> None:
        """One more holds a block that is alive."""
        if block in self._blocks:
            self._holders[block] += 1

    def drop(self, block: Hashable) -> None:
        """One holds it no longer."""
        if block not in self._blocks:
            return
        self._holders[block] -= 1
        if self._holders[block] == 0:
            part, size = self._blocks.pop(block)
            del self._holders[block]
            self.parts[part] -= size
            self._bytes -= size

    def __contains__(self, block: Hashable) -> bool:
        return block in self._blocks

    def at(self, node: int | None, phase: str, scratch: Scratch = NONE) -> None:
        """Now an operation runs and takes this scratch."""
        low = self._bytes + scratch.low
        self._high = max(self._high, self._bytes + scratch.high)
        if low > self._low.low:
            parts = {**self.parts, "scratch": scratch.low}
            self._low = Moment(low, 0, node, phase, parts)

    @property
    def bytes(self) -> int:
        """Alive now."""
        return self._bytes

    @property
    def most(self) -> Moment:
        """The most so far."""
        found = self._low
        return Moment(found.low, max(self._high, found.low), found.node, found.phase, found.parts)

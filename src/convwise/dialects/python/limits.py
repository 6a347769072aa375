"""How much reading a source may cost, and the meter that counts it; must never read code itself."""

from __future__ import annotations

from dataclasses import dataclass

from convwise.errors import LimitError


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one reading. Bytes are the sum of all that is made, a safe bound of what lives."""

    text_bytes: int = 256 * 1024
    statements: int = 30_000
    braces: int = 15_000
    steps: int = 800_000
    bytes: int = 64 * 1024 * 1024
    call_depth: int = 200
    yields: int = 10_000


class Meter:
    """Counts steps and bytes; `line` is the line that is being read, for messages.

    `actions` counts what may build a network: framework objects called, containers changed;
    `doubts` counts what became unknown or is only data. `loops` are the open loops:
    their lines, and how many steps were left when they began.
    """

    __slots__ = (
        "actions",
        "bytes_left",
        "depth",
        "doubts",
        "limits",
        "line",
        "loops",
        "steps_left",
    )

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.steps_left = limits.steps
        self.bytes_left = limits.bytes
        self.depth = 0
        self.actions = 0
        self.doubts = 0
        self.loops: list[tuple[int, int]] = []
        self.line = 1

    def step(self, steps: int) -> None:
        """Pay for work before it is done. Raises LimitError when the steps run out."""
        self.steps_left -= steps
        if self.steps_left < 0:
            raise self.endless()

    def endless(self) -> LimitError:
        """The error of a program that takes more steps than are allowed; it names the loop."""
        what, line = "this", self.line
        for start, left in reversed(self.loops):
            # The innermost loop that has taken most of the steps.
            if left - self.steps_left > self.limits.steps // 2:
                what, line = "this loop", start
                break
        return LimitError(
            f"{what} did not end within {self.limits.steps:,} steps",
            line=line,
            hint="cut the loop or recursion out, or keep only the part that defines the network",
        )

    def take(self, size: int, what: str) -> None:
        """Pay for `size` bytes before they are made. Raises LimitError when they are too many."""
        self.bytes_left -= size
        if self.bytes_left < 0:
            allowed = f"{self.limits.bytes // 2**20} MiB"
            raise LimitError(
                f"{what} would take {amount(size)}; a source may make {allowed} in all",
                line=self.line,
                hint="keep only the part that defines the network",
            )
        if size > 256:
            self.step(size >> 6)

    def enter(self) -> None:
        """One more call is open. Raises LimitError when calls nest too deeply."""
        self.depth += 1
        if self.depth > self.limits.call_depth:
            raise self.too_deep()

    def leave(self) -> None:
        self.depth -= 1

    def too_deep(self) -> LimitError:
        """The error of calls or expressions that nest too deeply."""
        return LimitError(
            f"calls nest more than {self.limits.call_depth} deep here",
            line=self.line,
            hint="is there a recursion that never ends?",
        )


def amount(size: int) -> str:
    """A number of bytes in words; huge ones by their power of ten only."""
    if size < 2**20:
        return f"{size:,} bytes"
    if size < 2**40:
        return f"{size >> 20:,} MiB"
    return f"about 2^{size.bit_length() - 1} bytes"

"""The answer to which sizes a network takes without loss: plain frozen records, no arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from convwise.analyses.sizes.demands import Ask
from convwise.graph.dims import Dim
from convwise.graph.nodes import UnknownFact
from convwise.graph.size_set import SizeSet


class How(Enum):
    """How a network's sizes were let go."""

    READ = "the source was read with letters for sizes"
    REPLAYED = "its operations were followed with letters for sizes"
    TRIED = "the source was read again at one size after the other"


class Member(NamedTuple):
    """An axis of an input. `dim`: its size by the letter that several axes may share."""

    input: str
    role: str
    letter: str
    dim: Dim
    stated: int | None


class Loss(NamedTuple):
    """What a layer leaves out, pads or crops at a size, in its own pixels; 0: it does not fit."""

    layer: str
    line: int | None
    ask: Ask
    role: str
    pixels: int


class Reason(NamedTuple):
    """Layers that ask for the same sizes, from the smallest one on that the network takes at all.

    `also`: how many more layers than the first three.
    """

    ask: Ask
    layers: tuple[str, ...]
    also: int
    roles: tuple[str, ...]
    sizes: SizeSet


class Least(NamedTuple):
    """A size with as few lost pixels as can be, and what is lost there."""

    size: int
    losses: tuple[Loss, ...]


class Stated(NamedTuple):
    """The size in the source: what is lost there, and the good ones next to it."""

    size: int
    accepted: bool
    losses: tuple[Loss, ...]
    below: int | None
    above: int | None

    @property
    def good(self) -> bool:
        return self.accepted and not self.losses


@dataclass(frozen=True, slots=True)
class Range:
    """Sizes of one letter. `accepted`: layers fit together; `good`: and nothing is lost.

    `tried`: the sets were found by trying every size from the first to the last and are not known
    beyond; None where they hold for all sizes. `least`: where no size is good, those that lose the
    fewest pixels among the first ones, up to `least_until`.
    """

    letter: str
    members: tuple[Member, ...]
    accepted: SizeSet
    good: SizeSet
    tried: tuple[int, int] | None
    stated: Stated | None
    least: tuple[Least, ...]
    least_until: int | None
    reasons: tuple[Reason, ...]


class Tied(NamedTuple):
    """Something that several letters must satisfy together, and the layer that asks for it."""

    layer: str
    line: int | None
    ask: Ask
    text: str


@dataclass(frozen=True, slots=True)
class Together:
    """Axes that depend on each other: all of one size, and each with the others as stated."""

    letters: tuple[str, ...]
    tied: tuple[Tied, ...]
    equal: Range | None
    each: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Pin:
    """A weight whose shape follows the input's size, and the sizes that keep its shape.

    `values`: its size in the source; `condition`: what must hold; `each`: (letter, its accepted
    sizes with the others as stated); `equal`: those when all letters are equal, None for a single
    letter.
    """

    layer: str
    line: int | None
    values: Dim
    condition: str
    each: tuple[tuple[str, SizeSet], ...]
    equal: SizeSet | None


@dataclass(frozen=True, slots=True)
class Sizes:
    """Which input sizes a network takes, and which of them without loss.

    `shapes`: per input its name and its sizes without batch, open ones as letters. `how`: how the
    sizes were let go. `fixed`: (input, axis, why) of axes that cannot be.
    """

    name: str
    source: str | None
    dialect: str
    shapes: tuple[tuple[str, tuple[str, ...]], ...]
    axes: tuple[Range, ...]
    together: tuple[Together, ...]
    pins: tuple[Pin, ...]
    fixed: tuple[tuple[str, str, str], ...]
    how: How
    unknown: tuple[UnknownFact, ...]

"""Pooling with windows of a given size: all its rules; knows no framework's vocabulary."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from convwise.graph.axes import Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import (
    DOWNSAMPLES,
    NO_MACS,
    WINDOW,
    Example,
    Kept,
    Macs,
    Operands,
)
from convwise.kinds.formula import Formula
from convwise.kinds.windowed import Place, Windowed, made_windows, read_dilation, taps
from convwise.kinds.windows import SAME, VALID, Padding, Window

_TRAITS = frozenset({WINDOW})
_STRIDED = frozenset({WINDOW, DOWNSAMPLES})


@dataclass(frozen=True, slots=True)
class Pooling(Windowed):
    """Shared rules of pooling: `window` pixels along the last spatial axes, all else untouched.

    `ceil` counts a last window that starts inside the input or its left padding and ends outside.
    """

    window: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: Padding = VALID
    ceil: bool = False

    @property
    @abstractmethod
    def ops_per_tap(self) -> int:
        """Arithmetic for one pixel of one window."""

    @property
    @abstractmethod
    def counts_padding(self) -> bool:
        """Whether a padded pixel changes the result as a pixel hanging over (ceil) does not."""

    @abstractmethod
    def besides(self, pooled: Tensor) -> tuple[Tensor, ...]:
        """What comes out besides the pooled values."""

    @property
    def traits(self) -> frozenset[str]:
        return _STRIDED if any(step > 1 for step in self.stride) else _TRAITS

    def windows(self) -> list[Window]:
        """One window per pooled axis."""
        return made_windows(self.window, self.stride, self.dilation, self.ceil)

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        pooled = Tensor(tuple(self.slid(source, must)), source.dtype)
        return (pooled, *self.besides(pooled))

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        return NO_MACS

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements * (taps(self.window) * self.ops_per_tap)

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return self.size_formulas(operands[0])

    def resolved(self, operands: Operands) -> Self:
        """The same pooling with explicit padding, and without `ceil` where padding can say it."""
        source = operands[0]
        found = replace(self, dilation=read_dilation(self.window, self.dilation))
        if self.ceil and (self.counts_padding or not _all_known(self.places(source))):
            return found
        return replace(found, padding=self.read_padding(source), ceil=False)


@dataclass(frozen=True, slots=True)
class MaxPool(Pooling):
    """The largest value of each window; padding never wins (it counts as minus infinity).

    Elementwise operations: one comparison per pixel of each window. Backward needs input and
    output, which together tell where the maximum was. `indices`: where it was comes out too.
    """

    name: ClassVar[str] = "max_pool"
    summary: ClassVar[str] = "Slides a window over space and keeps its largest value, per channel."

    indices: bool = False

    def besides(self, pooled: Tensor) -> tuple[Tensor, ...]:
        return (pooled.cast("int64"),) if self.indices else ()

    @property
    def ops_per_tap(self) -> int:
        return 1

    @property
    def counts_padding(self) -> bool:
        return False

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input"), Kept("output"))

    def canonical(self, operands: Operands) -> MaxPool:
        return self.resolved(operands)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (
            *[Example(cls(*use), (source,)) for use, source in _uses()],
            Example(cls((2, 2), (2, 2), (1, 1), indices=True), (_image(),)),
        )


@dataclass(frozen=True, slots=True)
class AveragePool(Pooling):
    """The mean of each window. `divisor`: "valid" divides by the window's pixels inside the input,
    "padded" by those inside the padded input, a number by itself.

    Elementwise operations: one per pixel of each window (the additions and the division). Backward
    needs sizes only.
    """

    name: ClassVar[str] = "average_pool"
    summary: ClassVar[str] = "Slides a window over space and takes its mean, per channel."

    divisor: str | int = "valid"

    def besides(self, pooled: Tensor) -> tuple[Tensor, ...]:
        return ()

    @property
    def ops_per_tap(self) -> int:
        return 1

    @property
    def counts_padding(self) -> bool:
        return self.divisor == "padded"

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    def canonical(self, operands: Operands) -> AveragePool:
        found = self.resolved(operands)
        unpadded = found.padding.rule == "explicit" and not any(map(any, found.padding.amounts))
        if unpadded and not found.ceil and found.divisor in ("padded", taps(found.window)):
            return replace(found, divisor="valid")
        return found

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = _image()
        one = Padding("explicit", ((1, 1), (1, 1)))
        return (
            *[Example(cls(*use), (source,)) for use, source in _uses()],
            Example(cls((3, 3), (2, 2), (1, 1), one, divisor="padded"), (image,)),
            Example(cls((3, 3), (2, 2), (1, 1), one, ceil=True, divisor="padded"), (image,)),
            Example(cls((2, 2), (2, 2), (1, 1), divisor=3), (image,)),
        )


@dataclass(frozen=True, slots=True)
class LpPool(Pooling):
    """The p-norm of each window: (sum of x^p)^(1/p), without the absolute value.

    Elementwise operations: two per pixel of each window (the power; the additions and the root).
    """

    name: ClassVar[str] = "lp_pool"
    summary: ClassVar[str] = "Slides a window over space and takes its p-norm, per channel."

    p: float = 2.0

    def besides(self, pooled: Tensor) -> tuple[Tensor, ...]:
        return ()

    @property
    def ops_per_tap(self) -> int:
        return 2

    @property
    def counts_padding(self) -> bool:
        return False

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input"), Kept("output"))

    def canonical(self, operands: Operands) -> LpPool:
        """What hangs over (ceil) is left out of the norm, which is scaled up: it is no padding."""
        return self if self.ceil else self.resolved(operands)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = _image()
        return (
            *[Example(cls(*use), (source,)) for use, source in _uses()],
            Example(cls((2, 3), (2, 3), (1, 1), p=1.0), (image,)),
        )


def _all_known(places: list[Place]) -> bool:
    return all(type(place.size) is int for place in places)


_Use = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], Padding, bool]


def _image() -> Tensor:
    return tensor((1, 9, 8, 4), ("batch", "height", "width", "channel"))


def _uses() -> tuple[tuple[_Use, Tensor], ...]:
    """What every pooling kind can do: sizes, steps, dilation, padding policies, ceil, any rank."""
    image = _image()
    film = tensor((1, 2, 6, 5, 7), ("batch", "channel", "depth", "height", "width"))
    sound = tensor((1, 12, 3), ("batch", "time", "channel"))
    uneven = Padding("explicit", ((1, 0), (0, 1)))
    return (
        (((2, 2), (2, 2), (1, 1), VALID, False), image),
        (((2, 2), (1, 1), (1, 1), SAME, False), image),
        (((3, 2), (2, 3), (1, 1), SAME, False), image),
        (((3, 2), (2, 2), (1, 1), uneven, True), image),
        (((2, 3), (1, 1), (3, 2), VALID, False), image),
        (((2, 2, 3), (2, 1, 2), (1, 1, 1), VALID, False), film),
        (((4,), (3,), (1,), VALID, True), sound),
    )

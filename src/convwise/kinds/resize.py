"""Interpolation to another number of pixels: all rules; knows no framework's vocabulary."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import DOWNSAMPLES, NO_MACS, Example, Kept, Kind, Macs, Operands
from convwise.kinds.formula import Formula, number
from convwise.kinds.windows import Reach, Sample, Slide, Spread, Whole

_NO_TRAITS: frozenset[str] = frozenset()
_DOWN = frozenset({DOWNSAMPLES})

#: Pixels along one axis from which each method makes one value.
SUPPORT = {"nearest": 1, "bilinear": 2, "bicubic": 4, "lanczos3": 6, "lanczos5": 10}


class Interpolating(Kind):
    """Shared rules of kinds that read between the pixels of the last spatial axes.

    Elementwise operations: a product and a sum for each of the pixels that make one value; none
    for the nearest pixel. Backward needs sizes only. Pixels passed over are not called dropped:
    which ones they are depends on how a framework rounds.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def method(self) -> str:
        """How values between pixels are made: a key of SUPPORT."""

    @abstractmethod
    def sizes_out(self, source: Tensor) -> list[tuple[int, Dim]]:
        """Position and new size of every axis that is named."""

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        if self.method not in SUPPORT:
            raise RuleError(
                f'there is no interpolation "{self.method}"', hint=f"one of: {', '.join(SUPPORT)}"
            )
        sizes = self.sizes_out(source)
        for position, size in sizes:
            must.at_least(size, 1, f"the new size along {source.axes[position].role} is {{0}}")
        return (source.with_dims(dict(sizes)),)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        return NO_MACS

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        if self.method == "nearest":
            return 0
        read: int = SUPPORT[self.method] ** len(self.sizes_out(operands[0]))
        return outputs[0].elements * (2 * read)

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}


@dataclass(frozen=True, slots=True)
class Upsample(Interpolating):
    """Multiplies the last spatial axes by whole `factors`.

    Output o lies at (o + 1/2)/factor - 1/2 of the input; with `aligned_corners` the first and last
    pixels of input and output coincide. `method`: a key of SUPPORT, the same along every axis.
    """

    name: ClassVar[str] = "upsample"
    summary: ClassVar[str] = "Multiplies the number of pixels by repeating or interpolating."

    factors: tuple[int, ...]
    method: str = "nearest"
    aligned_corners: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _NO_TRAITS

    def sizes_out(self, source: Tensor) -> list[tuple[int, Dim]]:
        positions = source.spatial(len(self.factors))
        pairs = zip(positions, self.factors, strict=True)
        return [(position, source.axes[position].dim * factor) for position, factor in pairs]

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        source = operands[0]
        found: dict[str, Reach] = {}
        for position, factor in zip(source.spatial(len(self.factors)), self.factors, strict=True):
            axis = source.axes[position]
            if factor != 1:
                aligned = self.aligned_corners and self.method != "nearest"
                support = SUPPORT[self.method]
                found[axis.role or ""] = (
                    _sample(axis.dim, axis.dim * factor, support, aligned)
                    if aligned
                    else _stamp(factor, support)
                )
        return found

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        source = operands[0]
        places = zip(source.spatial(len(self.factors)), self.factors, strict=True)
        return {
            source.axes[position].role or "": number(source.axes[position].dim) * factor
            for position, factor in places
            if factor != 1
        }

    def canonical(self, operands: Operands) -> Upsample:
        if self.method == "nearest":
            return replace(self, aligned_corners=False)
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image, film, sound = _tensors()
        return (
            Example(cls((2, 3)), (image,)),
            Example(cls((2, 3), "bilinear"), (image,)),
            Example(cls((2, 2), "bilinear", aligned_corners=True), (image,)),
            Example(cls((3, 2), "bicubic"), (image,)),
            Example(cls((1, 2), "lanczos3"), (image,)),
            Example(cls((2, 2), "lanczos5"), (image,)),
            Example(cls((2, 1, 2)), (film,)),
            Example(cls((4,)), (sound,)),
        )


@dataclass(frozen=True, slots=True)
class Resize(Interpolating):
    """Brings the last spatial axes to given `sizes` (None keeps an axis as it is).

    `antialias` widens the window when an axis shrinks. `aspect` says what happens to the shape of
    things: "stretch" them, or keep it by cutting the input ("crop") or filling up ("pad"); the
    output's size is the same. Which of two equally near pixels is nearest is the framework's.
    """

    name: ClassVar[str] = "resize"
    summary: ClassVar[str] = "Interpolates to a given number of pixels."

    sizes: tuple[Dim | None, ...]
    method: str = "bilinear"
    aligned_corners: bool = False
    antialias: bool = False
    aspect: str = "stretch"

    @property
    def traits(self) -> frozenset[str]:
        return _DOWN

    def sizes_out(self, source: Tensor) -> list[tuple[int, Dim]]:
        positions = source.spatial(len(self.sizes))
        pairs = zip(positions, self.sizes, strict=True)
        return [(p, source.axes[p].dim if size is None else size) for p, size in pairs]

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        source = operands[0]
        found: dict[str, Reach] = {}
        for position, out in self.sizes_out(source):
            axis = source.axes[position]
            if self.aspect != "stretch":
                found[axis.role or ""] = Whole(partial=True)
            else:
                support = self._support(axis.dim, out)
                found[axis.role or ""] = _sample(axis.dim, out, support, self.aligned_corners)
        return found

    def _support(self, size: Dim, out: Dim) -> int:
        support = SUPPORT[self.method]
        wide = self.antialias and self.method != "nearest"
        if wide and type(size) is int and type(out) is int and size > out:
            return -(-support * size // out)
        return support

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        """The output sizes are given: each formula is that number alone."""
        source = operands[0]
        positions = source.spatial(len(self.sizes))
        return {
            source.axes[position].role or "": number(size)
            for position, size in zip(positions, self.sizes, strict=True)
            if size is not None
        }

    def canonical(self, operands: Operands) -> Resize:
        source = operands[0]
        sizes = [
            None if type(size) is not int and size == source.axes[position].dim else size
            for position, size in self.sizes_out(source)
        ]
        return replace(self, sizes=tuple(sizes))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image, film, sound = _tensors()
        return (
            Example(cls((10, 3)), (image,)),
            Example(cls((3, None), "nearest"), (image,)),
            Example(cls((3, 7), "bicubic", aligned_corners=True), (image,)),
            Example(cls((2, 9), "lanczos3", antialias=True), (image,)),
            Example(cls((4, 4), "lanczos5", aspect="crop"), (image,)),
            Example(cls((4, 4), aspect="pad"), (image,)),
            Example(cls((4, 4, 4)), (film,)),
            Example(cls((5,), "nearest"), (sound,)),
        )


def _stamp(factor: int, support: int) -> Spread:
    """Outputs that one input reaches, at the places (o + 1/2)/factor - 1/2 of the input.

    Those are the outputs less than support/2 input pixels away; of the nearest method exactly its
    own `factor` ones.
    """
    if support == 1:
        return Spread(factor, factor)
    return Spread(support * factor - factor % 2, factor, before=(support - 1) * factor // 2)


def _sample(size: Dim, out: Dim, support: int, aligned_corners: bool) -> Reach:
    if size == out:
        return Slide()
    if type(size) is int and type(out) is int:
        return Sample(size, out, min(support, size), aligned_corners)
    return Whole(partial=True)


def _tensors() -> tuple[Tensor, Tensor, Tensor]:
    image = tensor((2, 5, 6, 4), ("batch", "height", "width", "channel"))
    film = tensor((1, 2, 6, 5, 7), ("batch", "channel", "depth", "height", "width"))
    sound = tensor((1, 12, 3), ("batch", "time", "channel"))
    return image, film, sound

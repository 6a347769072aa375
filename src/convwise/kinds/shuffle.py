"""Pixel shuffling, channels into space and back: all rules; knows no framework's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from convwise.graph.axes import CHANNEL, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import DOWNSAMPLES, Example, Operands
from convwise.kinds.formula import Formula, floor_div, number
from convwise.kinds.positive import must_be_positive
from convwise.kinds.rearranging import Rearranging
from convwise.kinds.windows import Reach, Slide, Spread

_NO_TRAITS: frozenset[str] = frozenset()
_DOWN = frozenset({DOWNSAMPLES})


@dataclass(frozen=True, slots=True)
class PixelShuffle(Rearranging):
    """Turns factor*factor channels into a block of factor x factor pixels (depth to space).

    The last two spatial axes grow. `order`: how the input's channels are numbered: "channel first"
    (output channel, then row and column in the block) or "block first" (the other way round).
    Source: Shi et al. (arXiv:1609.05158).
    """

    name: ClassVar[str] = "pixel_shuffle"
    summary: ClassVar[str] = "Turns groups of channels into blocks of pixels."

    factor: int
    order: str = "channel first"

    @property
    def traits(self) -> frozenset[str]:
        return _NO_TRAITS

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        must_be_positive(self.factor, "the factor")
        channel = source.position(CHANNEL)
        channels = source.axes[channel].dim
        block = self.factor * self.factor
        must.divides(
            channels,
            block,
            f"{{0}} channels do not make blocks of {self.factor} x {self.factor} = {{1}} pixels",
            f"the number of channels must be a multiple of {block}",
        )
        sizes = {p: source.axes[p].dim * self.factor for p in source.spatial(2)}
        return (source.with_dims({**sizes, channel: channels // block}),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        source = operands[0]
        step = Spread(self.factor, self.factor)
        return {source.axes[position].role or "": step for position in source.spatial(2)}

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        source = operands[0]
        found = {
            source.axes[position].role or "": number(source.axes[position].dim) * self.factor
            for position in source.spatial(2)
        }
        found[CHANNEL] = floor_div(source.dim(CHANNEL), self.factor * self.factor)
        return found

    def canonical(self, operands: Operands) -> PixelShuffle:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((2, 3, 5, 12), ("batch", "height", "width", "channel"))
        channels_first = tensor((1, 18, 2, 3), ("batch", "channel", "height", "width"))
        return (
            Example(cls(2), (image,)),
            Example(cls(2, "block first"), (image,)),
            Example(cls(3), (channels_first,)),
        )


@dataclass(frozen=True, slots=True)
class PixelUnshuffle(Rearranging):
    """Turns blocks of factor x factor pixels into channels (space to depth): PixelShuffle undone.

    The last two spatial axes must be multiples of the factor. `order` numbers the output's
    channels: "channel first" or "block first".
    """

    name: ClassVar[str] = "pixel_unshuffle"
    summary: ClassVar[str] = "Turns blocks of pixels into channels."

    factor: int
    order: str = "channel first"

    @property
    def traits(self) -> frozenset[str]:
        return _DOWN

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        must_be_positive(self.factor, "the factor")
        channel = source.position(CHANNEL)
        sizes: dict[int, Dim] = {}
        for position in source.spatial(2):
            axis = source.axes[position]
            must.divides(
                axis.dim,
                self.factor,
                f"{{0}} pixels along {axis.role} do not split into blocks of {{1}}",
                f"crop or pad {axis.role} to a multiple of {self.factor}",
            )
            sizes[position] = axis.dim // self.factor
        sizes[channel] = source.axes[channel].dim * self.factor * self.factor
        return (source.with_dims(sizes),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        source = operands[0]
        step = Slide(self.factor, self.factor)
        return {source.axes[position].role or "": step for position in source.spatial(2)}

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        source = operands[0]
        found = {
            source.axes[position].role or "": floor_div(source.axes[position].dim, self.factor)
            for position in source.spatial(2)
        }
        found[CHANNEL] = number(source.dim(CHANNEL)) * self.factor * self.factor
        return found

    def canonical(self, operands: Operands) -> PixelUnshuffle:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((2, 4, 6, 3), ("batch", "height", "width", "channel"))
        channels_first = tensor((1, 2, 6, 3), ("batch", "channel", "height", "width"))
        return (
            Example(cls(2), (image,)),
            Example(cls(2, "block first"), (image,)),
            Example(cls(3), (channels_first,)),
        )

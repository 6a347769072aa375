"""What stands in front of a network: rescaling, normalisation, augmentation; draws no numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from convwise.graph.axes import AxisRef, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import (
    NO_MACS,
    NORMALISER,
    STOCHASTIC,
    Example,
    Kept,
    Kind,
    Macs,
    Operands,
    Weightless,
)
from convwise.kinds.formula import Formula, number, product
from convwise.kinds.plain import Plain
from convwise.kinds.windows import Reach, Whole

_NONE: frozenset[str] = frozenset()
_NORMALISER = frozenset({NORMALISER})
_STOCHASTIC = frozenset({STOCHASTIC})

#: One number for all values, or one per place of the last axis.
Numbers = float | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Rescaling(Weightless):
    """Values times `scale` plus `offset`: a multiplication and an addition each."""

    name: ClassVar[str] = "rescaling"
    summary: ClassVar[str] = "Multiplies by a constant and adds a constant."

    scale: Numbers
    offset: Numbers = 0.0

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        return (operands[0],)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements * 2

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = (tensor((1, 5, 6, 3), ("batch", "height", "width", "channel")),)
        return (
            Example(cls(1 / 255), image),
            Example(cls((0.5, 0.25, 0.375), -1.0), image),
        )


@dataclass(frozen=True, slots=True)
class Normalization(Kind):
    """Values minus a mean, divided by a standard deviation, per place of `axes`.

    Mean and variance are statistics of the data, never learned: weights when they are `adapted`
    from data (with a count of the values seen), constants when given. `invert` undoes it.
    """

    name: ClassVar[str] = "normalization"
    summary: ClassVar[str] = "Subtracts the data's mean and divides by its standard deviation."

    axes: tuple[AxisRef, ...] = (-1,)
    adapted: bool = True
    invert: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _NORMALISER

    def _own(self, operands: Operands) -> tuple[tuple[str, Dim], ...]:
        source = operands[0]
        places = sorted([source.locate(ref) for ref in self.axes])
        pairs = [(place, source.axes[place]) for place in places]
        return tuple([(axis.role or f"axis{place}", axis.dim) for place, axis in pairs])

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        for ref in self.axes:
            operands[0].locate(ref)
        return (operands[0],)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        if not self.adapted:
            return ()
        own = self._own(operands)
        return (
            WeightSpec("mean", own, trainable=False, statistic=True),
            WeightSpec("variance", own, trainable=False, statistic=True),
            WeightSpec("count", (), trainable=False, statistic=True),
        )

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        return NO_MACS

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        """A subtraction and a division for every value."""
        return outputs[0].elements * 2

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return {}

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        if not self.adapted:
            return {}
        own = product(*[dim for _, dim in self._own(operands)])
        return {"parameters": number(2).times(own) + 1}

    def canonical(self, operands: Operands) -> Normalization:
        source = operands[0]
        places = sorted({source.locate(ref) for ref in self.axes})
        refs = tuple([source.reference(place) for place in places])
        return Normalization(refs, self.adapted, self.invert)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = (tensor((1, 5, 6, 3), ("batch", "height", "width", "channel")),)
        return (
            Example(cls(), image),
            Example(cls(("height", "channel")), image),
            Example(cls(()), image),
            Example(cls(("channel",), adapted=False, invert=True), image),
        )


@dataclass(frozen=True, slots=True)
class Augment(Weightless):
    """A random change of images in training that keeps their shape; nothing afterwards.

    `operation` names it (random_flip, random_rotation, random_contrast, ...): counted as one
    operation per value, whatever it is.
    """

    name: ClassVar[str] = "augment"
    summary: ClassVar[str] = "Changes images at random while training."

    operation: str

    @property
    def traits(self) -> frozenset[str]:
        return _STOCHASTIC

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        return (operands[0],)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = (tensor((1, 5, 6, 3), ("batch", "height", "width", "channel")),)
        return (Example(cls("random_flip"), image), Example(cls("random_contrast"), image))


@dataclass(frozen=True, slots=True)
class RandomCrop(Plain):
    """A piece of `height` x `width` from a random place in training, a resized one afterwards.

    Smaller images are enlarged. Which pixels are read is up to chance: all of them, over time.
    """

    name: ClassVar[str] = "random_crop"
    summary: ClassVar[str] = "Cuts a piece of given size out of images, at a random place."

    height: int
    width: int

    @property
    def traits(self) -> frozenset[str]:
        return _STOCHASTIC

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        places = source.position("height"), source.position("width")
        must.at_least(self.height, 1, "a crop of height {0} holds no pixel")
        must.at_least(self.width, 1, "a crop of width {0} holds no pixel")
        return (source.with_dims(dict(zip(places, (self.height, self.width), strict=True))),)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return {"height": Whole(partial=True), "width": Whole(partial=True)}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {"height": number(self.height), "width": number(self.width)}

    def canonical(self, operands: Operands) -> RandomCrop:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((1, 9, 8, 3), ("batch", "height", "width", "channel"))
        return (Example(cls(5, 6), (image,)),)

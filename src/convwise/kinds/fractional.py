"""Max pooling with windows at random places: all its rules; knows no framework's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from convwise.graph.axes import Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import (
    DOWNSAMPLES,
    STOCHASTIC,
    WINDOW,
    Example,
    Kept,
    Operands,
)
from convwise.kinds.formula import Formula, number
from convwise.kinds.plain import Plain
from convwise.kinds.positive import must_be_as_many, must_be_positive
from convwise.kinds.windowed import taps
from convwise.kinds.windows import Reach, Whole

_TRAITS = frozenset({WINDOW, DOWNSAMPLES, STOCHASTIC})


@dataclass(frozen=True, slots=True)
class FractionalMaxPool(Plain):
    """The largest values of windows whose places are drawn, as many as give an output of `sizes`.

    The steps between windows are drawn so that they sum to the input: the size falls by a fraction
    instead of a whole number. Elementwise operations: one comparison per pixel of each window.
    `indices`: where the maxima were comes out too. Source: Graham (arXiv:1412.6071).
    """

    name: ClassVar[str] = "fractional_max_pool"
    summary: ClassVar[str] = "Keeps the largest values of windows at random places."

    window: tuple[int, ...]
    sizes: tuple[Dim, ...]
    indices: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        must_be_as_many("the window", len(self.window), sizes=self.sizes)
        places = source.spatial(len(self.window))
        for place, kernel, size in zip(places, self.window, self.sizes, strict=True):
            axis = source.axes[place]
            must_be_positive(kernel, "the size of a window")
            must.at_least(size, 1, f"the output has {{0}} pixels along {axis.role}")
            must.at_least(
                axis.dim,
                size + kernel - 1,
                f"{size} windows of {kernel} pixels need {{1}} pixels along {axis.role}, "
                f"the input has {{0}}",
                "ask for a smaller output, or a smaller window",
            )
        pooled = source.with_dims(dict(zip(places, self.sizes, strict=True)))
        return (pooled, pooled.cast("int64")) if self.indices else (pooled,)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements * taps(self.window)

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        """Where the windows were is told by the indices alone."""
        if self.indices:
            return (Kept("input"), Kept("output", 1))
        indices = Kept("extra", name="indices", elements=outputs[0].elements, dtype="int64")
        return (Kept("input"), indices)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        source = operands[0]
        places = source.spatial(len(self.window))
        return {source.axes[place].role or "": Whole(partial=True) for place in places}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        axes = [outputs[0].axes[place] for place in outputs[0].spatial(len(self.window))]
        return {axis.role or "": number(axis.dim) for axis in axes}

    def canonical(self, operands: Operands) -> Self:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((2, 3, 9, 8), ("batch", "channel", "height", "width"))
        film = tensor((1, 6, 7, 8, 2), ("batch", "depth", "height", "width", "channel"))
        return (
            Example(cls((2, 3), (6, 5)), (image,)),
            Example(cls((3, 3), (4, 4), True), (image,)),
            Example(cls((2, 2, 2), (4, 5, 6)), (film,)),
        )

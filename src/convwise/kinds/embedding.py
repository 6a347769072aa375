"""Embedding of tokens: all rules; knows no framework's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from convwise.graph.axes import BATCH, CHANNEL, SPATIAL, Axis, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import Example, Kept, Operands, Pointwise
from convwise.kinds.formula import Formula, number
from convwise.kinds.positive import must_be_positive

_TRAITS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Embedding(Pointwise):
    """Looks up, for each whole number below `vocabulary`, its row of `width` values.

    Input: any axes; the output has a channel axis more, at the end. The last axis of the input
    becomes time where it had no place in space or time yet. Looking up is no arithmetic.
    """

    name: ClassVar[str] = "embedding"
    summary: ClassVar[str] = "Replaces each token by its row of a table."

    vocabulary: int
    width: int

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        must_be_positive(self.vocabulary, "the vocabulary")
        must_be_positive(self.width, "the width")
        axes = [
            axis if axis.role in SPATIAL or axis.role == BATCH else Axis(None, axis.dim)
            for axis in operands[0].axes
        ]
        if axes and axes[-1].role is None:
            taken = any(axis.role == "time" for axis in axes)
            axes[-1] = Axis(None if taken else "time", axes[-1].dim)
        return (Tensor((*axes, Axis(CHANNEL, self.width))),)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return (WeightSpec("table", (("vocabulary", self.vocabulary), ("out", self.width))),)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input"),)

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {"parameters": number(self.vocabulary).times(self.width)}

    def canonical(self, operands: Operands) -> Embedding:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        words = tensor((2, 10), ("batch", "feature"), "int32")
        steps = tensor((2, 10), ("batch", "time"), "int64")
        grid = tensor((2, 4, 5), ("batch", "height", "width"), "int32")
        return (
            Example(cls(100, 8), (words,)),
            Example(cls(7, 3), (steps,)),
            Example(cls(7, 3), (grid,)),
            Example(cls(5, 2), (tensor((2,), ("batch",), "int32"),)),
        )

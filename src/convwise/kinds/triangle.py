"""Triangles of matrices: values on one side of a diagonal, zeros elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import Example, Kept, Operands, Weightless

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Triangle(Weightless):
    """Of the last two axes the values below `diagonal`, or above it when `upper`; it is kept.

    One operation per value; backward needs sizes only.
    """

    name: ClassVar[str] = "triangle"
    summary: ClassVar[str] = "Keeps the lower or upper triangle of matrices, zeros elsewhere."

    upper: bool = False
    diagonal: int = 0

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if operands[0].rank < 2:
            raise RuleError(
                f"a triangle is one of matrices, {describe(operands[0])} has "
                f"{operands[0].rank} axes",
                hint="two axes are needed",
            )
        return (operands[0],)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        scores = (tensor((2, 5, 7), ("batch", None, None)),)
        return (Example(cls(), scores), Example(cls(upper=True, diagonal=1), scores))

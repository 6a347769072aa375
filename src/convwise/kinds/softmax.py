"""Softmax and its relatives: values that compete along axes; knows no framework's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from convwise.graph.axes import AxisRef, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import Example, Kept, Operands
from convwise.kinds.formula import Formula
from convwise.kinds.merged import placed_roles
from convwise.kinds.plain import Plain, references
from convwise.kinds.windows import WHOLE, Reach

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Softmax(Plain):
    """Exponentials divided by their sum over `axes`; their logarithm when `log`.

    `sparse` is the projection onto the simplex that returns exact zeros: Martins and Astudillo,
    From Softmax to Sparsemax (2016).
    """

    name: ClassVar[str] = "softmax"
    summary: ClassVar[str] = "Turns values along axes into shares that add up to one."

    axes: tuple[AxisRef, ...] = (-1,)
    log: bool = False
    sparse: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        for ref in self.axes:
            operands[0].locate(ref)
        return (operands[0],)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        """An exponential, a sum and a division for every value."""
        return outputs[0].elements * 3

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("output"),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        axes = [operands[0].axes[operands[0].locate(ref)] for ref in self.axes]
        return {role: WHOLE for axis in axes for role in placed_roles(axis)}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {}

    def canonical(self, operands: Operands) -> Softmax:
        places = {operands[0].locate(ref) for ref in self.axes}
        return Softmax(references(operands[0], places), self.log, self.sparse)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((1, 5, 6, 4), ("batch", "height", "width", "channel"))
        return (
            Example(cls(), (image,)),
            Example(cls(("height", "width"), log=True), (image,)),
            Example(cls(("channel",), sparse=True), (image,)),
        )

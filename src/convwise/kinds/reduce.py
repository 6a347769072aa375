"""Reductions over named axes: all rules; knows no framework's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import SPATIAL, Axis, AxisRef, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import DOWNSAMPLES, NO_MACS, Example, Kept, Kind, Macs, Operands
from convwise.kinds.formula import Formula, number
from convwise.kinds.merged import placed_roles
from convwise.kinds.named_axes import located
from convwise.kinds.plain import references
from convwise.kinds.windows import WHOLE, Reach

_TRAITS = frozenset({DOWNSAMPLES})
_LINEAR = ("mean", "sum")

#: Arithmetic per input value of each reduction.
OPS = {"mean": 1, "sum": 1, "max": 1, "min": 1, "prod": 1, "std": 4}


@dataclass(frozen=True, slots=True)
class Reduce(Kind):
    """`op` over the named axes together, which disappear or, with `keep_axes`, keep size one.

    `op`: mean, sum, max, min, prod or std. Elementwise operations: one per input value; four for
    std (sum; difference, square, sum). Backward of mean and sum needs sizes only.
    """

    name: ClassVar[str] = "reduce"
    summary: ClassVar[str] = "Takes the mean, sum, maximum or another reduction over whole axes."

    op: str
    axes: tuple[AxisRef, ...]
    keep_axes: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        gone = located(source, self.axes)
        if self.op not in OPS:
            raise RuleError(f'there is no reduction "{self.op}"', hint=f"one of: {', '.join(OPS)}")
        if self.keep_axes:
            return (source.with_dims(dict.fromkeys(gone, 1)),)
        left = [axis for position, axis in enumerate(source.axes) if position not in gone]
        return (source.with_axes(left),)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        return NO_MACS

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return operands[0].elements * OPS[self.op]

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return () if self.op in _LINEAR else (Kept("input"), Kept("output"))

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        source = operands[0]
        gone = [source.axes[position] for position in located(source, self.axes)]
        return {role: WHOLE for axis in gone for role in placed_roles(axis)}

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        if not self.keep_axes:
            return {}
        gone = [outputs[0].axes[position] for position in located(operands[0], self.axes)]
        return {axis.role: number(1) for axis in gone if axis.role in SPATIAL}

    def canonical(self, operands: Operands) -> Reduce:
        return replace(self, axes=references(operands[0], self.axes))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((2, 5, 3, 4), ("batch", "height", "width", "channel"))
        factors = (Axis("height", 3), Axis("width", 2))
        merged = Tensor((Axis("batch", 2), Axis(None, 6, factors), Axis("channel", 4)))
        return (
            Example(cls("mean", ("height", "width")), (image,)),
            Example(cls("max", ("channel",), keep_axes=True), (image,)),
            Example(cls("sum", (1, 2), keep_axes=True), (image,)),
            Example(cls("std", (-1,)), (image,)),
            Example(cls("min", ("width",)), (image,)),
            Example(cls("prod", (1,)), (merged,)),
        )

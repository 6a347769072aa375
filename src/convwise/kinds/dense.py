"""The dense layer: a contraction of the last axis; must never know how its input was flattened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL, FEATURE, Axis, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import (
    CONTRACTION,
    Example,
    Kept,
    Kind,
    Macs,
    Operands,
    parameter_formula,
)
from convwise.kinds.formula import Formula, product
from convwise.kinds.merged import placed_roles, unmerged
from convwise.kinds.positive import must_be_positive
from convwise.kinds.windowed import counted_axes
from convwise.kinds.windows import WHOLE, Reach

_TRAITS = frozenset({CONTRACTION})


@dataclass(frozen=True, slots=True)
class Dense(Kind):
    """`units` weighted sums over the whole last axis, whatever its role, at every other position.

    Input: two axes or more, the batch axis included. The last axis comes out with `units` values,
    as channels when it held channels, else as features. Multiply-adds: output values x input
    values of one sum. Elementwise operations: the bias, one per output value.
    """

    name: ClassVar[str] = "dense"
    summary: ClassVar[str] = "Every output is a weighted sum of all values along the last axis."

    units: int
    bias: bool = True

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        must_be_positive(self.units, "the number of units")
        if source.rank < 2:
            raise RuleError(
                f"a dense layer needs at least 2 axes, batch included: "
                f"{describe(source)} has {source.rank}",
                hint="give every example at least one feature axis",
            )
        role = CHANNEL if source.axes[-1].role == CHANNEL else FEATURE
        return (Tensor((*source.axes[:-1], Axis(role, self.units)), source.dtype),)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        kernel = WeightSpec("kernel", (("out", self.units), ("in", operands[0].axes[-1].dim)))
        return (kernel, WeightSpec("bias", (("out", self.units),))) if self.bias else (kernel,)

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        total = outputs[0].elements * operands[0].axes[-1].dim
        return Macs(total, total, total)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements if self.bias else 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input"),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return dict.fromkeys(placed_roles(operands[0].axes[-1]), WHOLE)

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        one_unit = product(*unmerged(operands[0].axes[-1]))
        positions = counted_axes(outputs[0].axes[:-1])
        return {
            "parameters": parameter_formula(self.units, one_unit, self.bias),
            "macs": product(*positions, self.units).times(one_unit),
        }

    def canonical(self, operands: Operands) -> Dense:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        factors = (Axis("height", 3), Axis("width", 2), Axis("channel", 4))
        flat = Tensor((Axis("batch", 1), Axis("feature", 24, factors)))
        image = tensor((1, 5, 4, 3), ("batch", "height", "width", "channel"))
        channels_first = tensor((1, 3, 5, 4), ("batch", "channel", "height", "width"))
        table = tensor((2, 6, 5), ("batch", "time", "feature"))
        return (
            Example(cls(7), (flat,)),
            Example(cls(7, bias=False), (table,)),
            Example(cls(2), (image,)),
            Example(cls(6), (channels_first,)),
        )

"""Sums, products and extremes of all values up to each one; knows no framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import Axis, AxisRef, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import Example, Kept, Operands
from convwise.kinds.element_types import INDEX, is_float
from convwise.kinds.formula import Formula
from convwise.kinds.merged import placed_roles
from convwise.kinds.plain import Plain
from convwise.kinds.windows import Reach, Whole

_NONE: frozenset[str] = frozenset()
_OPS = ("sum", "prod", "max", "min", "logsumexp")
_PLACED = ("max", "min")


@dataclass(frozen=True, slots=True)
class Running(Plain):
    """`op` of all values along `axis` up to and with each one: sum, prod, max, min, logsumexp.

    The maximum and minimum also say where they stood, which is what backward needs of them.
    Elementwise operations: one per value.
    """

    name: ClassVar[str] = "running"
    summary: ClassVar[str] = "Sums, multiplies or compares all values up to each one."

    op: str
    axis: AxisRef

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if self.op not in _OPS:
            raise RuleError(f'there is no running "{self.op}"', hint=f"one of: {', '.join(_OPS)}")
        source = operands[0]
        place = source.locate(self.axis)
        if source.axes[place].factors:
            source = source.with_dims({place: source.axes[place].dim})
        if self.op in _PLACED:
            return (source, source.cast(INDEX))
        whole = self.op in ("sum", "prod") and not is_float(source.dtype)
        return (source.cast(INDEX) if whole else source,)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return operands[0].elements

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        if self.op == "sum":
            return ()
        return (Kept("output", 1),) if self.op in _PLACED else (Kept("input"), Kept("output"))

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """All that came before, which differs from place to place."""
        source = operands[0]
        roles = placed_roles(source.axes[source.locate(self.axis)])
        return dict.fromkeys(roles, Whole(partial=True))

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {}

    def canonical(self, operands: Operands) -> Running:
        return Running(self.op, operands[0].reference(operands[0].locate(self.axis)))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        steps = (tensor((2, 9, 4), ("batch", "time", "channel")),)
        factors = (Axis("height", 3), Axis("width", 2))
        merged = Tensor((Axis("batch", 2), Axis(None, 6, factors), Axis("channel", 4)))
        return (
            *[Example(cls(op, "time"), steps) for op in _OPS],
            Example(cls("sum", -1), (steps[0].cast("bool"),)),
            Example(cls("sum", 1), (merged,)),
        )

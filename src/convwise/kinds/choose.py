"""Values taken from one of two tensors, as a third one says; knows no framework's vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import Axis, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.broadcasting import leading, without_doubles
from convwise.kinds.contract import Example, Kept, Operands, Weightless
from convwise.kinds.element_types import BOOL, FLOAT, INDEX, common, is_float

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Where(Weightless):
    """`chosen` where the condition holds, `other` elsewhere; axes of size 1 are repeated.

    Operands: those of the two that are tensors, in this order, then the condition; the two that
    are plain numbers stand in the fields. One operation per value; backward needs the condition.
    """

    name: ClassVar[str] = "where"
    summary: ClassVar[str] = "Takes each value from one of two tensors, as a condition says."

    chosen: float | None = None
    other: float | None = None

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        numbers = [one for one in (self.chosen, self.other) if one is not None]
        if len(operands) != 3 - len(numbers):
            raise RuleError(
                f"a choice needs a condition and {2 - len(numbers)} tensors, "
                f"{len(operands)} are given in all"
            )
        axes: list[Axis] = list(operands[0].axes)
        for operand in operands[1:]:
            axes = leading(axes, operand.axes, must, "choose")
        return (Tensor(tuple(without_doubles(axes, set())), _dtype(operands[:-1], numbers)),)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input", len(operands) - 1),) if len(operands) > 1 else ()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        roles = ("batch", "height", "width", "channel")
        image = tensor((2, 5, 6, 4), roles)
        mask = tensor((2, 5, 6, 1), roles, BOOL)
        gate = tensor((4,), ("channel",))
        whole = tensor((2, 5, 6, 4), roles, "int32")
        return (
            Example(cls(), (image, image, mask)),
            Example(cls(), (gate, image, mask)),
            Example(cls(chosen=-1e9), (image, mask)),
            Example(cls(chosen=float("-inf")), (image, mask)),
            Example(cls(other=0), (whole, mask)),
            Example(cls(1.0, 0.0), (mask,)),
        )


def _dtype(values: Operands, numbers: list[float]) -> str:
    """A number with a point makes whole numbers floating; it changes no other type."""
    found = common([operand.dtype for operand in values])
    if found and is_float(found):
        return found
    if any(type(number) is float for number in numbers):
        return FLOAT
    return INDEX if found in ("", BOOL) and numbers else found

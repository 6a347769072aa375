"""Reductions over named axes: all rules; knows no framework's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

from convwise.errors import RuleError
from convwise.graph.axes import SPATIAL, Axis, AxisRef, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import DOWNSAMPLES, NO_MACS, Example, Kept, Kind, Macs, Operands
from convwise.kinds.element_types import BOOL, INDEX, is_float, real
from convwise.kinds.formula import Formula, number
from convwise.kinds.merged import placed_roles
from convwise.kinds.named_axes import located
from convwise.kinds.plain import references
from convwise.kinds.windows import WHOLE, Reach

_TRAITS = frozenset({DOWNSAMPLES})


class Reduction(NamedTuple):
    """What is known of a reduction: arithmetic per input value, what backward needs, its type.

    `dtype`: "" as it comes in, "sum" where whole numbers become int64, "real" where they become
    fractions, or a type of its own.
    """

    ops: int = 1
    needs: tuple[str, ...] = ()
    dtype: str = ""


_BOTH = ("input", "output")

#: Every reduction by its name. Of std and var: sum; difference, square, sum. Of logsumexp: maximum;
#: difference, exponential, sum.
REDUCTIONS: dict[str, Reduction] = {
    "mean": Reduction(dtype="real"),
    "sum": Reduction(dtype="sum"),
    "max": Reduction(needs=_BOTH),
    "min": Reduction(needs=_BOTH),
    "prod": Reduction(needs=_BOTH, dtype="sum"),
    "std": Reduction(4, _BOTH, "real"),
    "var": Reduction(4, ("input",), "real"),
    "logsumexp": Reduction(4, _BOTH, "real"),
    "any": Reduction(dtype=BOOL),
    "all": Reduction(dtype=BOOL),
    "argmax": Reduction(dtype=INDEX),
    "argmin": Reduction(dtype=INDEX),
    "count": Reduction(dtype=INDEX),
}

#: Arithmetic per input value of each reduction.
OPS = {name: known.ops for name, known in REDUCTIONS.items()}


@dataclass(frozen=True, slots=True)
class Reduce(Kind):
    """`op` over the named axes together, which disappear or, with `keep_axes`, keep size one.

    `op`: mean, sum, max, min, prod, std, var, logsumexp, any, all, argmax, argmin or count (of
    values that are not zero). Elementwise operations: one per input value; four for std and var
    (sum; difference, square, sum) and for logsumexp. Backward of mean and sum needs sizes only.
    `correction`: std and var divide by so many less than there are values (Bessel's is 1).
    """

    name: ClassVar[str] = "reduce"
    summary: ClassVar[str] = "Takes the mean, sum, maximum or another reduction over whole axes."

    op: str
    axes: tuple[AxisRef, ...]
    keep_axes: bool = False
    correction: int = 0

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        gone = located(source, self.axes)
        if self.op not in OPS:
            raise RuleError(f'there is no reduction "{self.op}"', hint=f"one of: {', '.join(OPS)}")
        dtype = _dtype(REDUCTIONS[self.op].dtype, source.dtype)
        if dtype != source.dtype:
            source = source.cast(dtype)
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
        return tuple([Kept(what) for what in REDUCTIONS[self.op].needs])

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
            Example(cls("std", (1, 2), correction=1), (image,)),
            Example(cls("min", ("width",)), (image,)),
            Example(cls("prod", (1,)), (merged,)),
            Example(cls("var", ("height", "width"), keep_axes=True), (image,)),
            *[Example(cls(op, ("channel",)), (image,)) for op in ("logsumexp", "argmax", "argmin")],
            Example(cls("any", (1, 2)), (image.cast(BOOL),)),
            Example(cls("all", (3,), keep_axes=True), (image.cast(BOOL),)),
            Example(cls("count", ("height",)), (image,)),
            Example(cls("sum", (1,)), (image.cast(BOOL),)),
        )


def _dtype(rule: str, dtype: str) -> str:
    if rule == "sum":
        return dtype if is_float(dtype) else INDEX
    if rule == "real":
        return real(dtype)
    return rule or dtype

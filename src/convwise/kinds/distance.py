"""Distances and similarities of the vectors of two tensors; knows no framework's vocabulary."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from convwise.errors import RuleError
from convwise.graph.axes import SPATIAL, AxisRef, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.broadcasting import leading, without_doubles
from convwise.kinds.contract import CONTRACTION, NO_MACS, Example, Kept, Kind, Macs, Operands
from convwise.kinds.formula import Formula, number, product
from convwise.kinds.merged import placed_roles, unmerged
from convwise.kinds.plain import Plain
from convwise.kinds.windowed import counted_axes
from convwise.kinds.windows import WHOLE, Reach, Whole

_NONE: frozenset[str] = frozenset()
_PRODUCT = frozenset({CONTRACTION})

#: The order of a norm: the power, or "max" for the largest absolute value.
Order = float | str
#: Orders that need no root after the sum.
_ROOTLESS: Final = (0.0, 1.0, "max")


def _two(operands: Operands) -> None:
    if len(operands) != 2:
        raise RuleError(f"two tensors are compared, {len(operands)} are given")


class _Compared(Plain):
    """Shared rules of kinds that compare vectors along one axis, pair by pair; ones repeat."""

    __slots__ = ()

    @property
    @abstractmethod
    def along(self) -> AxisRef:
        """The axis of the vectors, in the two tensors together."""

    @property
    @abstractmethod
    def stays(self) -> bool:
        """Whether the axis stays, with size one."""

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def pairs(self, operands: Operands, must: Must) -> Tensor:
        """The two tensors together: every pair of values once."""
        _two(operands)
        one, two = operands
        axes = without_doubles(leading(one.axes, two.axes, must, "compare"), set())
        return one.with_axes(axes)

    def place(self, operands: Operands) -> int:
        """Where the axis of the vectors stands in the two tensors together."""
        return self.pairs(operands, Must()).locate(self.along)

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        pairs = self.pairs(operands, must)
        place = pairs.locate(self.along)
        if self.stays:
            return (pairs.with_dims({place: 1}),)
        return (pairs.with_axes((*pairs.axes[:place], *pairs.axes[place + 1 :])),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """The compared axis is seen whole; axes that have lost their role are not tracked."""
        pairs = self.pairs(operands, Must())
        source = operands[operand]
        place = pairs.locate(self.along)
        found: dict[str, Reach] = {}
        for back in range(1, source.rank + 1):
            axis, joint = source.axes[-back], pairs.axes[-back]
            if pairs.rank - back == place:
                found.update(dict.fromkeys(placed_roles(axis), WHOLE))
            elif axis.role != joint.role:
                found.update(dict.fromkeys(placed_roles(axis), Whole(partial=True)))
        return found

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        axis = self.pairs(operands, Must()).axes
        role = axis[outputs[0].locate(self.along)].role if self.stays else None
        return {role: number(1)} if role in SPATIAL and role is not None else {}


@dataclass(frozen=True, slots=True)
class CosineSimilarity(_Compared):
    """The cosine of the angle between vectors along `axis`: their product over their lengths.

    Elementwise operations: six per pair of values (three products, three sums), four per result
    (two roots, a product, a quotient).
    """

    name: ClassVar[str] = "cosine_similarity"
    summary: ClassVar[str] = "The cosine of the angle between vectors of two tensors."

    axis: AxisRef = 1
    epsilon: float = 1e-8

    @property
    def along(self) -> AxisRef:
        return self.axis

    @property
    def stays(self) -> bool:
        return False

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return self.pairs(operands, Must()).elements * 6 + outputs[0].elements * 4

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        lengths = Kept("extra", name="lengths", elements=outputs[0].elements * 2)
        return (Kept("input", 0), Kept("input", 1), lengths)

    def canonical(self, operands: Operands) -> CosineSimilarity:
        pairs = self.pairs(operands, Must())
        return replace(self, axis=pairs.reference(pairs.locate(self.axis)))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        table = tensor((2, 6), ("batch", "feature"))
        image = tensor((2, 4, 5, 6), ("batch", "channel", "height", "width"))
        steps = tensor((2, 5, 1, 6), ("batch", "time", None, "feature"))
        keys = tensor((2, 1, 7, 6), ("batch", None, None, "feature"))
        return (
            Example(cls(), (table, table)),
            Example(cls("channel"), (image, image)),
            Example(cls(2, 1e-6), (image, tensor((5, 1), ("height", "width")))),
            Example(cls(-1), (steps, keys)),
        )


@dataclass(frozen=True, slots=True)
class PairwiseDistance(_Compared):
    """The norm of the differences of vectors along the last axis; `epsilon` is added to each.

    Elementwise operations: four per pair of values (difference, sum, power, sum), and a root per
    result where the order of the norm is not 0, 1 or "max".
    """

    name: ClassVar[str] = "pairwise_distance"
    summary: ClassVar[str] = "The distance of each vector of a tensor to that of another."

    order: Order = 2.0
    epsilon: float = 1e-6
    keep_axis: bool = False

    @property
    def along(self) -> AxisRef:
        return -1

    @property
    def stays(self) -> bool:
        return self.keep_axis

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        values = self.pairs(operands, Must()).elements * 4
        return values if self.order in _ROOTLESS else values + outputs[0].elements

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        pairs = self.pairs(operands, Must()).elements
        return (Kept("extra", name="differences", elements=pairs), Kept("output"))

    def canonical(self, operands: Operands) -> PairwiseDistance:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        table = tensor((2, 6), ("batch", "feature"))
        steps = tensor((2, 5, 6), ("batch", "time", "feature"))
        last = tensor((2, 3, 7), ("batch", "channel", "time"))
        return (
            Example(cls(), (table, table)),
            Example(cls(1.0), (steps, tensor((6,), ("feature",)))),
            Example(cls("max", keep_axis=True), (steps, steps)),
            Example(cls(3.0, 0.0, True), (last, last)),
        )


@dataclass(frozen=True, slots=True)
class CrossDistance(Kind):
    """The norm of the difference of every vector of one tensor and every one of another.

    Operands: (..., rows, n) and (..., columns, n); the output is (..., rows, columns). Elementwise
    operations: three per pair of values (difference, power, sum), and a root per result where the
    order of the norm is not 0, 1 or "max". `by_product`: squared lengths are added to -2 times the
    matrix product, whose multiply-adds are counted; otherwise a product and a sum per value for the
    lengths, three operations (two sums, a root) per result.
    """

    name: ClassVar[str] = "cross_distance"
    summary: ClassVar[str] = "The distances of all vectors of one tensor to all of another."

    order: Order = 2.0
    by_product: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _PRODUCT if self.by_product else _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        _two(operands)
        one, two = operands
        shapes = f"{describe(one)} and {describe(two)}"
        if one.rank < 2 or two.rank < 2:
            raise RuleError(f"distances need vectors in rows, {shapes} have fewer than 2 axes")
        if self.by_product and self.order != 2.0:
            raise RuleError(f"a product gives distances of order 2, not of order {self.order}")
        message = f"vectors of {{0}} and {{1}} values in {shapes} have no distance"
        must.equal(one.shape[-1], two.shape[-1], message, "their last axes are equally long")
        axes = leading(one.axes[:-2], two.axes[:-2], must, "compare")
        return (one.with_axes(without_doubles((*axes, one.axes[-2], two.axes[-2]), set())),)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        if not self.by_product:
            return NO_MACS
        total = outputs[0].elements * operands[0].shape[-1]
        return Macs(total, total * 2, shares=(total, total))

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        results = outputs[0].elements
        if self.by_product:
            return (operands[0].elements + operands[1].elements) * 2 + results * 3
        values = results * operands[0].shape[-1] * 3
        return values if self.order in _ROOTLESS else values + results

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input", 0), Kept("input", 1), Kept("output"))

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """Vectors are seen whole; axes that have lost their role are no longer tracked."""
        source = operands[operand]
        made = self.outputs(operands, Must())[0].axes
        found: dict[str, Reach] = dict.fromkeys(placed_roles(source.axes[-1]), WHOLE)
        rows = (*made[:-2], made[-1] if operand else made[-2])
        for axis, out in zip(source.axes[-2::-1], rows[::-1], strict=False):
            if axis.role != out.role:
                found.update(dict.fromkeys(placed_roles(axis), Whole(partial=True)))
        return found

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        if not self.by_product:
            return {}
        values = product(*unmerged(operands[0].axes[-1]))
        return {"macs": product(*counted_axes(outputs[0].axes)).times(values)}

    def canonical(self, operands: Operands) -> CrossDistance:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        steps = tensor((2, 5, 6), ("batch", "time", "feature"))
        words = tensor((2, 7, 6), ("batch", None, "feature"))
        return (
            Example(cls(), (steps, words)),
            Example(cls(by_product=True), (steps, steps)),
            Example(cls(1.0), (words, tensor((3, 6), (None, None)))),
            Example(cls("max"), (steps, steps)),
        )

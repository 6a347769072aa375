"""Values taken from and put at places that other tensors name; knows no indexing syntax."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import Axis, AxisRef, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.broadcasting import leading, without_doubles
from convwise.kinds.contract import Example, Kept, Operands
from convwise.kinds.element_types import INDEX
from convwise.kinds.formula import Formula
from convwise.kinds.merged import placed_roles
from convwise.kinds.named_axes import located
from convwise.kinds.plain import Plain
from convwise.kinds.windows import Reach, Whole

_NONE: frozenset[str] = frozenset()
_PARTIAL = Whole(partial=True)
_SCATTERS = ("set", "add", "prod", "mean", "max", "min")


@dataclass(frozen=True, slots=True)
class Gather(Plain):
    """Of the values along `axis`, those that an index of as many axes names, place by place.

    Operands: the values and the whole numbers, whose shape the output has.
    """

    name: ClassVar[str] = "gather"
    summary: ClassVar[str] = "Takes, for every place of an index, the value it names along an axis."

    axis: AxisRef

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source, index = _pair(operands)
        along = source.locate(self.axis)
        if index.rank != source.rank:
            raise RuleError(
                f"the index {describe(index)} has {index.rank} axes, {describe(source)} has "
                f"{source.rank}",
                hint="give the index as many axes: index.unsqueeze(-1)",
            )
        for place, (one, other) in enumerate(zip(source.axes, index.axes, strict=True)):
            if place != along:
                message = f"axis {place} has {{0}} values, the index asks for {{1}}"
                must.at_least(one.dim, other.dim, message)
        pairs = zip(source.axes, index.axes, strict=True)
        return (source.with_axes([Axis(one.role, other.dim) for one, other in pairs]),)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input", 1),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """Which places are read along the axis is in the data."""
        source, index = operands
        if operand:
            return {}
        along = source.locate(self.axis)
        found: dict[str, Reach] = {}
        for place, (one, other) in enumerate(zip(source.axes, index.axes, strict=True)):
            if place == along or one.dim != other.dim or one.factors:
                found.update(dict.fromkeys(placed_roles(one), _PARTIAL))
        return found

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {}

    def canonical(self, operands: Operands) -> Gather:
        return Gather(operands[0].reference(operands[0].locate(self.axis)))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        steps = tensor((2, 9, 4), ("batch", "time", "feature"))
        few = tensor((2, 3, 4), ("batch", None, "feature"), INDEX)
        one = tensor((2, 9, 1), ("batch", "time", "feature"), INDEX)
        return (Example(cls("time"), (steps, few)), Example(cls(-1), (steps, one)))


@dataclass(frozen=True, slots=True)
class Pick(Plain):
    """The places of `axes` that tensors of whole numbers name, one index per axis.

    The indices are repeated to one shape, whose axes stand where the first of `axes` was, or in
    `front`. Operands: the values, then the indices.
    """

    name: ClassVar[str] = "pick"
    summary: ClassVar[str] = "Takes the places of axes that whole numbers name, such as rows."

    axes: tuple[AxisRef, ...]
    front: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        if len(operands) != len(self.axes) + 1:
            raise RuleError(f"{len(operands) - 1} indices are given for {len(self.axes)} axes")
        places = located(source, self.axes)
        named: list[Axis] = list(operands[1].axes)
        for index in operands[2:]:
            named = leading(named, index.axes, must, "index together")
        if len(places) == len(named) == 1 and named[0].role is None:
            named = [Axis(source.axes[places[0]].role, named[0].dim)]
        first = 0 if self.front else min(places)
        before = [axis for place, axis in enumerate(source.axes[:first]) if place not in places]
        after = [axis for place, axis in enumerate(source.axes) if place not in places]
        axes = (*before, *named, *after[len(before) :])
        return (source.with_axes(without_doubles(axes, set())),)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return tuple([Kept("input", which) for which in range(1, len(operands))])

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """Which places are read is in the data."""
        if operand:
            return {}
        source = operands[0]
        found: dict[str, Reach] = {}
        for place in located(source, self.axes):
            found.update(dict.fromkeys(placed_roles(source.axes[place]), _PARTIAL))
        return found

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {}

    def canonical(self, operands: Operands) -> Pick:
        source = operands[0]
        return Pick(tuple([source.reference(source.locate(ref)) for ref in self.axes]), self.front)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((2, 5, 6, 4), ("batch", "height", "width", "channel"))
        table = tensor((20, 6), (None, None))
        words = tensor((2, 9), ("batch", "time"), INDEX)
        row = tensor((3,), (None,), INDEX)
        return (
            Example(cls(("height",)), (image, row)),
            Example(cls((0,)), (table, words)),
            Example(cls((1, 2)), (image, row, row)),
            Example(cls((1, 3), front=True), (image, row, tensor((7, 1), (None, None), INDEX))),
        )


@dataclass(frozen=True, slots=True)
class Scatter(Plain):
    """A tensor in which values are put, or joined by `op`, at places of `axis` an index names.

    Operands: the tensor, the whole numbers, with as many axes or one, and the values unless they
    are one `number`. `op`: set, add, prod, mean, max or min. Elementwise operations: one per value
    that is joined.
    """

    name: ClassVar[str] = "scatter"
    summary: ClassVar[str] = "Puts or adds values at the places of a tensor that an index names."

    axis: AxisRef
    op: str = "set"
    number: float | None = None

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if self.op not in _SCATTERS:
            raise RuleError(
                f'values cannot be joined by "{self.op}"', hint=f"one of: {', '.join(_SCATTERS)}"
            )
        if len(operands) != (3 if self.number is None else 2):
            raise RuleError(f"a tensor, an index and values are needed, {len(operands)} are given")
        source, index = operands[:2]
        if index.rank not in (1, source.rank):
            raise RuleError(
                f"the index {describe(index)} has {index.rank} axes, {describe(source)} has "
                f"{source.rank}",
                hint="give the index as many axes, or one",
            )
        source.locate(self.axis)
        merged = {place: axis.dim for place, axis in enumerate(source.axes) if axis.factors}
        return (source.with_dims(merged) if merged else source,)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0 if self.op == "set" else operands[-1].elements

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input", 1),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """Values come to places that the data names."""
        if operand == 0:
            return {}
        roles = [role for axis in operands[operand].axes for role in placed_roles(axis)]
        return dict.fromkeys(roles, _PARTIAL)

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {}

    def canonical(self, operands: Operands) -> Scatter:
        axis = operands[0].reference(operands[0].locate(self.axis))
        return Scatter(axis, self.op, self.number)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        steps = tensor((2, 9, 4), ("batch", "time", "feature"))
        index = tensor((2, 3, 4), ("batch", "time", "feature"), INDEX)
        values = tensor((2, 3, 4), ("batch", "time", "feature"))
        row = tensor((3,), (None,), INDEX)
        return (
            Example(cls("time"), (steps, index, values)),
            Example(cls(1, number=0.5), (steps, index)),
            Example(cls("time", "add"), (steps, index, values)),
            Example(cls("time", "max"), (steps, index, values)),
            Example(cls("time", "add"), (steps, row, values)),
            Example(cls("time"), (steps, row, values)),
        )


def _pair(operands: Operands) -> tuple[Tensor, Tensor]:
    if len(operands) != 2:
        raise RuleError(f"values and an index are needed, {len(operands)} are given")
    return operands[0], operands[1]

"""Values found by their rank along one axis, with their places; knows no framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import SPATIAL, Axis, AxisRef, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import DOWNSAMPLES, Example, Kept, Operands
from convwise.kinds.element_types import INDEX
from convwise.kinds.formula import Formula, number
from convwise.kinds.merged import placed_roles
from convwise.kinds.plain import Plain
from convwise.kinds.windows import WHOLE, Reach

_NONE: frozenset[str] = frozenset()
_DOWNSAMPLES = frozenset({DOWNSAMPLES})
_RANKS = ("max", "min", "median", "mode", "kth")


@dataclass(frozen=True, slots=True)
class Extreme(Plain):
    """One value along `axis`, and where it stood; the axis disappears or keeps size one.

    `op`: max, min, median, mode or kth, the `rank`-th smallest. Outputs: values and int64 places,
    which are all that backward needs. Elementwise operations: one per input value.
    """

    name: ClassVar[str] = "extreme"
    summary: ClassVar[str] = "Finds the largest, smallest or middle value along an axis, and where."

    op: str
    axis: AxisRef
    keep_axis: bool = False
    rank: int = 1

    @property
    def traits(self) -> frozenset[str]:
        return _DOWNSAMPLES

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if self.op not in _RANKS:
            raise RuleError(f'there is no rank "{self.op}"', hint=f"one of: {', '.join(_RANKS)}")
        source = operands[0]
        place = source.locate(self.axis)
        if self.op == "kth":
            must.at_least(self.rank, 1, "ranks begin at {1}, found {0}")
            must.at_least(source.axes[place].dim, self.rank, "of {0} values none has rank {1}")
        if self.keep_axis:
            return _with_places(source.with_dims({place: 1}))
        return _with_places(source.with_axes((*source.axes[:place], *source.axes[place + 1 :])))

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return operands[0].elements

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("output", 1),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return _along(operands[0], self.axis)

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return _sized(operands[0], self.axis, 1) if self.keep_axis else {}

    def canonical(self, operands: Operands) -> Extreme:
        axis = _reference(operands[0], self.axis)
        return Extreme(self.op, axis, self.keep_axis, self.rank if self.op == "kth" else 1)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = _image()
        return (
            Example(cls("max", "channel"), image),
            Example(cls("min", 1, keep_axis=True), image),
            Example(cls("median", -2), image),
            Example(cls("mode", "width"), image),
            Example(cls("kth", "height", rank=3), image),
            Example(cls("max", 1), (_merged(),)),
        )


@dataclass(frozen=True, slots=True)
class TopK(Plain):
    """The `count` largest values along `axis`, or the smallest, and where they stood.

    Outputs: values and int64 places. Elementwise operations: one per input value.
    """

    name: ClassVar[str] = "top_k"
    summary: ClassVar[str] = "Takes the largest or smallest values along an axis, and where."

    count: Dim
    axis: AxisRef = -1
    largest: bool = True

    @property
    def traits(self) -> frozenset[str]:
        return _DOWNSAMPLES

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        place = source.locate(self.axis)
        must.at_least(self.count, 1, "{0} values leave nothing, at least {1} is needed")
        must.at_least(
            source.axes[place].dim,
            self.count,
            f"{source.axes[place].role or f'axis {place}'} has {{0}} values, {{1}} are wanted",
            hint="take fewer of them",
        )
        return _with_places(source.with_dims({place: self.count}))

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return operands[0].elements

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("output", 1),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return _along(operands[0], self.axis)

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return _sized(operands[0], self.axis, self.count)

    def canonical(self, operands: Operands) -> TopK:
        return TopK(self.count, _reference(operands[0], self.axis), self.largest)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (
            Example(cls(2), _image()),
            Example(cls(3, "height", largest=False), _image()),
            Example(cls(4, 1), (_merged(),)),
        )


@dataclass(frozen=True, slots=True)
class Sort(Plain):
    """All values along `axis` in order, and where each stood.

    Outputs: values and int64 places. Elementwise operations: one per value.
    """

    name: ClassVar[str] = "sort"
    summary: ClassVar[str] = "Puts the values along an axis in order, and says where they stood."

    axis: AxisRef = -1
    descending: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        place = source.locate(self.axis)
        merged = bool(source.axes[place].factors)
        return _with_places(source.with_dims({place: source.axes[place].dim}) if merged else source)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return operands[0].elements

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("output", 1),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return _along(operands[0], self.axis)

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {}

    def canonical(self, operands: Operands) -> Sort:
        return Sort(_reference(operands[0], self.axis), self.descending)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (
            Example(cls(), _image()),
            Example(cls("height", descending=True), _image()),
            Example(cls(1), (_merged(),)),
        )


def _image() -> Operands:
    return (tensor((2, 5, 3, 4), ("batch", "height", "width", "channel")),)


def _merged() -> Tensor:
    factors = (Axis("height", 3), Axis("width", 2))
    return Tensor((Axis("batch", 2), Axis(None, 6, factors), Axis("channel", 4)))


def _with_places(values: Tensor) -> tuple[Tensor, Tensor]:
    return values, values.cast(INDEX)


def _reference(source: Tensor, axis: AxisRef) -> AxisRef:
    return source.reference(source.locate(axis))


def _along(source: Tensor, axis: AxisRef) -> dict[str, Reach]:
    """Every value is compared with all others along the axis."""
    return dict.fromkeys(placed_roles(source.axes[source.locate(axis)]), WHOLE)


def _sized(source: Tensor, axis: AxisRef, size: Dim) -> dict[str, Formula]:
    role = source.axes[source.locate(axis)].role
    return {role: number(size)} if role in SPATIAL and role is not None else {}

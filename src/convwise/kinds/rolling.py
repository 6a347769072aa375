"""Values in another order along their axes: rolled around and mirrored; knows no framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import Axis, AxisRef, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import Example, Operands
from convwise.kinds.formula import Formula
from convwise.kinds.merged import placed_roles
from convwise.kinds.named_axes import located
from convwise.kinds.plain import references
from convwise.kinds.rearranging import Rearranging
from convwise.kinds.windows import Reach, Whole

_NONE: frozenset[str] = frozenset()
_PARTIAL = Whole(partial=True)


@dataclass(frozen=True, slots=True)
class Roll(Rearranging):
    """Moves values along each of `axes` by its shift; what leaves at one end enters at the other.

    Windowed attention rolls by half a window (Liu et al., Swin Transformer, arXiv:2103.14030).
    """

    name: ClassVar[str] = "roll"
    summary: ClassVar[str] = "Moves values along axes, those that leave at one end to the other."

    shifts: tuple[Dim, ...]
    axes: tuple[AxisRef, ...]

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if len(self.shifts) != len(self.axes):
            raise RuleError(
                f"{len(self.shifts)} shifts are given for {len(self.axes)} axes",
                hint="give one shift per axis",
            )
        return (_moved(operands[0], self.axes),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return _elsewhere(operands[0], self.axes)

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {}

    def canonical(self, operands: Operands) -> Roll:
        """Axes in one order, shifts forwards and by less than the whole axis."""
        source = operands[0]
        shifts: dict[AxisRef, Dim] = {}
        for ref, shift in zip(self.axes, self.shifts, strict=True):
            place = source.locate(ref)
            size = source.axes[place].dim
            known = type(shift) is int and type(size) is int
            shifts[source.reference(place)] = shift % size if known else shift
        axes = references(source, self.axes)
        return Roll(tuple([shifts[ref] for ref in axes]), axes)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = (tensor((2, 8, 6, 4), ("batch", "height", "width", "channel")),)
        return (
            Example(cls((-3, 2), ("height", "width")), image),
            Example(cls((1,), (-1,)), image),
            Example(cls((9,), (1,)), image),
            Example(cls((5,), (1,)), (_merged(),)),
        )


@dataclass(frozen=True, slots=True)
class Flip(Rearranging):
    """Mirrors `axes`: their values in reverse."""

    name: ClassVar[str] = "flip"
    summary: ClassVar[str] = "Mirrors axes: their values in reverse."

    axes: tuple[AxisRef, ...]

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        return (_moved(operands[0], self.axes),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return _elsewhere(operands[0], self.axes)

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {}

    def canonical(self, operands: Operands) -> Flip:
        return Flip(references(operands[0], self.axes))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = (tensor((2, 8, 6, 4), ("batch", "height", "width", "channel")),)
        return (
            Example(cls(("height",)), image),
            Example(cls((-1, 1)), image),
            Example(cls((1,)), (_merged(),)),
        )


def _merged() -> Tensor:
    factors = (Axis("height", 3), Axis("width", 2))
    return Tensor((Axis("batch", 2), Axis(None, 6, factors), Axis("channel", 4)))


def _moved(source: Tensor, axes: tuple[AxisRef, ...]) -> Tensor:
    """The same sizes; a merged axis forgets what it was made of."""
    places = located(source, axes)
    merged = {place: source.axes[place].dim for place in places if source.axes[place].factors}
    return source.with_dims(merged) if merged else source


def _elsewhere(source: Tensor, axes: tuple[AxisRef, ...]) -> dict[str, Reach]:
    """Values come from elsewhere along the axes: from where is not tracked."""
    found: dict[str, Reach] = {}
    for place in located(source, axes):
        found.update(dict.fromkeys(placed_roles(source.axes[place]), _PARTIAL))
    return found

"""Padding and cropping of whole axes: all rules; knows no framework's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL, SPATIAL, AxisRef, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import Example, Operands
from convwise.kinds.formula import Formula, number
from convwise.kinds.rearranging import Rearranging
from convwise.kinds.windows import Reach, Slide

#: Pixels (before, after) per axis.
Amounts = tuple[tuple[AxisRef, tuple[int, int]], ...]

_TRAITS: frozenset[str] = frozenset()
_MODES = ("constant", "reflect", "replicate", "circular")


@dataclass(frozen=True, slots=True)
class Pad(Rearranging):
    """Adds (before, after) pixels to the named axes.

    `mode`: "constant" (of `value`), "reflect" (needs more pixels than it adds on a side),
    "replicate" or "circular" (needs as many). What an output sees is told for the inside; at the
    border reflected and wrapped pixels come from further in. Needs no arithmetic.
    """

    name: ClassVar[str] = "pad"
    summary: ClassVar[str] = "Adds pixels around the input."

    amounts: Amounts
    mode: str = "constant"
    value: float = 0.0

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        if self.mode not in _MODES:
            raise RuleError(
                f'there is no padding mode "{self.mode}"', hint=f"one of: {', '.join(_MODES)}"
            )
        sizes: dict[int, Dim] = {}
        for position, (before, after) in _located(source, self.amounts):
            size = source.axes[position].dim
            least = max(before, after) + 1 if self.mode == "reflect" else max(before, after)
            if self.mode in ("reflect", "circular"):
                place = source.axes[position].role or f"axis {position}"
                must.at_least(
                    size,
                    least,
                    f"{self.mode} padding ({before}, {after}) needs {{1}} or more pixels along "
                    f"{place}, the input has {{0}}",
                    "pad less, or with a constant",
                )
            sizes[position] = size + before + after
        return (source.with_dims(sizes),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return {
            role: Slide(before=before)
            for role, (before, _), _ in _spatial(operands[0], self.amounts)
        }

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        found = {}
        for role, amounts, size in _roles(operands[0], self.amounts):
            formula = number(size)
            for amount in amounts:
                formula = formula + amount if amount else formula
            found[role] = formula
        return found

    def canonical(self, operands: Operands) -> Pad:
        constant = self.mode == "constant"
        amounts = _layout_free(operands[0], self.amounts)
        return replace(self, amounts=amounts, value=self.value if constant else 0.0)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image, sound = _tensors()
        return (
            Example(cls((("height", (1, 2)), ("width", (0, 3)))), (image,)),
            Example(cls((("time", (4, 0)),), value=1.5), (sound,)),
            Example(cls((("height", (4, 3)),), "reflect"), (image,)),
            Example(cls((("width", (6, 7)),), "replicate"), (image,)),
            Example(cls((("width", (4, 1)),), "circular"), (image,)),
            Example(cls(((CHANNEL, (0, 2)),)), (image,)),
        )


@dataclass(frozen=True, slots=True)
class Crop(Rearranging):
    """Cuts (before, after) pixels off the named axes, of which at least one must stay.

    The pixels cut off on purpose are reported as dropped, those of both sides together.
    """

    name: ClassVar[str] = "crop"
    summary: ClassVar[str] = "Cuts pixels off the sides of the input."

    amounts: Amounts

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        sizes: dict[int, Dim] = {}
        for position, (before, after) in _located(source, self.amounts):
            axis = source.axes[position]
            must.at_least(
                axis.dim,
                before + after + 1,
                f"cropping {before} and {after} pixels leaves nothing of {{0}} along "
                f"{axis.role or f'axis {position}'}",
                f"crop less, or use an input of at least {before + after + 1}",
            )
            sizes[position] = axis.dim - before - after
        return (source.with_dims(sizes),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return {
            role: Slide(before=-before)
            for role, (before, _), _ in _spatial(operands[0], self.amounts)
        }

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {
            role: before + after for role, (before, after), _ in _spatial(operands[0], self.amounts)
        }

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        found = {}
        for role, amounts, size in _roles(operands[0], self.amounts):
            formula = number(size)
            for amount in amounts:
                formula = formula - amount if amount else formula
            found[role] = formula
        return found

    def canonical(self, operands: Operands) -> Crop:
        return replace(self, amounts=_layout_free(operands[0], self.amounts))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image, sound = _tensors()
        return (
            Example(cls((("height", (1, 2)), ("width", (0, 3)))), (image,)),
            Example(cls((("time", (3, 0)),)), (sound,)),
            Example(cls(((-1, (0, 1)),)), (image,)),
        )


@dataclass(frozen=True, slots=True)
class CenterCrop(Rearranging):
    """Cuts the last spatial axes to `sizes` around the middle; the odd pixel goes at the end.

    What frameworks do with an input that is too small differs (they enlarge or pad it), so that
    it is refused here. The pixels cut off are reported as dropped.
    """

    name: ClassVar[str] = "center_crop"
    summary: ClassVar[str] = "Cuts the middle out of the input."

    sizes: tuple[int, ...]

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    def _places(self, source: Tensor) -> list[tuple[int, str, Dim, int]]:
        """Position, role, size before and size after, of every cropped axis."""
        found = []
        for position, out in zip(source.spatial(len(self.sizes)), self.sizes, strict=True):
            axis = source.axes[position]
            found.append((position, axis.role or "", axis.dim, out))
        return found

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        for _, role, size, out in self._places(source):
            message = f"a centre crop to {{1}} is larger than its input {{0}} along {role}"
            must.at_least(size, out, message, "crop to less, or resize the input before")
            must.at_least(out, 1, f"a centre crop to {{0}} leaves nothing along {role}")
        return (source.with_dims({position: out for position, _, _, out in self._places(source)}),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return {
            role: Slide(before=(size - out) // 2 * -1)
            for _, role, size, out in self._places(operands[0])
        }

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {role: size - out for _, role, size, out in self._places(operands[0])}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        """The output sizes are given: each formula is that number alone."""
        return {role: number(out) for _, role, _, out in self._places(operands[0])}

    def canonical(self, operands: Operands) -> CenterCrop:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image, sound = _tensors()
        return (
            Example(cls((3, 4)), (image,)),
            Example(cls((2,)), (sound,)),
            Example(cls((5, 6)), (image,)),
        )


def _located(source: Tensor, amounts: Amounts) -> list[tuple[int, tuple[int, int]]]:
    """Amounts by position; RuleError for an axis named twice and for negative amounts."""
    found = [(source.locate(axis), sides) for axis, sides in amounts]
    if len({position for position, _ in found}) < len(found):
        raise RuleError(f"an axis is named twice in {amounts}", hint="name every axis once")
    for position, sides in found:
        if min(sides) < 0:
            raise RuleError(
                f"{sides} pixels along axis {position}: amounts must not be negative",
                hint="pad to grow, crop to shrink",
            )
    return found


def _roles(source: Tensor, amounts: Amounts) -> list[tuple[str, tuple[int, int], Dim]]:
    """Role, amounts and size of every axis that has a role and changes."""
    found = []
    for position, sides in _located(source, amounts):
        axis = source.axes[position]
        if axis.role is not None and sides != (0, 0):
            found.append((axis.role, sides, axis.dim))
    return found


def _spatial(source: Tensor, amounts: Amounts) -> list[tuple[str, tuple[int, int], Dim]]:
    return [found for found in _roles(source, amounts) if found[0] in SPATIAL]


def _layout_free(source: Tensor, amounts: Amounts) -> Amounts:
    """The amounts under layout-free names, in a fixed order, without axes that do not change."""
    named = [
        (source.reference(position), sides)
        for position, sides in _located(source, amounts)
        if sides != (0, 0)
    ]
    return tuple(sorted(named, key=str))


def _tensors() -> tuple[Tensor, Tensor]:
    image = tensor((2, 5, 6, 4), ("batch", "height", "width", "channel"))
    sound = tensor((1, 5, 3), ("batch", "time", "channel"))
    return image, sound

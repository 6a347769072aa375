"""Parts and repetitions along axes: indexing, slices, tiles; knows no indexing syntax."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from convwise.errors import RuleError
from convwise.graph.axes import SPATIAL, Axis, AxisRef, Tensor, describe, tensor
from convwise.graph.dims import Dim, ceil_div
from convwise.graph.obligations import Must
from convwise.kinds.contract import VIEW, Example, Operands
from convwise.kinds.formula import Formula, ceil_of, number
from convwise.kinds.merged import placed_roles
from convwise.kinds.rearranging import Rearranging
from convwise.kinds.windows import Reach, Slide, Spread, Whole

_NONE: frozenset[str] = frozenset()
_VIEW = frozenset({VIEW})
_PARTIAL = Whole(partial=True)

#: Along one axis: an index (the axis goes), or start, stop and step as Python writes them.
Cut = int | tuple[int | None, int | None, int | None]


class _Part(NamedTuple):
    """What is taken of one axis: `size` places from `start`, `step` apart."""

    start: Dim
    size: Dim
    step: int


@dataclass(frozen=True, slots=True)
class Slice(Rearranging):
    """Part of a tensor: `cuts` for the leading axes, batch included; the others stay whole.

    An index removes its axis; (None, None, None) keeps one. Negative numbers count from the end.
    """

    name: ClassVar[str] = "slice"
    summary: ClassVar[str] = "Takes a part of a tensor: single places or regular ranges of axes."

    cuts: tuple[Cut, ...]

    @property
    def traits(self) -> frozenset[str]:
        return _VIEW

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        if len(self.cuts) > source.rank:
            raise RuleError(
                f"{len(self.cuts)} axes are indexed, the input {describe(source)} has "
                f"{source.rank}",
                hint="remove an index, or add an axis first",
            )
        axes: list[Axis] = []
        for axis, cut in zip(source.axes, self.cuts, strict=False):
            if isinstance(cut, int):
                _index(cut, axis, must)
                continue
            part = _range(cut, axis, must)
            same = part.size == axis.dim
            axes.append(axis if same else Axis(axis.role, part.size))
        return (source.with_axes((*axes, *source.axes[len(self.cuts) :])),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """A cut through a merged axis takes an untracked part of its factors."""
        found: dict[str, Reach] = {}
        for axis, cut in zip(operands[0].axes, self.cuts, strict=False):
            roles = placed_roles(axis)
            if cut == (None, None, None) or not roles:
                continue
            part = _part(cut, axis, Must())
            tracked = not axis.factors and part.step > 0
            rule = Slide(1, part.step, 1, -part.start) if tracked else _PARTIAL
            found.update(dict.fromkeys(roles, rule))
        return found

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        """Pixels before the first and behind the last one that is taken."""
        found: dict[str, Dim] = {}
        for axis, cut in zip(operands[0].axes, self.cuts, strict=False):
            if axis.role in SPATIAL and axis.role is not None:
                part = _part(cut, axis, Must())
                found[axis.role] = axis.dim - 1 - (part.size - 1) * abs(part.step)
        return found

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        found: dict[str, Formula] = {}
        for axis, cut in zip(operands[0].axes, self.cuts, strict=False):
            if isinstance(cut, int) or axis.role is None:
                continue
            part = _part(cut, axis, Must())
            if part.step > 0 and part.size != axis.dim:
                length = (part.size - 1) * part.step + 1
                room = number(axis.dim)
                if length != axis.dim:
                    room = room - (axis.dim - length)
                found[axis.role] = room if part.step == 1 else ceil_of(room, part.step)
        return found

    def canonical(self, operands: Operands) -> Slice:
        """Indices and starts counted from the front, stops and steps written out."""
        cuts: list[Cut] = []
        for axis, cut in zip(operands[0].axes, self.cuts, strict=False):
            part = _part(cut, axis, Must())
            start, size, step = part
            if type(start) is not int or type(size) is not int or step < 0:
                cuts.append(cut)
            elif isinstance(cut, int):
                cuts.append(start)
            else:
                whole = size == axis.dim
                cuts.append((None,) * 3 if whole else (start, start + (size - 1) * step + 1, step))
        return Slice(tuple(cuts))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        steps = (tensor((1, 9, 4), ("batch", "time", "channel")),)
        image = (tensor((1, 9, 8, 4), ("batch", "height", "width", "channel")),)
        every = (None, None, None)
        return (
            Example(cls((every, -1)), steps),
            Example(cls((every, (None, -1, None))), steps),
            Example(cls((every, (1, None, 2), (2, -2, None))), image),
            Example(cls((every, every, (None, None, -1))), image),
            Example(cls((every, every, every, (0, 2, 1))), image),
            Example(cls((every, every, every, 3)), image),
        )


def _part(cut: Cut, axis: Axis, must: Must) -> _Part:
    return _index(cut, axis, must) if isinstance(cut, int) else _range(cut, axis, must)


def _index(cut: int, axis: Axis, must: Must) -> _Part:
    least = -cut if cut < 0 else cut + 1
    message = f"there is no place {cut} along {axis.role or 'an axis'} with {{0}}"
    must.at_least(axis.dim, least, message, hint=f"at least {least} are needed")
    return _Part(axis.dim + cut if cut < 0 else cut, 1, 1)


def _range(cut: tuple[int | None, int | None, int | None], axis: Axis, must: Must) -> _Part:
    step = 1 if cut[2] is None else cut[2]
    if step == 0:
        raise RuleError("a slice cannot have a step of 0")
    if type(axis.dim) is int:
        places = range(*slice(*cut).indices(axis.dim))
        start: Dim = places.start
        size: Dim = len(places)
    elif step < 0:
        start, size = _backwards(cut, axis)
    else:
        start = _place(cut[0], 0, axis.dim)
        size = ceil_div(_place(cut[1], axis.dim, axis.dim) - start, step)
        for bound in cut[:2]:
            if bound is not None:
                _index(bound - 1 if bound > 0 else bound, axis, must)
    if type(size) is not int or size < 1:
        text = ":".join(["" if bound is None else str(bound) for bound in cut])
        must.at_least(
            size,
            1,
            f"the slice {text} leaves nothing of {axis.dim} along {axis.role or 'an axis'}",
            hint="start and stop must enclose at least one place",
        )
    return _Part(start, size, step)


def _place(bound: int | None, default: Dim, size: Dim) -> Dim:
    if bound is None:
        return default
    return bound if bound >= 0 else size + bound


def _backwards(cut: tuple[int | None, int | None, int | None], axis: Axis) -> tuple[Dim, Dim]:
    if cut != (None, None, -1):
        raise RuleError(
            f"a slice backwards needs a known size, {axis.role or 'the axis'} is {axis.dim}",
            hint="reverse the whole axis, or give the input's size",
        )
    return axis.dim - 1, axis.dim


@dataclass(frozen=True, slots=True)
class Repeat(Rearranging):
    """`count` copies: along a new axis at `position` under `role`, or of the axis `axis`.

    Copies of an axis follow each other whole (tile), or value by value when `interleaved`.
    """

    name: ClassVar[str] = "repeat"
    summary: ClassVar[str] = "Copies values along a new axis or along one that exists."

    count: int
    position: int = 1
    role: str | None = "time"
    axis: AxisRef | None = None
    interleaved: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        must.at_least(self.count, 1, "{0} copies leave nothing, at least {1} is needed")
        if self.axis is not None:
            place = source.locate(self.axis)
            return (source.with_dims({place: source.axes[place].dim * self.count}),)
        rank = source.rank + 1
        if not -rank <= self.position < rank:
            raise RuleError(f"a new axis cannot stand at position {self.position} of {rank}")
        place = self.position % rank
        new = Axis(self.role, self.count)
        return (source.with_axes((*source.axes[:place], new, *source.axes[place:])),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        if self.axis is None:
            return {}
        axis = operands[0].axes[operands[0].locate(self.axis)]
        tracked = self.interleaved and not axis.factors
        rule: Reach = Spread(self.count, self.count) if tracked else _PARTIAL
        return dict.fromkeys(placed_roles(axis), rule)

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        if self.axis is None:
            return {}
        axis = operands[0].axes[operands[0].locate(self.axis)]
        return {axis.role: number(axis.dim) * self.count} if axis.role else {}

    def canonical(self, operands: Operands) -> Repeat:
        if self.axis is None:
            return Repeat(self.count, self.position % (operands[0].rank + 1), self.role)
        ref = operands[0].reference(operands[0].locate(self.axis))
        return Repeat(self.count, axis=ref, interleaved=self.interleaved)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        vector = (tensor((1, 8), ("batch", "feature")),)
        image = (tensor((1, 5, 6, 4), ("batch", "height", "width", "channel")),)
        return (
            Example(cls(3), vector),
            Example(cls(2, -1, None), image),
            Example(cls(2, axis="width", interleaved=True), image),
            Example(cls(3, axis=1), image),
            Example(cls(3, axis="channel"), image),
        )

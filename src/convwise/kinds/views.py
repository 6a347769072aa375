"""Kinds that show the same values under other axes: flatten, permute, squeeze; no arithmetic here.

Axes are never renamed in passing: a role moves with its axis, a merged axis remembers its factors.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from convwise.errors import RuleError
from convwise.graph.axes import BATCH, FEATURE, Axis, AxisRef, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import (
    IDENTITY,
    IN_ORDER,
    MERGES_ALL,
    REORDERS,
    VIEW,
    Example,
    Kept,
    Operands,
    Pointwise,
)
from convwise.kinds.formula import Formula, product

_VIEW = frozenset({VIEW})
_IN_ORDER = frozenset({VIEW, IN_ORDER})
_MERGES_ALL = frozenset({VIEW, IN_ORDER, MERGES_ALL})
_REORDERS = frozenset({VIEW, REORDERS})
_IDENTITY = frozenset({VIEW, IDENTITY})


def merge_axes(axes: tuple[Axis, ...], role: str | None = FEATURE) -> Axis:
    """One axis over all of these, in order, that remembers what it was made of."""
    total: Dim = 1
    factors: list[Axis] = []
    for axis in axes:
        total = total * axis.dim
        factors.extend(axis.factors or (axis,))
    return Axis(role, total, tuple(factors))


class _View(Pointwise, ABC):
    """Shared rules of views: no weights, no arithmetic, nothing kept; positions pass through."""

    __slots__ = ()

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()


class _Relabel(_View, ABC):
    """Views whose sizes are their input's own sizes: no formulas."""

    __slots__ = ()

    def canonical(self, operands: Operands) -> Self:
        return self

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {}


@dataclass(frozen=True, slots=True)
class Identity(_Relabel):
    """Returns its input."""

    name: ClassVar[str] = "identity"
    summary: ClassVar[str] = "Returns its input unchanged."

    @property
    def traits(self) -> frozenset[str]:
        return _IDENTITY

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        return (operands[0],)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example(cls(), (tensor((1, 9, 4), ("batch", "time", "channel")),)),)


@dataclass(frozen=True, slots=True)
class Flatten(_View):
    """Merges the axes from position `start` to `end` (included) into one feature axis.

    A single axis stays as it is. With `start` behind the last axis, one axis of size 1 is added:
    what Keras does to a batch of plain numbers.
    """

    name: ClassVar[str] = "flatten"
    summary: ClassVar[str] = "Lays neighbouring axes out as one; the batch stays apart."

    start: int = 1
    end: int = -1

    @property
    def traits(self) -> frozenset[str]:
        return _MERGES_ALL if (self.start, self.end) == (1, -1) else _IN_ORDER

    def span(self, operands: Operands) -> range:
        """Positions that are merged."""
        source = operands[0]
        if self.start == source.rank:
            return range(source.rank, source.rank)
        span = range(source.locate(self.start), source.locate(self.end) + 1)
        if not span:
            raise RuleError(
                f"axes {self.start} to {self.end} of the input {describe(source)} are in the "
                f"wrong order",
                hint="the first axis to merge must not stand behind the last",
            )
        return span

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        axes = operands[0].axes
        span = self.span(operands)
        if len(span) == 1:
            return (operands[0],)
        merged = merge_axes(axes[span.start : span.stop]) if span else Axis(FEATURE, 1)
        return (operands[0].with_axes((*axes[: span.start], merged, *axes[span.stop :])),)

    def canonical(self, operands: Operands) -> Flatten:
        """Positions counted from the front; the last one is -1."""
        span = self.span(operands)
        if not span:
            return self
        return Flatten(span.start, -1 if span.stop == operands[0].rank else span.stop - 1)

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        span = self.span(operands)
        if len(span) < 2:
            return {}
        return {FEATURE: product(*[operands[0].axes[place].dim for place in span])}

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((1, 5, 6, 4), ("batch", "height", "width", "channel"))
        film = tensor((2, 3, 4, 5, 6), ("batch", "channel", "time", "height", "width"))
        plain = tensor((4, 7), ("batch", "feature"))
        return (
            Example(cls(), (image,)),
            Example(cls(2, 3), (film,)),
            Example(cls(0), (image,)),
            Example(cls(), (plain,)),
            Example(cls(), (tensor((4,), ("batch",)),)),
        )


@dataclass(frozen=True, slots=True)
class Permute(_Relabel):
    """Puts the axes into another order: output axis i is input axis `order[i]`, batch included."""

    name: ClassVar[str] = "permute"
    summary: ClassVar[str] = "Puts the axes into another order."

    order: tuple[int, ...]

    @property
    def traits(self) -> frozenset[str]:
        if self.order == tuple(range(len(self.order))):
            return _IDENTITY
        return _REORDERS if self.order[:1] == (0,) else _VIEW

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        if sorted(self.order) != list(range(source.rank)):
            raise RuleError(
                f"the order {self.order} does not name each of the {source.rank} axes of the "
                f"input {describe(source)} once",
                hint=f"name every axis from 0 to {source.rank - 1} once, the batch axis included",
            )
        return (source.with_axes([source.axes[place] for place in self.order]),)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((1, 5, 6, 4), ("batch", "height", "width", "channel"))
        return (
            Example(cls((0, 3, 1, 2)), (image,)),
            Example(cls((0, 2, 1, 3)), (image,)),
            Example(cls((0, 1, 2, 3)), (image,)),
        )


@dataclass(frozen=True, slots=True)
class Squeeze(_Relabel):
    """Removes axes of size 1: the named ones, or all but the batch when none is named."""

    name: ClassVar[str] = "squeeze"
    summary: ClassVar[str] = "Removes axes of size 1."

    axes: tuple[AxisRef, ...] | None = None

    @property
    def traits(self) -> frozenset[str]:
        return _VIEW

    def places(self, operands: Operands) -> set[int]:
        """Positions of the axes that go."""
        source = operands[0]
        if self.axes is not None:
            return {source.locate(ref) for ref in self.axes}
        pairs = enumerate(source.axes)
        return {place for place, axis in pairs if axis.dim == 1 and axis.role != BATCH}

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        gone = self.places(operands)
        for place in gone:
            name = source.axes[place].role or f"axis {place}"
            must.equal(
                source.axes[place].dim,
                1,
                f"{name} has size {{0}}, only axes of size {{1}} can be squeezed away",
                hint="pool or slice along it first",
            )
        kept = [axis for place, axis in enumerate(source.axes) if place not in gone]
        return (source.with_axes(kept),)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        pooled = tensor((1, 1, 1, 6), ("batch", "height", "width", "channel"))
        return (
            Example(cls(), (pooled,)),
            Example(cls((1,)), (pooled,)),
            Example(cls(("height", "width")), (pooled,)),
        )


@dataclass(frozen=True, slots=True)
class Unsqueeze(_Relabel):
    """Adds an axis of size 1 at `position` of the output, under `role`."""

    name: ClassVar[str] = "unsqueeze"
    summary: ClassVar[str] = "Adds an axis of size 1."

    position: int
    role: str | None = None

    @property
    def traits(self) -> frozenset[str]:
        return _VIEW

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        rank = source.rank + 1
        if not -rank <= self.position < rank:
            raise RuleError(
                f"an axis at position {self.position} cannot be added to the input "
                f"{describe(source)}",
                hint=f"positions from 0 to {source.rank} exist",
            )
        place = self.position % rank
        return (source.with_axes((*source.axes[:place], Axis(self.role, 1), *source.axes[place:])),)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((1, 5, 6), ("batch", "height", "width"))
        return (Example(cls(-1, "channel"), (image,)), Example(cls(1), (image,)))

"""Axes of size 1 shown as larger ones, without a copy; knows no framework's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import Axis, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.broadcasting import is_one
from convwise.kinds.contract import VIEW, Example, Operands
from convwise.kinds.formula import Formula, number
from convwise.kinds.merged import placed_roles
from convwise.kinds.rearranging import Rearranging
from convwise.kinds.windows import WHOLE, Reach

_VIEW = frozenset({VIEW})


@dataclass(frozen=True, slots=True)
class Broadcast(Rearranging):
    """Shows each axis of size 1 as an axis of the size in `sizes`; None keeps an axis.

    One size per axis. The values are there once: no memory is taken.
    """

    name: ClassVar[str] = "broadcast"
    summary: ClassVar[str] = "Shows axes of size 1 as larger ones, without a copy."

    sizes: tuple[Dim | None, ...]

    @property
    def traits(self) -> frozenset[str]:
        return _VIEW

    def _grown(self, source: Tensor) -> list[tuple[int, Axis, Dim]]:
        """Position, axis and new size of the axes that grow."""
        pairs = enumerate(zip(source.axes, self.sizes, strict=True))
        return [
            (place, axis, size)
            for place, (axis, size) in pairs
            if size is not None and size != axis.dim
        ]

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        if len(self.sizes) != source.rank:
            raise RuleError(
                f"{len(self.sizes)} sizes are given for the {source.rank} axes of "
                f"{describe(source)}",
                hint="name one size per axis; add axes of size 1 first",
            )
        sizes: dict[int, Dim] = {}
        for place, axis, size in self._grown(source):
            what = axis.role or f"axis {place}"
            if not is_one(axis.dim):
                message = f"{what} has {{0}} values and cannot be shown as {{1}}"
                must.equal(axis.dim, size, message, "only axes of size 1 grow")
            must.at_least(size, 1, f"{what} cannot be shown as {{0}} values")
            sizes[place] = size
        return (source.with_dims(sizes),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """The one value is seen everywhere."""
        grown = self._grown(operands[0])
        return {role: WHOLE for _, axis, _ in grown for role in placed_roles(axis)}

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {axis.role: number(size) for _, axis, size in self._grown(operands[0]) if axis.role}

    def canonical(self, operands: Operands) -> Broadcast:
        source = operands[0]
        grown = {place: size for place, _, size in self._grown(source)}
        return Broadcast(tuple([grown.get(place) for place in range(source.rank)]))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        token = tensor((2, 1, 6), ("batch", "time", "feature"))
        pooled = tensor((2, 4, 1, 1), ("batch", "channel", "height", "width"))
        heads = tensor((2, 3, 1, 5, 4), ("batch", None, None, "time", "feature"))
        return (
            Example(cls((None, 5, None)), (token,)),
            Example(cls((None, 4, 7, 6)), (pooled,)),
            Example(cls((None, None, 2, None, None)), (heads,)),
        )

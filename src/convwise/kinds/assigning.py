"""Tensors of which a part is replaced by other values; knows no indexing syntax."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.broadcasting import is_one
from convwise.kinds.contract import Example, Kept, Operands
from convwise.kinds.formula import Formula
from convwise.kinds.merged import placed_roles
from convwise.kinds.plain import Plain
from convwise.kinds.slicing import Cut, Slice
from convwise.kinds.windows import Reach, Whole

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Assign(Plain):
    """A tensor whose part under `cuts` (those of a slice) is another tensor's, or one `number`.

    Operands: the tensor, and the values unless they are a number; they are repeated along axes of
    size 1 to the part's shape. Placing values is no arithmetic, and backward needs sizes only.
    """

    name: ClassVar[str] = "assign"
    summary: ClassVar[str] = "Replaces a part of a tensor by other values."

    cuts: tuple[Cut, ...]
    number: float | None = None

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if len(operands) != (2 if self.number is None else 1):
            raise RuleError(f"a tensor and its new values are needed, {len(operands)} are given")
        source = operands[0]
        part = Slice(self.cuts).outputs((source,), must)[0]
        for values in operands[1:]:
            _must_fit(values, part, must)
        merged = {place: axis.dim for place, axis in enumerate(source.axes) if axis.factors}
        return (source.with_dims(merged) if merged else source,)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """Values stay where they are in the tensor; where the new ones come to is not tracked."""
        if operand == 0:
            return {}
        roles = [role for axis in operands[1].axes for role in placed_roles(axis)]
        return dict.fromkeys(roles, Whole(partial=True))

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {}

    def canonical(self, operands: Operands) -> Assign:
        return Assign(Slice(self.cuts).canonical(operands[:1]).cuts, self.number)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        steps = tensor((2, 9, 4), ("batch", "time", "feature"))
        rest = tensor((2, 8, 4), ("batch", "time", "feature"))
        row = tensor((4,), ("feature",))
        every = (None, None, None)
        return (
            Example(cls((every, (1, None, None))), (steps, rest)),
            Example(cls((every, 0)), (steps, row)),
            Example(cls((every, -1), number=0.0), (steps,)),
        )


def _must_fit(values: Tensor, part: Tensor, must: Must) -> None:
    """Axes of the values, from the last, are those of the part or of size 1."""
    extra = values.rank - part.rank
    if extra > 0 and not all(is_one(axis.dim) for axis in values.axes[:extra]):
        raise RuleError(
            f"{describe(values)} does not fit into a part of shape {describe(part)}",
            hint="the values have the part's axes",
        )
    pairs = zip(values.shape[::-1], part.shape[::-1], strict=False)
    for one, other in pairs:
        if not is_one(one):
            must.equal(one, other, "{0} values do not fit into {1} places")

"""Several tensors into one: arithmetic with broadcasting, concatenation, stacking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from convwise.errors import RuleError
from convwise.graph.axes import (
    BATCH,
    FEATURE,
    SPATIAL,
    Axis,
    AxisRef,
    Tensor,
    describe,
    tensor,
)
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import Example, Kept, Operands, Weightless
from convwise.kinds.element_types import BOOL, common, real
from convwise.kinds.formula import Formula, number
from convwise.kinds.merged import placed_roles
from convwise.kinds.rearranging import Rearranging
from convwise.kinds.windows import Reach, Slide, Whole

_NONE: frozenset[str] = frozenset()


class Operation(NamedTuple):
    """What is known of an operation: the verb of its messages, what its derivative needs, its type.

    `needs`: which inputs, None for all. `pair`: it takes exactly two. `dtype`: "" for the common
    type of the inputs, "real" where whole numbers give fractions, or a type of its own.
    """

    verb: str
    needs: tuple[int, ...] | None = ()
    pair: bool = True
    dtype: str = ""


OPERATIONS: dict[str, Operation] = {
    "add": Operation("add", pair=False),
    "subtract": Operation("subtract"),
    "average": Operation("average", pair=False, dtype="real"),
    "multiply": Operation("multiply", None, pair=False),
    "divide": Operation("divide", None, dtype="real"),
    "maximum": Operation("compare", None, pair=False),
    "minimum": Operation("compare", None, pair=False),
    "power": Operation("raise to powers", None),
    "modulo": Operation("divide", (1,)),
    "floor_divide": Operation("divide"),
    "arctan2": Operation("give angles", None, dtype="real"),
    "logaddexp": Operation("add", None, dtype="real"),
    **dict.fromkeys(
        ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"),
        Operation("compare", dtype=BOOL),
    ),
    **dict.fromkeys(
        ("logical_and", "logical_or", "logical_xor"),
        Operation("combine", dtype=BOOL),
    ),
    **dict.fromkeys(("bitwise_and", "bitwise_or", "bitwise_xor"), Operation("combine")),
}
_SPACE_HINT = 'give both branches the same strides and padding="same", or crop the larger one'
_CHANNEL_HINT = "make both as wide: a 1x1 convolution or a dense layer on one of them"


@dataclass(frozen=True, slots=True)
class Merge(Weightless):
    """Elementwise arithmetic of tensors; axes of size 1 are repeated to the size of the others.

    Axes are compared from the last, as NumPy does. A tensor with fewer axes gets axes of size 1
    in front; behind its batch axis, if it has one, when `keeps_batch` (Keras's merge layers).
    """

    name: ClassVar[str] = "merge"
    summary: ClassVar[str] = "Adds, multiplies or compares tensors value by value."

    operation: str
    keeps_batch: bool = True

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        first = operands[0]
        known = OPERATIONS.get(self.operation)
        if known is None or (known.pair and len(operands) != 2):
            self._refuse(len(operands))
        dtype = self._dtype(operands)
        shape = first.shape
        if all(other.shape == shape and other.roles == first.roles for other in operands[1:]):
            return (first if dtype == first.dtype else first.cast(dtype),)
        rank = max(operand.rank for operand in operands)
        rows = [self._stretched(operand, rank) for operand in operands]
        axes = [
            self._joined(column, place, must)
            for place, column in enumerate(zip(*rows, strict=True))
        ]
        return (Tensor(tuple(axes), dtype),)

    def _dtype(self, operands: Operands) -> str:
        dtype = OPERATIONS[self.operation].dtype
        if dtype == BOOL:
            return BOOL
        found = common([operand.dtype for operand in operands])
        return real(found) if dtype else found

    def _refuse(self, count: int) -> None:
        if self.operation in OPERATIONS:
            raise RuleError(f"{self.operation} takes 2 inputs, {count} are given")
        raise RuleError(
            f'there is no operation named "{self.operation}" on several inputs',
            hint="it is one of " + ", ".join(OPERATIONS),
        )

    def _stretched(self, operand: Tensor, rank: int) -> tuple[Axis, ...]:
        axes = operand.axes
        if len(axes) == rank:
            return axes
        ones = (Axis(None, 1),) * (rank - len(axes))
        if self.keeps_batch and axes and axes[0].role == BATCH:
            return (axes[0], *ones, *axes[1:])
        return (*ones, *axes)

    def _joined(self, column: tuple[Axis, ...], place: int, must: Must) -> Axis:
        """One axis of the output from the inputs' axes at the same place."""
        result = column[0]
        for axis in column[1:]:
            if axis.dim == result.dim or (type(axis.dim) is int and axis.dim == 1):
                if result.role is None and axis.role is not None:
                    result = Axis(axis.role, result.dim, result.factors)
                continue
            if type(result.dim) is int and result.dim == 1:
                result = axis if axis.role else Axis(result.role, axis.dim, axis.factors)
                continue
            name = result.role or axis.role or f"axis {place}"
            must.equal(
                result.dim,
                axis.dim,
                f"{name} {{0}} and {{1}} do not {OPERATIONS[self.operation].verb}",
                _SPACE_HINT if name in SPATIAL else _CHANNEL_HINT,
            )
        return result

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        """One for every value and further input; the average also divides."""
        steps = len(operands) - 1 + (self.operation == "average")
        return outputs[0].elements * steps

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        needed = OPERATIONS[self.operation].needs
        places = range(len(operands)) if needed is None else needed
        return tuple([Kept("input", place) for place in places])

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        roles = ("batch", "height", "width", "channel")
        image = tensor((1, 5, 6, 4), roles)
        gate = tensor((1, 1, 1, 4), roles)
        vector = tensor((1, 4), ("batch", "channel"))
        scale = tensor((4,), ("channel",))
        mask = tensor((1, 5, 6, 4), roles, BOOL)
        return (
            *[
                Example(cls(operation), (mask, mask) if "bitwise" in operation else (image, image))
                for operation in OPERATIONS
            ],
            Example(cls("multiply"), (mask, image)),
            Example(cls("add"), (image, image, image)),
            Example(cls("average"), (image, image, image)),
            Example(cls("multiply"), (gate, image)),
            Example(cls("multiply"), (image, vector)),
            Example(cls("add", keeps_batch=False), (image, scale)),
        )


@dataclass(frozen=True, slots=True)
class Concatenate(Rearranging):
    """Puts tensors one behind the other along `axis`; all other axes must agree."""

    name: ClassVar[str] = "concatenate"
    summary: ClassVar[str] = "Puts tensors one behind the other along an axis."

    axis: AxisRef = -1

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        first = operands[0]
        along = first.locate(self.axis)
        name = first.axes[along].role or f"axis {along}"
        total = first.axes[along].dim
        for other in operands[1:]:
            _same_rank(first, other, "concatenate")
            for place, (one, two) in enumerate(zip(first.axes, other.axes, strict=True)):
                if place == along:
                    total = total + two.dim
                elif one.dim != two.dim:
                    _agree(one, two, place, f"concatenate along {name}", must)
        return (first.with_dims({along: total}),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """Features are found by their offset; along space which place sees what is not tracked."""
        along = operands[0].locate(self.axis)
        axis = operands[operand].axes[along]
        if axis.role != FEATURE or axis.factors:
            return dict.fromkeys(placed_roles(axis), Whole(partial=True))
        offset: Dim = 0
        for earlier in operands[:operand]:
            offset = offset + earlier.axes[along].dim
        return {FEATURE: Slide(before=offset)}

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        along = operands[0].locate(self.axis)
        role = operands[0].axes[along].role
        if role is None or len(operands) == 1:
            return {}
        total = number(operands[0].axes[along].dim)
        for other in operands[1:]:
            total = total + other.axes[along].dim
        return {role: total}

    def canonical(self, operands: Operands) -> Concatenate:
        return Concatenate(operands[0].reference(operands[0].locate(self.axis)))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        roles = ("batch", "height", "width", "channel")
        wide, narrow = tensor((1, 5, 6, 4), roles), tensor((1, 5, 6, 3), roles)
        tall = tensor((1, 7, 6, 4), roles)
        vector = tensor((1, 8), ("batch", "feature"))
        return (
            Example(cls(), (wide, narrow)),
            Example(cls("channel"), (narrow, wide, narrow)),
            Example(cls("height"), (wide, tall)),
            Example(cls(), (tensor((1, 5), ("batch", "feature")), vector)),
        )


@dataclass(frozen=True, slots=True)
class Stack(Weightless):
    """Puts tensors of one shape side by side along a new axis at `position`."""

    name: ClassVar[str] = "stack"
    summary: ClassVar[str] = "Puts tensors of one shape side by side along a new axis."

    position: int
    role: str | None = None

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        first = operands[0]
        rank = first.rank + 1
        if not -rank <= self.position < rank:
            raise RuleError(f"a new axis cannot stand at position {self.position} of {rank}")
        for other in operands[1:]:
            _same_rank(first, other, "stack")
            for place, (one, two) in enumerate(zip(first.axes, other.axes, strict=True)):
                if one.dim != two.dim:
                    _agree(one, two, place, "stack", must)
        place = self.position % rank
        new = Axis(self.role, len(operands))
        return (first.with_axes((*first.axes[:place], new, *first.axes[place:])),)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        frame = tensor((1, 5, 6, 4), ("batch", "height", "width", "channel"))
        return (
            Example(cls(1, "time"), (frame, frame, frame)),
            Example(cls(-1), (frame, frame)),
        )


def _same_rank(first: Tensor, other: Tensor, verb: str) -> None:
    if first.rank != other.rank:
        raise RuleError(
            f"{describe(first)} and {describe(other)} do not {verb}: "
            f"{first.rank} axes against {other.rank}",
            hint="flatten or reshape one of them first",
        )


def _agree(one: Axis, two: Axis, place: int, verb: str, must: Must) -> None:
    """An axis that is not joined has one size: what skips of a U-Net break most often."""
    role = one.role or two.role or f"axis {place}"
    hint = f"{role} must be the same on all inputs"
    if role in SPATIAL:
        hint += f": {_SPACE_HINT}; or an input whose {role} halves evenly at every downsampling"
    must.equal(one.dim, two.dim, f"{role} {{0}} and {{1}} do not {verb}", hint)

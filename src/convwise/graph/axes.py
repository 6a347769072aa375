"""Axes with roles, and tensors as ordered axes; must never know an operation or a framework."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from convwise.errors import RuleError
from convwise.graph.dims import Dim, symbol

BATCH = "batch"
CHANNEL = "channel"
FEATURE = "feature"
SPATIAL = ("time", "depth", "height", "width")
#: More axes than any framework has.
MOST_AXES = 64
ROLES = (BATCH, CHANNEL, *SPATIAL, FEATURE)

#: The free batch size: one symbol in every graph, replaced by a number before costs are counted.
BATCH_SYMBOL = "N"
FREE_BATCH = symbol(BATCH_SYMBOL)

#: An axis named by its role where the role is unique in the tensor, else by its position.
AxisRef = str | int

DTYPE_BYTES = {
    "bool": 1,
    "int8": 1,
    "uint8": 1,
    "int16": 2,
    "float16": 2,
    "bfloat16": 2,
    "int32": 4,
    "float32": 4,
    "int64": 8,
    "float64": 8,
}


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its role, its size and, when it was merged, the axes it was made of, in order."""

    role: str | None
    dim: Dim
    factors: tuple[Axis, ...] = ()


@dataclass(frozen=True, slots=True)
class Tensor:
    """A value that flows between nodes: ordered axes and an element type.

    `known` is false behind an unknown node: then there are no axes, and nothing is guessed.
    """

    axes: tuple[Axis, ...]
    dtype: str = "float32"
    known: bool = True

    @property
    def shape(self) -> tuple[Dim, ...]:
        return tuple([axis.dim for axis in self.axes])

    @property
    def roles(self) -> tuple[str | None, ...]:
        return tuple([axis.role for axis in self.axes])

    @property
    def rank(self) -> int:
        return len(self.axes)

    @property
    def elements(self) -> Dim:
        total: Dim = 1
        for axis in self.axes:
            total = total * axis.dim
        return total

    @property
    def bytes(self) -> Dim:
        return self.elements * DTYPE_BYTES[self.dtype]

    def position(self, role: str) -> int:
        """Where the axis with this role stands; RuleError when the tensor has none."""
        for index, axis in enumerate(self.axes):
            if axis.role == role:
                return index
        raise RuleError(f"a {role} axis is needed, the input {describe(self)} has none")

    def dim(self, role: str) -> Dim:
        return self.axes[self.position(role)].dim

    def spatial(self, count: int | None = None) -> tuple[int, ...]:
        """Positions of the spatial axes in order; of the last `count` of them when given."""
        found = [i for i, axis in enumerate(self.axes) if axis.role in SPATIAL]
        if count is None:
            return tuple(found)
        if len(found) < count:
            raise RuleError(
                f"{count} spatial axes are needed, the input {describe(self)} has {len(found)}"
            )
        return tuple(found[len(found) - count :])

    def locate(self, ref: AxisRef) -> int:
        """Position of an axis named by role or by (possibly negative) position."""
        if isinstance(ref, str):
            return self.position(ref)
        if not -len(self.axes) <= ref < len(self.axes):
            last = len(self.axes) - 1
            raise RuleError(
                f"axis {ref} does not exist in the input {describe(self)}",
                hint=f"its axes are 0 to {last}, or -{last + 1} to -1 counted from the end",
            )
        return ref % len(self.axes)

    def reference(self, position: int) -> AxisRef:
        """The layout-free name of an axis: its role where that is unique, else its position."""
        position = self.locate(position)
        role = self.axes[position].role
        if role is None or sum(axis.role == role for axis in self.axes) > 1:
            return position
        return role

    def with_axes(self, axes: Iterable[Axis]) -> Tensor:
        return Tensor(tuple(axes), self.dtype)

    def with_dims(self, dims: dict[int, Dim]) -> Tensor:
        """The same axes, those at the given positions with new sizes (merged factors forgotten)."""
        axes = list(self.axes)
        for position, dim in dims.items():
            axes[position] = Axis(axes[position].role, dim)
        return Tensor(tuple(axes), self.dtype)

    def viewed(self, roles: tuple[str | None, ...]) -> Tensor:
        """The same axes under the roles an operation gives them."""
        if self.roles == roles:
            return self
        if len(roles) != len(self.axes):
            wanted = ", ".join(str(role) for role in roles)
            raise RuleError(
                f"an input with {len(roles)} axes ({wanted}) is needed, "
                f"{describe(self)} has {len(self.axes)}",
                hint="check the number of dimensions, the batch axis included",
            )
        pairs = zip(self.axes, roles, strict=True)
        return Tensor(
            tuple([Axis(role, axis.dim, axis.factors) for axis, role in pairs]), self.dtype
        )

    def cast(self, dtype: str) -> Tensor:
        return Tensor(self.axes, dtype, self.known)


#: What flows out of an operation that is not known.
UNKNOWN_TENSOR = Tensor((), "float32", known=False)


def tensor(shape: Iterable[Dim], roles: Iterable[str | None], dtype: str = "float32") -> Tensor:
    """A tensor from sizes and roles, in order."""
    pairs = zip(roles, shape, strict=True)
    return Tensor(tuple([Axis(role, dim) for role, dim in pairs]), dtype)


def describe(value: Tensor) -> str:
    """A tensor's shape as a person writes it, the free batch as None: (None, 61, 61, 24)."""
    if not value.known:
        return "(unknown shape)"
    dims = ["None" if axis.dim == FREE_BATCH else str(axis.dim) for axis in value.axes]
    return "(" + ", ".join(dims) + ("," if len(dims) == 1 else "") + ")"

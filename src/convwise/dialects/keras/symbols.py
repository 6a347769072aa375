"""Symbolic tensors and sizes as the interpreted code sees them; arithmetic is in operations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, final

from convwise.dialects.keras.recording import InputSpec, Shape
from convwise.dialects.python.sizes import sized
from convwise.dialects.python.values import Abstract, At, Unknown
from convwise.graph.axes import FREE_BATCH, Tensor, describe
from convwise.graph.builder import Roles
from convwise.graph.nodes import Value

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context


@final
class Symbol(Abstract):
    """A symbolic tensor: one output of one node, or an input that no layer has seen yet."""

    __slots__ = ("_value", "context", "line", "pending")

    def __init__(
        self,
        context: Context,
        value: Value | None,
        pending: InputSpec | None = None,
        line: int | None = None,
    ) -> None:
        self.context = context
        self._value = value
        self.pending = pending
        self.line = line

    def describe(self) -> str:
        return "a symbolic tensor"

    def value(self, roles: Roles | None = None) -> Value:
        """The node's output; an input gets its node now, under these roles."""
        found = self._value
        if found is None:
            assert self.pending is not None
            found = self.context.recording.input(self.pending, roles, self.line)
            self._value = found
        return found

    @property
    def tensor(self) -> Tensor:
        return self.context.recording.tensor(self.value())

    @property
    def known(self) -> bool:
        return self._value is None or self.tensor.known

    @property
    def shape(self) -> tuple[object, ...]:
        """Sizes as Keras shows them: None for the batch, `Size` for symbolic ones."""
        spec = self.pending
        if self._value is None and spec is not None:
            return (None, *[size if type(size) is int else None for size in spec.shape])
        axes = self.tensor.axes
        return tuple([None if axis.dim == FREE_BATCH else sized(axis.dim) for axis in axes])

    @property
    def sizes(self) -> Shape:
        """Sizes without the batch; what is free stays free."""
        spec = self.pending
        if spec is not None:
            return spec.shape
        return tuple([axis.dim for axis in self.tensor.axes[1:]])

    @property
    def rank(self) -> int:
        spec = self.pending
        return len(spec.shape) + 1 if spec is not None else self.tensor.rank

    def shown(self) -> str:
        """The shape as messages show it."""
        return describe(self.tensor)

    def get(self, name: str, at: At) -> object:
        from convwise.dialects.keras.tensor_members import member

        return member(self, name, at)

    def binary(self, op: str, other: object, reflected: bool, at: At) -> object:
        from convwise.dialects.keras.arithmetic import binary

        return binary(self, op, other, reflected, at)

    def unary(self, op: str, at: At) -> object:
        from convwise.dialects.keras.arithmetic import unary

        return unary(self, op, at)

    def item(self, index: object, at: At) -> object:
        from convwise.dialects.keras.indexing import item

        return item(self, index, at)

    def length(self, at: At) -> int | Unknown:
        first = self.shape[0] if self.known and self.rank else None
        return first if type(first) is int else Unknown("the length of a symbolic tensor", at.line)

    def iterate(self, at: At) -> Iterator[object] | Unknown:
        return Unknown("the elements of a symbolic tensor", at.line)

    def truth(self, at: At) -> bool | Unknown:
        return Unknown("the truth of a symbolic tensor", at.line)

    def changed_by(self, method: str) -> bool:
        return False

    def builds(self) -> bool:
        return True

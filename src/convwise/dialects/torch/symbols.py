"""Tensors as the interpreted code sees them; what can be done with them is in other files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, final

from convwise.dialects.python.sizes import Size, sized
from convwise.dialects.python.values import Abstract, At, ProgramError, Unknown
from convwise.dialects.torch.conventions import guess
from convwise.dialects.torch.recording import InputSpec
from convwise.graph.axes import FREE_BATCH, Tensor, describe, tensor
from convwise.graph.builder import Roles
from convwise.graph.dims import Dim
from convwise.graph.nodes import Value

if TYPE_CHECKING:
    from convwise.dialects.torch.context import Context


@final
class Symbol(Abstract):
    """A tensor: one output of one node, or an input that no operation has seen yet.

    `given` says what it was as an input, `pending` the same until its first operation in place.
    Operations in place give the same object another value.
    """

    __slots__ = ("_first", "_value", "context", "given", "line", "pending")

    def __init__(
        self,
        context: Context,
        value: Value | None,
        pending: InputSpec | None = None,
        line: int | None = None,
    ) -> None:
        self.context = context
        self._value = value
        self._first: Value | None = None
        self.given = pending
        self.pending = pending
        self.line = line

    def describe(self) -> str:
        return "a tensor"

    def value(self, roles: Roles | None = None, dtype: str | None = None) -> Value:
        """The node's output; an input gets its node now, under these roles and of this type."""
        found = self._value
        if found is None:
            assert self.pending is not None
            found = self.context.recording.input(self.pending, roles, dtype, self.line)
            self._value = found
        return found

    def origin(self) -> Value:
        """Its value before any operation in place."""
        return self._first or self.value()

    def replace(self, value: Value) -> None:
        """An operation in place: from now on the tensor is what came out of it."""
        self._first = self._first or self._value
        self._value = value
        self.pending = None

    @property
    def tensor(self) -> Tensor:
        return self.context.recording.tensor(self.value())

    @property
    def waiting(self) -> Tensor | None:
        """What an input that nothing has seen yet will be, under the likeliest roles."""
        spec = self.pending
        if self._value is not None or spec is None:
            return None
        sizes = [one.dim if type(one) is Size else one for one in self.shape]
        return tensor(sizes, guess(len(sizes)), spec.dtype)  # type: ignore[arg-type]

    @property
    def known(self) -> bool:
        return self._value is None or self.tensor.known

    @property
    def dims(self) -> tuple[Dim, ...]:
        """Exact sizes, batch included: the free batch is the symbol N."""
        return self.tensor.shape

    @property
    def shape(self) -> tuple[object, ...]:
        """Sizes as code computes with them: integers, and `Size` for symbolic ones."""
        spec = self.pending
        if self._value is None and spec is not None:
            # Asking for sizes does not yet say what the axes mean.
            free = self.context.recording.free_batch or spec.shape[0] is None
            if all(type(size) is int for size in spec.shape[1:]):
                first = FREE_BATCH if free else spec.shape[0]
                return (sized(first, False), *spec.shape[1:])  # type: ignore[arg-type]
        return tuple([sized(dim, False) for dim in self.dims])

    @property
    def rank(self) -> int:
        spec = self.pending
        return len(spec.shape) if self._value is None and spec is not None else self.tensor.rank

    def shown(self) -> str:
        """The shape as messages show it."""
        return describe(self.tensor)

    def get(self, name: str, at: At) -> object:
        from convwise.dialects.torch.members import member

        return member(self, name, at)

    def set(self, name: str, value: object, at: At) -> None:
        from convwise.dialects.torch.members import assign_member

        assign_member(self, name, value, at)

    def binary(self, op: str, other: object, reflected: bool, at: At) -> object:
        from convwise.dialects.torch.operators import binary

        return binary(self, op, other, reflected, at)

    def unary(self, op: str, at: At) -> object:
        from convwise.dialects.torch.operators import unary

        return unary(self, op, at)

    def item(self, index: object, at: At) -> object:
        from convwise.dialects.torch.indexing import item

        return item(self, index, at)

    def set_item(self, index: object, value: object, at: At) -> None:
        from convwise.dialects.torch.indexing import assign_item

        assign_item(self, index, value, at)

    def call(self, args: list[object], kwargs: dict[str, object], at: At) -> object:
        raise ProgramError("TypeError", "a tensor cannot be called", at.line)

    def length(self, at: At) -> object:
        if not self.known or not self.rank:
            return Unknown("the length of a tensor", at.line)
        return self.shape[0]

    def iterate(self, at: At) -> Iterator[object] | Unknown:
        from convwise.dialects.torch.indexing import elements

        return elements(self, at)

    def truth(self, at: At) -> bool | Unknown:
        return Unknown("the truth of a tensor", at.line)

    def changed_by(self, method: str) -> bool:
        return False

    def builds(self) -> bool:
        return True

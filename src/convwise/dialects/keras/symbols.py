"""Symbolic tensors and sizes as the interpreted code sees them; arithmetic is in operations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, final

from convwise.dialects.keras.recording import InputSpec, Shape
from convwise.dialects.python.values import Abstract, At, Missing, Unknown
from convwise.graph.axes import FREE_BATCH, Tensor, describe
from convwise.graph.builder import Roles
from convwise.graph.dims import Dim
from convwise.graph.nodes import Value

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context


@final
class Size(Abstract):
    """A size that is not a number: it computes, and says yes to "is None"."""

    __slots__ = ("dim",)

    def __init__(self, dim: Dim) -> None:
        self.dim = dim

    def __repr__(self) -> str:
        return str(self.dim)

    def describe(self) -> str:
        return f"the size {self.dim}"

    def is_none(self, at: At) -> bool:
        return True

    def text(self, at: At) -> str | Unknown:
        return "None"

    def binary(self, op: str, other: object, reflected: bool, at: At) -> object:
        if type(other) is Size:
            other = other.dim
        if type(other) is not int:
            return other is None if op == "==" else super().binary(op, other, reflected, at)
        left, right = (other, self.dim) if reflected else (self.dim, other)
        return self._computed(op, left, right, at)

    def _computed(self, op: str, left: Dim, right: Dim, at: At) -> object:
        if op == "+":
            return sized(left + right)
        if op == "-":
            return sized(left - right)
        if op == "*":
            return sized(left * right)
        if op == "//" and type(right) is int and right > 0:
            return sized(left // right)
        if op == "==":
            return left == right
        if op == "!=":
            return left != right
        return self._not_known(f"`{op}` on {{}}", at)

    def unary(self, op: str, at: At) -> object:
        return sized(-self.dim) if op == "-" else super().unary(op, at)


def sized(dim: Dim) -> object:
    """A dim as code sees it: a plain integer where it is one."""
    return dim if type(dim) is int else Size(dim)


@final
class TensorShape(Abstract):
    """The shape of a tensor as code sees it: a tuple that also has `as_list`, `dims`, `rank`."""

    __slots__ = ("dims",)

    def __init__(self, dims: tuple[object, ...]) -> None:
        self.dims = dims

    def __repr__(self) -> str:
        return "(" + ", ".join([str(one) for one in self.dims]) + ")"

    def describe(self) -> str:
        return f"the shape {self!r}"

    def text(self, at: At) -> str | Unknown:
        return repr(self)

    def get(self, name: str, at: At) -> object:
        from convwise.dialects.keras.functions import Function

        if name in ("as_list", "tolist"):
            return Function(name, lambda args, kwargs, at: list(self.dims))
        if name in ("ndims", "rank"):
            return len(self.dims)
        if name == "dims":
            return list(self.dims)
        if name == "num_elements":
            return Function(name, lambda args, kwargs, at: Unknown("the number of elements"))
        raise Missing(name)

    def item(self, index: object, at: At) -> object:
        if type(index) is slice:
            return TensorShape(self.dims[index])
        if type(index) is int:
            try:
                return self.dims[index]
            except IndexError:
                return Unknown(f"size {index} of the shape {self!r}", at.line)
        return super().item(index, at)

    def _each(self, op: str, number: int, reflected: bool, at: At) -> TensorShape:
        """TensorFlow's shapes compute as vectors."""
        return TensorShape(tuple([_with(one, op, number, reflected, at) for one in self.dims]))

    def length(self, at: At) -> int | Unknown:
        return len(self.dims)

    def iterate(self, at: At) -> Iterator[object] | Unknown:
        return iter(self.dims)

    def binary(self, op: str, other: object, reflected: bool, at: At) -> object:
        dims = other.dims if type(other) is TensorShape else other
        if type(dims) is int and op in ("+", "-", "*", "//"):
            return self._each(op, dims, reflected, at)
        if type(dims) not in (tuple, list):
            return super().binary(op, other, reflected, at)
        listed: tuple[object, ...] = tuple(dims)  # type: ignore[arg-type]
        if op == "+":
            return (*listed, *self.dims) if reflected else (*self.dims, *listed)
        if op in ("==", "!="):
            return (_bare(self.dims) == _bare(listed)) == (op == "==")
        return super().binary(op, other, reflected, at)


def _with(size: object, op: str, number: int, reflected: bool, at: At) -> object:
    """A size and a number, the size perhaps a symbol."""
    if type(size) is Size:
        return size.binary(op, number, reflected, at)
    if type(size) is int:
        return Size(size).binary(op, number, reflected, at)
    return Unknown("arithmetic with the batch", at.line)


def _bare(dims: tuple[object, ...]) -> list[object]:
    return [None if type(one) is Size else one for one in dims]


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

"""Sizes and shapes of tensors as the interpreted code sees them; must never know a framework."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

from convwise.dialects.python.functions import Function
from convwise.dialects.python.values import Abstract, At, Missing, Unknown, is_plain_slice
from convwise.graph.dims import Dim, maximum


@final
class Size(Abstract):
    """A size that is not a number: it computes. `none`: the framework shows it as None."""

    __slots__ = ("dim", "none")

    def __init__(self, dim: Dim, none: bool = True) -> None:
        self.dim = dim
        self.none = none

    def __repr__(self) -> str:
        return str(self.dim)

    def describe(self) -> str:
        return f"the size {self.dim}"

    def is_none(self, at: At) -> bool:
        return self.none

    def text(self, at: At) -> str | Unknown:
        return "None" if self.none else str(self.dim)

    def binary(self, op: str, other: object, reflected: bool, at: At) -> object:
        if type(other) is Size:
            other = other.dim
        if op == "/" and type(other) is float and other.is_integer():
            other = int(other)
        if type(other) is not int:
            return (
                self.none and other is None
                if op == "=="
                else super().binary(op, other, reflected, at)
            )
        left, right = (other, self.dim) if reflected else (self.dim, other)
        return self._computed(op, left, right, at)

    def _computed(self, op: str, left: Dim, right: Dim, at: At) -> object:
        if op == "+":
            return sized(left + right, self.none)
        if op == "-":
            return sized(left - right, self.none)
        if op == "*":
            return sized(left * right, self.none)
        if op == "//" and type(right) is int and right > 0:
            return sized(left // right, self.none)
        if op == "%" and type(right) is int and right > 0:
            return sized(left % right, self.none)
        if op == "/" and type(right) is int and right > 0 and left // right * right == left:
            return sized(left // right, self.none)
        if op in _BELOW:
            return self._compared(op, left, right, at)
        if op == "==":
            return left == right
        if op == "!=":
            return left != right
        return self._not_known(f"`{op}` on {{}}", at)

    def _compared(self, op: str, left: Dim, right: Dim, at: At) -> object:
        """Where all sizes give the same answer: a symbol is 1 or more."""
        low, high = (left, right) if op in ("<", "<=") else (right, left)
        least = 1 if op in ("<", ">") else 0
        if maximum(high - low, least) == high - low:
            return True
        if maximum(low - high, 1 - least) == low - high:
            return False
        return self._not_known(f"`{op}` on {{}}", at)

    def unary(self, op: str, at: At) -> object:
        if op in ("int", "+"):
            return self
        return sized(-self.dim, self.none) if op == "-" else super().unary(op, at)


_BELOW = ("<", "<=", ">", ">=")


def sized(dim: Dim, none: bool = True) -> object:
    """A dim as code sees it: a plain integer where it is one."""
    return dim if type(dim) is int else Size(dim, none)


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

        if name in ("as_list", "tolist"):
            return Function(name, lambda args, kwargs, at: list(self.dims))
        if name in ("ndims", "rank"):
            return len(self.dims)
        if name == "dims":
            return list(self.dims)
        if name == "num_elements":
            return Function(name, lambda args, kwargs, at: Unknown("the number of elements"))
        if name == "numel":
            return Function(name, lambda args, kwargs, at: self._elements(at))
        raise Missing(name)

    def _elements(self, at: At) -> object:
        total: Dim = 1
        for one in self.dims:
            if type(one) is not int and type(one) is not Size:
                return Unknown("the number of elements", at.line)
            total = total * (one.dim if type(one) is Size else one)
        return sized(total, False)

    def item(self, index: object, at: At) -> object:
        if is_plain_slice(index):
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
    return [_shown(one) if type(one) is Size else one for one in dims]


def _shown(size: Size) -> object:
    return None if size.none else size.dim

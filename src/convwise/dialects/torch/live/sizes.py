"""Sizes as a running forward sees them: integers that keep the symbols they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

from convwise.graph.dims import Dim, evaluate


@final
class Sized(int):
    """A size that depends on the batch or another free size: its number in this run, its `dim`.

    Arithmetic with whole numbers keeps the symbols; anything else gives a plain number, which is
    then a number of this run only.
    """

    dim: Dim

    def __new__(cls, number: int, dim: Dim | None = None) -> Sized:
        made = super().__new__(cls, number)
        made.dim = number if dim is None else dim
        return made

    def __add__(self, other: int) -> int:
        if not isinstance(other, int):
            return NotImplemented
        return size(int(self) + int(other), self.dim + exact(other))

    __radd__ = __add__

    def __sub__(self, other: int) -> int:
        if not isinstance(other, int):
            return NotImplemented
        return size(int(self) - int(other), self.dim - exact(other))

    def __rsub__(self, other: int) -> int:
        return size(int(other) - int(self), exact(other) - self.dim)

    def __mul__(self, other: int) -> int:
        if not isinstance(other, int):
            return NotImplemented
        return size(int(self) * int(other), self.dim * exact(other))

    def __rmul__(self, other: Any) -> Any:
        if not isinstance(other, int):
            return other * int(self)
        return size(int(self) * int(other), self.dim * exact(other))

    def __floordiv__(self, other: int) -> int:
        if not isinstance(other, int) or other <= 0:
            return int(self).__floordiv__(other)
        return size(int(self) // int(other), self.dim // exact(other))

    def __rfloordiv__(self, other: int) -> int:
        if not self:
            return int(other).__floordiv__(int(self))
        return size(int(other) // int(self), exact(other) // self.dim)

    def __mod__(self, other: int) -> int:
        if not isinstance(other, int) or other <= 0:
            return int(self).__mod__(other)
        return size(int(self) % int(other), self.dim % exact(other))

    def __neg__(self) -> int:
        return size(-int(self), -self.dim)

    def __pos__(self) -> int:
        return self


def size(number: int, dim: Dim) -> int:
    """A size as forward gets it: a plain integer where it is the same in every run."""
    return number if type(dim) is int else Sized(number, dim)


def exact(value: int) -> Dim:
    """The exact size that an integer stands for."""
    return value.dim if type(value) is Sized else int(value)


def number_of(dim: Dim, values: Mapping[str, int]) -> int | None:
    """A dim under these sizes; None where a symbol is left."""
    found = evaluate(dim, values)
    return found if type(found) is int else None

"""Sizes as Python source, also open ones, which are read off the inputs; computes no size."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

from convwise.dialects.torch.write.text import Code
from convwise.graph.atoms import Floor, Max, Reader, Symbol
from convwise.graph.dims import Dim, terms_of
from convwise.graph.polynomial import Terms


@final
class _Source(Reader[str]):
    """Atoms as Python text; `name` gives the variable of a symbol."""

    __slots__ = ("_name",)

    def __init__(self, name: Callable[[str], str]) -> None:
        self._name = name

    def symbol(self, atom: Symbol) -> str:
        return self._name(atom.name)

    def floor(self, atom: Floor) -> str:
        return f"({self.terms(atom.over)}) // ({self.terms(atom.under)})"

    def maximum(self, atom: Max) -> str:
        return f"max({self.terms(atom.left)}, {self.terms(atom.right)})"

    def terms(self, terms: Terms) -> str:
        parts = []
        for monomial, coefficient in terms.items():
            factors = [self._factor(atom.read_by(self)) for atom in monomial]
            if coefficient != 1 or not factors:
                factors.insert(0, str(coefficient))
            parts.append(" * ".join(factors))
        return " + ".join(parts).replace("+ -", "- ") or "0"

    def _factor(self, text: str) -> str:
        return f"({text})" if " // " in text and not text.startswith("max(") else text


def size_text(dim: Dim, name: Callable[[str], str]) -> Code:
    """The size as source; `name(symbol)` is asked for the variable that holds an open size."""
    if isinstance(dim, int):
        return Code(repr(int(dim)))
    return Code(_Source(name).terms(terms_of(dim)))

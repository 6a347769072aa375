"""Exact integer expressions over symbols, always in normal form; must never read text.

An expression is an integer polynomial over atoms: symbols, floors of quotients, maxima. Symbols
stand for sizes, that is for positive integers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, final

from convwise.graph import normal, written
from convwise.graph.atoms import Floor, Max, Reader, Symbol, symbols_in
from convwise.graph.polynomial import CONSTANT, Terms, combined, multiplied, negated


@final
class Expr:
    """An integer expression that is not a constant; equal when the normal forms are equal.

    Results of arithmetic collapse to int where they are constant. Comparing sizes with < has no
    single answer: `convwise.graph.constraints` gives yes, no or "only if".
    """

    __slots__ = ("_hash", "_symbols", "_text", "terms")

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._hash: int | None = None
        self._symbols: frozenset[str] | None = None
        self._text: str | None = None

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (type(other) is Expr and self.terms == other.terms)

    def __reduce__(self) -> tuple[Any, ...]:
        return Expr, (self.terms,)

    def __add__(self, other: Dim) -> Dim:
        if type(other) is int:
            return self._plus(other)
        if type(other) is not Expr:
            return NotImplemented
        return collapsed(combined(self.terms, other.terms, 1))

    __radd__ = __add__

    def __sub__(self, other: Dim) -> Dim:
        if type(other) is int:
            return self._plus(-other)
        if type(other) is not Expr:
            return NotImplemented
        return collapsed(combined(self.terms, other.terms, -1))

    def __rsub__(self, other: int) -> Dim:
        if type(other) is not int:
            return NotImplemented
        return (-self)._plus(other)

    def __neg__(self) -> Expr:
        return Expr(negated(self.terms))

    def __mul__(self, other: Dim) -> Dim:
        if type(other) is int:
            if other == 0:
                return 0
            return Expr({monomial: times * other for monomial, times in self.terms.items()})
        if type(other) is not Expr:
            return NotImplemented
        return collapsed(multiplied(self.terms, other.terms))

    __rmul__ = __mul__

    def __floordiv__(self, other: Dim) -> Dim:
        if type(other) is not int and type(other) is not Expr:
            return NotImplemented
        return floor_div(self, other)

    def __rfloordiv__(self, other: int) -> Dim:
        return floor_div(other, self) if type(other) is int else NotImplemented

    def __mod__(self, other: Dim) -> Dim:
        if type(other) is not int and type(other) is not Expr:
            return NotImplemented
        return self - other * floor_div(self, other)

    def __rmod__(self, other: int) -> Dim:
        return other - self * floor_div(other, self) if type(other) is int else NotImplemented

    def _plus(self, number: int) -> Expr:
        if not number:
            return self
        terms = self.terms.copy()
        total = terms.get(CONSTANT, 0) + number
        if total:
            terms[CONSTANT] = total
        else:
            del terms[CONSTANT]
        return Expr(terms)

    @property
    def symbols(self) -> frozenset[str]:
        """The names of all symbols in it."""
        if self._symbols is None:
            self._symbols = symbols_in(self.terms)
        return self._symbols

    def substitute(self, values: Mapping[str, Dim]) -> Dim:
        """The expression with symbols replaced by integers or expressions."""
        if self.symbols.isdisjoint(values):
            return self
        return _Replaced(values).terms(self.terms)

    def __str__(self) -> str:
        if self._text is None:
            self._text = written.text(self.terms)
        return self._text

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        """Formatted as text; a thousands separator means nothing to an expression."""
        return format(str(self), spec.replace(",", ""))


Dim: TypeAlias = int | Expr


def terms_of(dim: Dim) -> Terms:
    """A dim as a polynomial."""
    if isinstance(dim, int):
        return {CONSTANT: dim} if dim else {}
    return dim.terms


def symbols_of(dim: Dim) -> frozenset[str]:
    """The names of the symbols in a dim; none in an integer."""
    return frozenset() if isinstance(dim, int) else dim.symbols


def substituted(dim: Dim, values: Mapping[str, Dim]) -> Dim:
    """A dim with its symbols replaced."""
    return dim if isinstance(dim, int) else dim.substitute(values)


def collapsed(terms: Terms) -> Dim:
    """A polynomial as a dim: an int where it is constant."""
    if not terms:
        return 0
    if len(terms) == 1 and CONSTANT in terms:
        return terms[CONSTANT]
    return Expr(terms)


def floor_div(over: Dim, under: Dim) -> Dim:
    """floor(over/under) in normal form; ZeroDivisionError when `under` is 0."""
    if not isinstance(under, int):
        return collapsed(normal.floor_by_terms(terms_of(over), under.terms))
    if isinstance(over, int):
        return over // under
    if under == 0:
        raise ZeroDivisionError("a size is divided by 0")
    terms = over.terms if under > 0 else negated(over.terms)
    return collapsed(normal.floor_by_number(terms, abs(under)))


def maximum(left: Dim, right: Dim) -> Dim:
    """The larger one, resolved where it is the same for all sizes."""
    if isinstance(left, int) and isinstance(right, int):
        return max(left, right)
    return collapsed(normal.larger(terms_of(left), terms_of(right)))


@final
class _Replaced(Reader[Dim]):
    """Atoms and polynomials with their symbols replaced."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Dim]) -> None:
        self._values = values

    def symbol(self, atom: Symbol) -> Dim:
        value = self._values.get(atom.name)
        return Expr({(atom,): 1}) if value is None else value

    def floor(self, atom: Floor) -> Dim:
        under = atom.number or self.terms(atom.under)
        return floor_div(self.terms(atom.over), under)

    def maximum(self, atom: Max) -> Dim:
        return maximum(self.terms(atom.left), self.terms(atom.right))

    def terms(self, terms: Terms) -> Dim:
        total: Dim = 0
        for monomial, coefficient in terms.items():
            product: Dim = coefficient
            for atom in monomial:
                product = product * atom.read_by(self)
            total = total + product
        return total

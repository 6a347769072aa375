"""What polynomials of sizes are made of: symbols, floors, maxima; must never normalise anything.

`normal` makes floors and maxima. Whoever needs to know what an atom is reads it as a `Reader`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Generic, TypeAlias, TypeVar, final

from convwise.errors import RuleError
from convwise.graph.polynomial import CONSTANT, Terms, order

T = TypeVar("T")

#: Nesting and size beyond any network's, which hostile code may reach.
MOST_DEPTH = 60
MOST_ATOMS = 2000

#: Sizes are written in the order in which a tensor has them: N*H, not H*N.
_USUAL_ORDER = {letter: index for index, letter in enumerate("NCTDHW")}


@final
class Symbol:
    """A size that is not known yet: a positive integer."""

    __slots__ = ("_hash", "key", "name", "symbols")

    depth = 1
    weight = 1

    def __init__(self, name: str) -> None:
        self.name = name
        self.key = (0, _USUAL_ORDER.get(name[0], len(_USUAL_ORDER)), name)
        self.symbols = frozenset((name,))
        self._hash = hash(name)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return type(other) is Symbol and self.name == other.name

    def __reduce__(self) -> tuple[Any, ...]:
        return Symbol, (self.name,)

    def read_by(self, reader: Reader[T]) -> T:
        return reader.symbol(self)


@final
class Floor:
    """floor(over/under), two polynomials; `number` is `under` where that is one, else 0."""

    __slots__ = ("_hash", "_key", "depth", "number", "over", "symbols", "under", "weight")

    def __init__(self, over: Terms, under: Terms) -> None:
        self.over = over
        self.under = under
        self.number = under.get(CONSTANT, 0) if len(under) == 1 else 0
        self._hash = hash((frozenset(over.items()), frozenset(under.items())))
        self._key: tuple[Any, ...] | None = None
        self.symbols = symbols_in(over) | symbols_in(under)
        self.depth, self.weight = _measure(over, under)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return type(other) is Floor and self.under == other.under and self.over == other.over

    def __reduce__(self) -> tuple[Any, ...]:
        return Floor, (self.over, self.under)

    @property
    def key(self) -> tuple[Any, ...]:
        if self._key is None:
            self._key = (1, order(self.under), order(self.over))
        return self._key

    def read_by(self, reader: Reader[T]) -> T:
        return reader.floor(self)


@final
class Max:
    """The larger of two polynomials."""

    __slots__ = ("_hash", "_key", "depth", "left", "right", "symbols", "weight")

    def __init__(self, left: Terms, right: Terms) -> None:
        self.left = left
        self.right = right
        self._hash = hash((frozenset(left.items()), frozenset(right.items()), 2))
        self._key: tuple[Any, ...] | None = None
        self.symbols = symbols_in(left) | symbols_in(right)
        self.depth, self.weight = _measure(left, right)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return type(other) is Max and self.left == other.left and self.right == other.right

    def __reduce__(self) -> tuple[Any, ...]:
        return Max, (self.left, self.right)

    @property
    def key(self) -> tuple[Any, ...]:
        if self._key is None:
            self._key = (2, order(self.left), order(self.right))
        return self._key

    def read_by(self, reader: Reader[T]) -> T:
        return reader.maximum(self)


Atom: TypeAlias = Symbol | Floor | Max


class Reader(ABC, Generic[T]):
    """One question about an atom, answered for each sort of atom."""

    __slots__ = ()

    @abstractmethod
    def symbol(self, atom: Symbol) -> T: ...

    @abstractmethod
    def floor(self, atom: Floor) -> T: ...

    @abstractmethod
    def maximum(self, atom: Max) -> T: ...


def symbols_in(terms: Terms) -> frozenset[str]:
    """The names of all symbols in a polynomial."""
    found: frozenset[str] = frozenset()
    for monomial in terms:
        for atom in monomial:
            found = found | atom.symbols if found else atom.symbols
    return found


def _measure(left: Terms, right: Terms) -> tuple[int, int]:
    """Depth and number of atoms of an atom over two polynomials; RuleError beyond all reason."""
    depth, weight = 1, 1
    for terms in (left, right):
        for monomial in terms:
            for atom in monomial:
                depth = max(depth, atom.depth + 1)
                weight += atom.weight
    if depth > MOST_DEPTH or weight > MOST_ATOMS:
        raise RuleError(
            f"a symbolic size is nested {depth} deep over {weight} symbols, "
            f"at most {MOST_DEPTH} and {MOST_ATOMS} are kept",
            hint="give the input sizes as numbers",
        )
    return depth, weight

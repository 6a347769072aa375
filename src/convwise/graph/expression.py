"""Exact integer expressions over symbols, always in normal form; must never read text.

An expression is an integer polynomial over atoms: symbols, floors of quotients, maxima. Symbols
stand for sizes, that is for positive integers.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd
from typing import Any, TypeAlias, final

from convwise.errors import RuleError
from convwise.graph import bounds, growth, written
from convwise.graph.polynomial import (
    CONSTANT,
    Monomial,
    Terms,
    combined,
    common,
    content,
    divided,
    leading,
    multiplied,
    quotient,
    reduced,
)

#: Nesting and size beyond any network's, which hostile code may reach.
MOST_DEPTH = 60
MOST_ATOMS = 2000

#: Sizes are written in the order in which a tensor has them: N*H, not H*N.
_USUAL_ORDER = {letter: index for index, letter in enumerate("NCTDHW")}


@final
class Symbol:
    """A size that is not known yet."""

    __slots__ = ("_hash", "key", "name")

    depth = 0
    weight = 1
    least = 1

    def __init__(self, name: str) -> None:
        self.name = name
        self.key = (0, _USUAL_ORDER.get(name[0], len(_USUAL_ORDER)), name)
        self._hash = hash(name)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return type(other) is Symbol and self.name == other.name

    def __reduce__(self) -> tuple[Any, ...]:
        return Symbol, (self.name,)

    @property
    def symbols(self) -> frozenset[str]:
        return frozenset((self.name,))

    @property
    def bounds(self) -> bounds.Bounds:
        return bounds.exactly((self,))

    @property
    def growth(self) -> growth.Growth | None:
        return growth.SIZE

    @property
    def signed_text(self) -> tuple[int, str]:
        return 1, self.name

    def remainder(self, coefficient: int) -> None:
        return None

    def replaced(self, values: Mapping[str, Dim]) -> Dim:
        value = values.get(self.name)
        return Expr({(self,): 1}) if value is None else value


@final
class Floor:
    """floor(over/under), made by `floor_div` only: over and under have nothing left in common."""

    __slots__ = ("_hash", "_key", "depth", "over", "under", "weight")

    def __init__(self, over: Dim, under: Dim) -> None:
        self.over = over
        self.under = under
        self._hash = hash((over, under))
        self._key: tuple[int, str] | None = None
        self.depth, self.weight = _measure(over, under)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if type(other) is not Floor or self._hash != other._hash:
            return False
        return self.under == other.under and self.over == other.over

    def __reduce__(self) -> tuple[Any, ...]:
        return Floor, (self.over, self.under)

    @property
    def key(self) -> tuple[int, str]:
        if self._key is None:
            self._key = (1, self.signed_text[1])
        return self._key

    @property
    def symbols(self) -> frozenset[str]:
        return symbols_of(self.over) | symbols_of(self.under)

    @property
    def bounds(self) -> bounds.Bounds:
        if type(self.under) is int:
            return bounds.floored(bounds.of_terms(terms_of(self.over)), self.under)
        return bounds.exactly((self,))

    @property
    def growth(self) -> growth.Growth | None:
        return growth.floored(growth.of_terms(terms_of(self.over)), self.under)

    @property
    def least(self) -> int | None:
        over = bounds.least(terms_of(self.over))
        if over is None:
            return None
        if type(self.under) is int:
            return over // self.under
        under = bounds.least(terms_of(self.under))
        return 0 if over >= 0 and under is not None and under > 0 else None

    @property
    def signed_text(self) -> tuple[int, str]:
        terms = terms_of(self.over)
        if type(self.under) is int and terms.get(CONSTANT) == self.under - 1:
            over = Expr(written.without_constant(terms))
            return 1, f"ceil({written.fraction_text(str(over), str(self.under))})"
        return 1, f"floor({written.fraction_text(str(self.over), str(self.under))})"

    def as_count(self, shift: int) -> str:
        """floor(E/d) + shift as a number of windows, floor((E - k)/d) + 1."""
        over = self.over + (shift - 1) * self.under
        return f"floor({written.fraction_text(str(over), str(self.under))}) + 1"

    def remainder(self, coefficient: int) -> tuple[int, Expr, int] | None:
        """times, E, d when coefficient*self can be the floor in times*(E % d)."""
        if type(self.under) is not int or coefficient > 0:
            return None
        modulus = gcd(coefficient, self.under)
        base = floor_div(self.over, self.under // modulus)
        if modulus == 1 or isinstance(base, int):
            return None
        return -coefficient // modulus, base, modulus

    def replaced(self, values: Mapping[str, Dim]) -> Dim:
        return floor_div(substituted(self.over, values), substituted(self.under, values))


@final
class Max:
    """The larger of two expressions, made by `maximum` only."""

    __slots__ = ("_hash", "_key", "depth", "left", "right", "weight")

    def __init__(self, left: Dim, right: Dim) -> None:
        self.left = left
        self.right = right
        self._hash = hash((left, right, 0))
        self._key: tuple[int, str] | None = None
        self.depth, self.weight = _measure(left, right)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return type(other) is Max and self.left == other.left and self.right == other.right

    def __reduce__(self) -> tuple[Any, ...]:
        return Max, (self.left, self.right)

    @property
    def key(self) -> tuple[int, str]:
        if self._key is None:
            self._key = (2, self.signed_text[1])
        return self._key

    @property
    def symbols(self) -> frozenset[str]:
        return symbols_of(self.left) | symbols_of(self.right)

    @property
    def bounds(self) -> bounds.Bounds:
        return bounds.exactly((self,))

    @property
    def growth(self) -> growth.Growth | None:
        left, right = terms_of(self.left), terms_of(self.right)
        return growth.larger(growth.of_terms(left), growth.of_terms(right))

    @property
    def least(self) -> int | None:
        found = [bounds.least(terms_of(side)) for side in (self.left, self.right)]
        return max([value for value in found if value is not None], default=None)

    @property
    def signed_text(self) -> tuple[int, str]:
        if _leads_negative(self.left) and _leads_negative(self.right):
            return -1, f"min({-self.left}, {-self.right})"
        return 1, f"max({self.left}, {self.right})"

    def remainder(self, coefficient: int) -> None:
        return None

    def replaced(self, values: Mapping[str, Dim]) -> Dim:
        return maximum(substituted(self.left, values), substituted(self.right, values))


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
        return Expr({monomial: -times for monomial, times in self.terms.items()})

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
            found: set[str] = set()
            for monomial in self.terms:
                for atom in monomial:
                    found |= atom.symbols
            self._symbols = frozenset(found)
        return self._symbols

    def substitute(self, values: Mapping[str, Dim]) -> Dim:
        """The expression with symbols replaced by integers or expressions."""
        if self.symbols.isdisjoint(values):
            return self
        total: Dim = 0
        for monomial, coefficient in self.terms.items():
            product: Dim = coefficient
            for atom in monomial:
                product = product * atom.replaced(values)
            total = total + product
        return total

    def __str__(self) -> str:
        if self._text is None:
            self._text = _text(self.terms)
        return self._text

    __repr__ = __str__


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
    if isinstance(under, int):
        if isinstance(over, int):
            return over // under
        if under == 0:
            raise ZeroDivisionError("a size is divided by 0")
        if under < 0:
            over, under = -over, -under
        return over if under == 1 else _floor_by_number(over.terms, under)
    return _floor_by_expression(terms_of(over), under.terms)


def _floor_by_number(terms: Terms, under: int) -> Dim:
    """floor(q*d + r, d) = q + floor(r/d) per term, then common factors, sign and nests."""
    whole: Terms = {}
    rest: Terms = {}
    for monomial, coefficient in terms.items():
        times = coefficient // under
        if times < 0 and monomial:
            times = -(-coefficient // under)
        if times:
            whole[monomial] = times
        if coefficient != times * under:
            rest[monomial] = coefficient - times * under
    constant = rest.pop(CONSTANT, 0)
    if not rest:
        return collapsed(whole)
    factor = gcd(under, content(rest.values()))
    if factor > 1:
        rest = {monomial: coefficient // factor for monomial, coefficient in rest.items()}
        constant //= factor
        under //= factor
    sign = 1
    if rest[leading(rest)] < 0:
        # floor(-E/d) = -floor((E + d - 1)/d)
        rest = {monomial: -coefficient for monomial, coefficient in rest.items()}
        constant = under - 1 - constant
        sign = -1
    if constant:
        rest[CONSTANT] = constant
    part = _absorbed(rest, under)
    if part is None:
        part = Expr({(Floor(Expr(rest), under),): 1})
    part = part * sign
    return part + Expr(whole) if whole else part


def _absorbed(terms: Terms, under: int) -> Dim | None:
    """floor((floor(E/a) + Q)/b) = floor((E + a*Q)/(a*b)), for a floor that stands there once."""
    found: Monomial | None = None
    for monomial, coefficient in terms.items():
        if len(monomial) != 1 or abs(coefficient) != 1:
            continue
        atom = monomial[0]
        if type(atom) is Floor and type(atom.under) is int:
            if found is None or atom.key < found[0].key:
                found = monomial
    if found is None:
        return None
    inner, by, sign = found[0].over, found[0].under, terms[found]
    others = terms.copy()
    del others[found]
    # -floor(E/a) = floor((-E + a - 1)/a)
    over = (inner if sign == 1 else (by - 1) - inner) + by * collapsed(others)
    return floor_div(over, by * under)


def _floor_by_expression(terms: Terms, under: Terms) -> Dim:
    if not terms:
        return 0
    if under[leading(under)] < 0:
        terms = {monomial: -coefficient for monomial, coefficient in terms.items()}
        under = {monomial: -coefficient for monomial, coefficient in under.items()}
    exact = divided(terms, under)
    if exact is not None:
        return collapsed(exact)
    whole, rest = _parts(terms, under) if len(under) == 1 else ({}, terms)
    if not rest:
        return collapsed(whole)
    factor = gcd(content(rest.values()), content(under.values()))
    shared = common({**dict.fromkeys(rest, 1), **dict.fromkeys(under, 1)})
    if factor > 1 or shared:
        rest = reduced(rest, factor, shared)
        under = reduced(under, factor, shared)
    divisor = collapsed(under)
    if isinstance(divisor, int):
        part = floor_div(collapsed(rest), divisor)
    else:
        part = Expr({(Floor(collapsed(rest), divisor),): 1})
    return part + Expr(whole) if whole else part


def _parts(terms: Terms, under: Terms) -> tuple[Terms, Terms]:
    """Quotient and rest of a division by a single term, term by term."""
    ((divisor, by),) = under.items()
    whole: Terms = {}
    rest: Terms = {}
    for monomial, coefficient in terms.items():
        left = quotient(monomial, divisor)
        if left is None or coefficient % by:
            rest[monomial] = coefficient
        else:
            whole[left] = coefficient // by
    return whole, rest


def maximum(left: Dim, right: Dim) -> Dim:
    """The larger one, resolved where it is the same for all sizes."""
    if isinstance(left, int) and isinstance(right, int):
        return max(left, right)
    difference = left - right
    if isinstance(difference, int):
        return left if difference >= 0 else right
    below = bounds.least(difference.terms)
    if below is not None and below >= 0:
        return left
    above = bounds.least((-difference).terms)
    if above is not None and above >= 0:
        return right
    if (isinstance(left, int), str(left)) > (isinstance(right, int), str(right)):
        left, right = right, left
    return Expr({(Max(left, right),): 1})


def _measure(left: Dim, right: Dim) -> tuple[int, int]:
    """Depth and number of atoms of an atom over two dims; RuleError beyond all reason."""
    depth, weight = 1, 1
    for dim in (left, right):
        if isinstance(dim, int):
            continue
        for monomial in dim.terms:
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


def _leads_negative(dim: Dim) -> bool:
    if isinstance(dim, int):
        return dim <= 0
    return dim.terms[leading(dim.terms)] < 0


def _text(terms: Terms) -> str:
    if len(terms) == 2 and terms.get(CONSTANT, 0) < 0:
        (monomial,) = written.without_constant(terms)
        atom = monomial[0]
        if len(monomial) == 1 and type(atom) is Floor and terms[monomial] == 1:
            if type(atom.under) is int and CONSTANT in terms_of(atom.over):
                return atom.as_count(terms[CONSTANT])
    rest = terms
    first: list[tuple[int, str]] = []
    for monomial, coefficient in terms.items():
        found = monomial[0].remainder(coefficient) if len(monomial) == 1 else None
        if found is None or rest.get(monomial) != coefficient:
            continue
        times, base, modulus = found
        if _covers(rest, base.terms, times):
            rest = combined(rest, base.terms, -times)
            rest = combined(rest, {monomial: coefficient}, -1)
            first.append((times, f"{written.factor_text(str(base))} % {modulus}"))
    return written.sum_text(rest, first)


def _covers(terms: Terms, base: Terms, times: int) -> bool:
    return all(
        terms.get(monomial) == times * coefficient
        for monomial, coefficient in base.items()
        if monomial
    )

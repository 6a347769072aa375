"""Integer polynomials as plain dictionaries; must never know what an atom means.

A polynomial maps monomials to non-zero coefficients. A monomial is a tuple of atoms in the order
of their keys, an atom repeated for each power; the empty monomial carries the constant.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd
from typing import Any

from convwise.errors import RuleError

#: Products beyond this many terms are refused: no network has such sizes, hostile code may.
MOST_TERMS = 4096


Monomial = tuple[Any, ...]
Terms = dict[Monomial, int]

CONSTANT: Monomial = ()


def _key(atom: Any) -> tuple[Any, ...]:
    key: tuple[Any, ...] = atom.key
    return key


def rank(monomial: Monomial) -> tuple[int, list[tuple[Any, ...]]]:
    """Order of monomials: higher degree first, then by the keys of the atoms (graded lex)."""
    return -len(monomial), [atom.key for atom in monomial]


def order(terms: Terms) -> tuple[Any, ...]:
    """A key by which polynomials are put in order."""
    return tuple(sorted([(rank(monomial), times) for monomial, times in terms.items()]))


def leading(terms: Terms) -> Monomial:
    """The first monomial in that order; never the constant when there is another."""
    if len(terms) == 1:
        return next(iter(terms))
    return min(terms, key=rank)


def combined(left: Terms, right: Terms, factor: int) -> Terms:
    """left + factor*right, for a factor that is not zero."""
    result = left.copy()
    for monomial, coefficient in right.items():
        total = result.get(monomial, 0) + factor * coefficient
        if total:
            result[monomial] = total
        else:
            del result[monomial]
    return result


def negated(terms: Terms) -> Terms:
    """-terms."""
    return {monomial: -coefficient for monomial, coefficient in terms.items()}


def without_constant(terms: Terms) -> Terms:
    """The same polynomial, its constant left out."""
    if CONSTANT not in terms:
        return terms
    rest = terms.copy()
    del rest[CONSTANT]
    return rest


def multiplied(left: Terms, right: Terms) -> Terms:
    """left*right; RuleError when the result would be absurdly large."""
    if len(left) * len(right) > MOST_TERMS:
        raise RuleError(
            f"a size would have up to {len(left) * len(right)} terms, at most {MOST_TERMS} are kept"
        )
    result: Terms = {}
    for one, by in left.items():
        for two, times in right.items():
            monomial = tuple(sorted(one + two, key=_key)) if one and two else one + two
            total = result.get(monomial, 0) + by * times
            if total:
                result[monomial] = total
            else:
                del result[monomial]
    return result


def quotient(monomial: Monomial, divisor: Monomial) -> Monomial | None:
    """monomial/divisor, None when it does not divide."""
    left = list(monomial)
    for atom in divisor:
        if atom not in left:
            return None
        left.remove(atom)
    return tuple(left)


def divided(terms: Terms, divisor: Terms) -> Terms | None:
    """terms/divisor by long division over the integers; None when it is not exact."""
    lead = leading(divisor)
    by = divisor[lead]
    result: Terms = {}
    rest = terms
    while rest:
        top = leading(rest)
        whole = quotient(top, lead)
        if whole is None or rest[top] % by or len(result) > MOST_TERMS:
            return None
        times = rest[top] // by
        result[whole] = times
        rest = combined(rest, multiplied(divisor, {whole: times}), -1)
    return result


def content(coefficients: Iterable[int]) -> int:
    """The greatest common divisor."""
    result = 0
    for coefficient in coefficients:
        result = gcd(result, coefficient)
        if result == 1:
            break
    return result


def common(terms: Terms) -> Monomial:
    """The greatest monomial that divides every term."""
    found: Monomial | None = None
    for monomial in terms:
        if found is None:
            found = monomial
            continue
        left = list(monomial)
        kept = []
        for atom in found:
            if atom in left:
                left.remove(atom)
                kept.append(atom)
        found = tuple(kept)
        if not found:
            break
    return found or CONSTANT


def reduced(terms: Terms, by: int, monomial: Monomial) -> Terms:
    """terms/(by*monomial), known to be exact."""
    result: Terms = {}
    for one, coefficient in terms.items():
        left = list(one)
        for atom in monomial:
            left.remove(atom)
        result[tuple(left)] = coefficient // by
    return result

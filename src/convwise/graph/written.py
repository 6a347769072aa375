"""Expressions as text that reads back to the same expression; must never change a value."""

from __future__ import annotations

from math import gcd
from typing import final

from convwise.graph.atoms import Floor, Max, Reader, Symbol
from convwise.graph.normal import floor_by_number
from convwise.graph.polynomial import (
    CONSTANT,
    Monomial,
    Terms,
    combined,
    leading,
    negated,
    rank,
    without_constant,
)


@final
class _Written(Reader[tuple[int, str]]):
    """The sign and the text of an atom: max(-H, -5) is written -min(H, 5)."""

    __slots__ = ()

    def symbol(self, atom: Symbol) -> tuple[int, str]:
        return 1, atom.name

    def floor(self, atom: Floor) -> tuple[int, str]:
        if atom.number and atom.over.get(CONSTANT) == atom.number - 1:
            return 1, f"ceil({_fraction(without_constant(atom.over), atom.under)})"
        return 1, f"floor({_fraction(atom.over, atom.under)})"

    def maximum(self, atom: Max) -> tuple[int, str]:
        if _leads_negative(atom.left) and _leads_negative(atom.right):
            return -1, f"min({text(negated(atom.left))}, {text(negated(atom.right))})"
        return 1, f"max({text(atom.left)}, {text(atom.right)})"


_WRITTEN = _Written()


def text(terms: Terms) -> str:
    """floor((H - 3)/2) + 1, 16*N*H, H % 16."""
    if not terms:
        return "0"
    count = _count(terms)
    if count is not None:
        return count
    rest, parts = _remainders(terms)
    monomials = sorted(rest, key=rank) if len(rest) > 1 else rest
    parts += [_product(rest[monomial], monomial) for monomial in monomials]
    positive = next((index for index, part in enumerate(parts) if not part[0]), 0)
    # "4*ceil(H/4) - H" reads better than "-H + 4*ceil(H/4)".
    parts.insert(0, parts.pop(positive))
    negative, result = parts[0]
    result = f"-{result}" if negative else result
    for negative, part in parts[1:]:
        result += f" - {part}" if negative else f" + {part}"
    return result


def _count(terms: Terms) -> str | None:
    """floor(E/d) - c as a number of windows, floor((E - k)/d) + 1, where E has a constant."""
    shift = terms.get(CONSTANT, 0)
    if len(terms) != 2 or shift >= 0:
        return None
    (monomial,) = without_constant(terms)
    atom = monomial[0]
    if len(monomial) > 1 or terms[monomial] != 1 or type(atom) is not Floor:
        return None
    if not atom.number or CONSTANT not in atom.over:
        return None
    over = combined(atom.over, {CONSTANT: (shift - 1) * atom.number}, 1)
    return f"floor({_fraction(over, atom.under)}) + 1"


def _remainders(terms: Terms) -> tuple[Terms, list[tuple[bool, str]]]:
    """Every E - d*floor(E/d) taken out and written E % d; what is left of the terms."""
    rest = terms
    parts: list[tuple[bool, str]] = []
    for monomial, coefficient in terms.items():
        if coefficient > 0 or len(monomial) != 1 or rest.get(monomial) != coefficient:
            continue
        atom = monomial[0]
        modulus = gcd(coefficient, atom.number) if type(atom) is Floor and atom.number else 1
        if modulus == 1:
            continue
        times = -coefficient // modulus
        base = floor_by_number(atom.over, atom.number // modulus)
        if all(rest.get(one) == times * by for one, by in base.items() if one):
            rest = combined(combined(rest, base, -times), {monomial: coefficient}, -1)
            remainder = f"{_factor(text(base))} % {modulus}"
            parts.append((False, remainder if times == 1 else f"{times}*({remainder})"))
    return rest, parts


def _product(coefficient: int, monomial: Monomial) -> tuple[bool, str]:
    """Whether the term is negative, and its absolute value: (True, "16*N*H")."""
    factors = []
    for atom in monomial:
        sign, factor = atom.read_by(_WRITTEN)
        coefficient *= sign
        factors.append(factor)
    size = abs(coefficient)
    if size != 1 or not factors:
        factors.insert(0, str(size))
    return coefficient < 0, "*".join(factors)


def _fraction(over: Terms, under: Terms) -> str:
    above = text(over)
    if above.startswith("-") or (" " in above and not _is_call(above)):
        above = f"({above})"
    return f"{above}/{_factor(text(under))}"


def _factor(written: str) -> str:
    """The text, in brackets unless it is one number, name or call."""
    return written if written.isidentifier() or _is_call(written) else f"({written})"


def _is_call(written: str) -> bool:
    """Whether the text is one name with its brackets, as in floor((H - 3)/2), or one number."""
    depth = 0
    for index, letter in enumerate(written):
        depth += (letter == "(") - (letter == ")")
        if letter == ")" and not depth:
            return index == len(written) - 1
        if not depth and not letter.isalnum():
            return False
    return True


def _leads_negative(terms: Terms) -> bool:
    return not terms or terms[leading(terms)] < 0

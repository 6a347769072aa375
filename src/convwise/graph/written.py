"""Polynomials as text: terms, products, brackets; must never change a value."""

from __future__ import annotations

from convwise.graph.polynomial import CONSTANT, Monomial, Terms, rank


def product_text(coefficient: int, monomial: Monomial) -> tuple[bool, str]:
    """Whether the term is negative, and its absolute value: (True, "16*N*H")."""
    factors = []
    for atom in monomial:
        sign, text = atom.signed_text
        coefficient *= sign
        factors.append(text)
    size = abs(coefficient)
    if size != 1 or not factors:
        factors.insert(0, str(size))
    return coefficient < 0, "*".join(factors)


def sum_text(terms: Terms, first: list[tuple[int, str]]) -> str:
    """The parts given first (coefficient, text), then the terms in order."""
    parts = [_scaled(coefficient, text) for coefficient, text in first]
    order = sorted(terms, key=rank) if len(terms) > 1 else terms
    parts += [product_text(terms[monomial], monomial) for monomial in order]
    positive = next((index for index, part in enumerate(parts) if not part[0]), 0)
    # "4*ceil(H/4) - H" reads better than "-H + 4*ceil(H/4)".
    parts.insert(0, parts.pop(positive))
    negative, text = parts[0]
    text = f"-{text}" if negative else text
    for negative, part in parts[1:]:
        text += f" - {part}" if negative else f" + {part}"
    return text


def _scaled(coefficient: int, text: str) -> tuple[bool, str]:
    if abs(coefficient) == 1:
        return coefficient < 0, text
    return coefficient < 0, f"{abs(coefficient)}*({text})"


def fraction_text(over: str, under: str) -> str:
    """over/under with the brackets that it needs."""
    if over.startswith("-") or (" " in over and not _is_call(over)):
        over = f"({over})"
    return f"{over}/{factor_text(under)}"


def factor_text(text: str) -> str:
    """The text, in brackets unless it is one number, name or call."""
    if text.isalnum() or _is_call(text):
        return text
    return f"({text})"


def _is_call(text: str) -> bool:
    """Whether the text is one name with its brackets, as in floor((H - 3)/2)."""
    if not text[0].isalpha() or not text.endswith(")"):
        return False
    depth = 0
    for index, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == ")" and not depth:
            return index == len(text) - 1
        if not depth and letter in " *%":
            return False
    return False


def without_constant(terms: Terms) -> Terms:
    """The same polynomial, its constant left out."""
    if CONSTANT not in terms:
        return terms
    rest = terms.copy()
    del rest[CONSTANT]
    return rest

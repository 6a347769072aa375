"""Floors and maxima in normal form: equal sizes should look equal; must never change a value."""

from __future__ import annotations

from math import gcd
from typing import Any

from convwise.graph.atoms import Floor, Max
from convwise.graph.bounds import least
from convwise.graph.polynomial import (
    CONSTANT,
    Monomial,
    Terms,
    combined,
    common,
    content,
    divided,
    leading,
    negated,
    order,
    quotient,
    reduced,
    without_constant,
)


def floor_by_number(terms: Terms, under: int) -> Terms:
    """floor(terms/under) for under > 0.

    floor((q*d + r)/d) = q + floor(r/d) term by term; then common factors, the sign, nested floors.
    """
    whole, rest = _whole_and_rest(terms, under)
    constant = rest.pop(CONSTANT, 0)
    if not rest:
        return whole
    factor = gcd(under, content(rest.values()))
    if factor > 1:
        rest = {monomial: coefficient // factor for monomial, coefficient in rest.items()}
        constant //= factor
        under //= factor
    negative = rest[leading(rest)] < 0
    if negative:
        # floor(-E/d) = -floor((E + d - 1)/d)
        rest = negated(rest)
        constant = under - 1 - constant
    if constant:
        rest[CONSTANT] = constant
    nested = _nested_floor(rest)
    if nested is None:
        part: Terms = {(Floor(rest, {CONSTANT: under}),): 1}
    else:
        part = _absorbed(rest, nested, under)
    if negative:
        part = negated(part)
    return combined(whole, part, 1) if whole else part


def _whole_and_rest(terms: Terms, under: int) -> tuple[Terms, Terms]:
    """Quotients rounded towards zero, so that 3*H/4 stays; the constant rounded down."""
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
    return whole, rest


def _nested_floor(terms: Terms) -> Monomial | None:
    """The first floor by a number that is added or subtracted exactly once."""
    found: Monomial | None = None
    for monomial, coefficient in terms.items():
        if len(monomial) != 1 or abs(coefficient) != 1:
            continue
        atom = monomial[0]
        if type(atom) is Floor and atom.number and (found is None or atom.key < found[0].key):
            found = monomial
    return found


def _absorbed(terms: Terms, nested: Monomial, under: int) -> Terms:
    """floor((floor(E/a) + Q)/b) = floor((E + a*Q)/(a*b))"""
    floor = nested[0]
    others = terms.copy()
    if others.pop(nested) > 0:
        over = floor.over
    else:
        # -floor(E/a) = floor((-E + a - 1)/a)
        over = combined({CONSTANT: floor.number - 1}, floor.over, -1)
    return floor_by_number(combined(over, others, floor.number), floor.number * under)


def floor_by_terms(terms: Terms, under: Terms) -> Terms:
    """floor(terms/under) for an under that is no number and not zero."""
    if not terms:
        return terms
    if under[leading(under)] < 0:
        terms, under = negated(terms), negated(under)
    exact = divided(terms, under)
    if exact is not None:
        return exact
    whole, rest = _parts(terms, under) if len(under) == 1 else ({}, terms)
    factor = gcd(content(rest.values()), content(under.values()))
    shared = common(dict.fromkeys([*rest, *under], 1))
    if factor > 1 or shared:
        rest, under = reduced(rest, factor, shared), reduced(under, factor, shared)
    if not without_constant(under):
        part = floor_by_number(rest, under[CONSTANT])
    else:
        part = {(Floor(rest, under),): 1}
    return combined(whole, part, 1) if whole else part


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


def larger(left: Terms, right: Terms) -> Terms:
    """max(left, right), resolved where it is the same for all positive sizes."""
    difference = combined(left, right, -1)
    below = least(difference)
    if below is not None and below >= 0:
        return left
    above = least(negated(difference))
    if above is not None and above >= 0:
        return right
    left, right = sorted((left, right), key=_constants_last)
    return {(Max(left, right),): 1}


def _constants_last(terms: Terms) -> tuple[bool, tuple[Any, ...]]:
    return not without_constant(terms), order(terms)

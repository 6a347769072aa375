"""One thing that sizes must satisfy, and how it is asked and written; must never know a network.

Two dims compare as yes, no, or "only if": then the answer is a `Constraint`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd

from convwise.errors import ReadError, RuleError
from convwise.graph import bounds
from convwise.graph.expression import Dim, Expr, collapsed, substituted, symbols_of
from convwise.graph.parse import Parser
from convwise.graph.polynomial import CONSTANT, Terms, common, content, negated, reduced
from convwise.graph.size_set import ALL
from convwise.graph.solve import Problem, narrowed, problem

#: How many sizes a single comparison may try before it answers "only if".
_FEW_SIZES = 128

RELATIONS = ("==", ">=", "<=")


@dataclass(frozen=True, slots=True)
class Constraint:
    """`left relation right`, the relation being ==, >= or <=; prints as "H % 16 == 0"."""

    left: Dim
    relation: str
    right: Dim

    def __str__(self) -> str:
        return f"{self.left} {self.relation} {self.right}"

    @property
    def symbols(self) -> frozenset[str]:
        """The names of the sizes that it is about."""
        return symbols_of(self.left) | symbols_of(self.right)

    @property
    def difference(self) -> Dim:
        """What must be 0 (for ==) or at least 0."""
        return self.right - self.left if self.relation == "<=" else self.left - self.right

    def replaced(self, values: Mapping[str, Dim]) -> bool | Constraint:
        """With sizes replaced: true, false, or what remains to be satisfied."""
        left, right = substituted(self.left, values), substituted(self.right, values)
        if self.relation == "==":
            return equal(left, right)
        return at_least(left, right) if self.relation == ">=" else at_least(right, left)

    def holds(self, values: Mapping[str, int]) -> bool:
        """Whether these sizes satisfy it; RuleError when a size is missing."""
        difference = substituted(self.difference, values)
        if not isinstance(difference, int):
            missing = ", ".join(sorted(difference.symbols))
            raise RuleError(f"{self} depends on {missing}", hint=f"give a number for {missing}")
        return difference == 0 if self.relation == "==" else difference >= 0


def equal(left: Dim, right: Dim) -> bool | Constraint:
    """Whether two dims are equal for all sizes, for none, or the constraint under which."""
    if isinstance(left, int) and isinstance(right, int):
        return left == right
    difference = left - right
    if isinstance(difference, int):
        return difference == 0
    terms = _primitive(difference.terms)
    factor = content([terms[monomial] for monomial in terms if monomial])
    if not factor or terms.get(CONSTANT, 0) % factor:
        return False
    below, above = bounds.least(terms), bounds.least(negated(terms))
    if (below is not None and below > 0) or (above is not None and above > 0):
        return False
    return _decided(Expr(terms), True, _equation(left, right, difference.terms, terms))


def at_least(left: Dim, right: Dim) -> bool | Constraint:
    """Whether left >= right for all sizes, for none, or the constraint under which."""
    if isinstance(left, int) and isinstance(right, int):
        return left >= right
    difference = left - right
    if isinstance(difference, int):
        return difference >= 0
    below = bounds.least(difference.terms)
    if below is not None and below >= 0:
        return True
    above = bounds.least(negated(difference.terms))
    if above is not None and above > 0:
        return False
    if isinstance(left, int):
        return Constraint(right, "<=", left)
    return Constraint(left, ">=", right)


def divides(dim: Dim, divisor: int) -> bool | Constraint:
    """Whether dim is a multiple of the divisor: always, never, or the constraint under which."""
    if isinstance(dim, int):
        return dim % divisor == 0
    # c*E is a multiple of n where E is one of n/gcd(c, n)
    factor = content(dim.terms.values())
    return equal(dim // factor % (divisor // gcd(factor, divisor)), 0)


def parse_constraint(text: str) -> Constraint:
    """The inverse of str(): "H % 16 == 0"; ReadError when it is none."""
    parser = Parser(text)
    left = parser.sum()
    relation = parser.take()
    if relation not in RELATIONS:
        raise ReadError(f"one of {', '.join(RELATIONS)} is expected in {text!r:.80}")
    right = parser.sum()
    parser.expect("")
    return Constraint(left, relation, right)


def as_problem(constraint: Constraint) -> Problem | None:
    """A constraint in a form that can be solved, None when it is not of such a form."""
    difference = constraint.difference
    if isinstance(difference, int):
        return None
    return problem(difference, constraint.relation == "==")


def _primitive(terms: Terms) -> Terms:
    """Without the factor and the (positive) symbols that all terms have in common."""
    shared = tuple([atom for atom in common(terms) if (bounds.least_product((atom,)) or 0) > 0])
    factor = content(terms.values())
    return reduced(terms, factor, shared) if factor > 1 or shared else terms


def _equation(left: Dim, right: Dim, difference: Terms, terms: Terms) -> Constraint:
    """left == right as it was asked; without common factors where there are any."""
    if terms is difference:
        return _with_number_last(left, right)
    if right == 0:
        return Constraint(collapsed(terms), "==", 0)
    plus = {monomial: times for monomial, times in terms.items() if times > 0}
    minus = {monomial: -times for monomial, times in terms.items() if times < 0}
    return _with_number_last(collapsed(plus), collapsed(minus))


def _with_number_last(left: Dim, right: Dim) -> Constraint:
    if isinstance(left, int):
        left, right = right, left
    return Constraint(left, "==", right)


def _decided(difference: Expr, is_equation: bool, otherwise: Constraint) -> bool | Constraint:
    asked = problem(difference, is_equation)
    found = narrowed(ALL, asked, _FEW_SIZES) if asked else None
    if found is None:
        return otherwise
    if found.empty:
        return False
    return True if found.settled() == ALL else otherwise

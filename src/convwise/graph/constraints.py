"""What sizes must satisfy, the face of constraints: ask, simplify, check, list; no network here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from convwise.errors import RuleError
from convwise.graph.constraint import (
    Constraint,
    as_problem,
    at_least,
    divides,
    equal,
    parse_constraint,
)
from convwise.graph.simplify import simplify
from convwise.graph.size_set import ALL
from convwise.graph.solve import narrowed

__all__ = [
    "Constraint",
    "at_least",
    "divides",
    "equal",
    "holds",
    "parse_constraint",
    "simplify",
    "sizes",
]


def holds(constraints: Iterable[Constraint], values: Mapping[str, int]) -> bool:
    """Whether these sizes satisfy all of them; RuleError when a size is missing."""
    return all(constraint.holds(values) for constraint in constraints)


def sizes(
    constraints: Iterable[Constraint],
    symbol: str,
    up_to: int,
    others: Mapping[str, int] | None = None,
) -> list[int]:
    """The sizes 1..up_to of one symbol that satisfy all constraints, given the other sizes.

    Constraints without the symbol count when they are broken. RuleError when a constraint ties the
    symbol to a size that is not given.
    """
    found = ALL
    rest = []
    for constraint in constraints:
        verdict = constraint.replaced(others) if others else constraint
        if verdict is False:
            return []
        if verdict is True or symbol not in verdict.symbols:
            continue
        if len(verdict.symbols) > 1:
            missing = ", ".join(sorted(verdict.symbols - {symbol}))
            raise RuleError(
                f"the sizes of {symbol} depend on {missing}: {verdict}",
                hint=f"give a number for {missing}",
            )
        asked = as_problem(verdict)
        fewer = narrowed(found, asked) if asked else None
        if fewer is None:
            rest.append(verdict)
        else:
            found = fewer
    return [size for size in found.members(1, up_to + 1) if holds(rest, {symbol: size})]

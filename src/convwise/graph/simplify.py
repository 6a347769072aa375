"""Many constraints as few: solved per symbol, said shortly; must never change what they allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, NoReturn

from convwise.errors import RuleError
from convwise.graph.constraint import Constraint, as_problem
from convwise.graph.expression import Dim
from convwise.graph.parse import symbol
from convwise.graph.size_set import ALL, Shape, SizeSet, shape
from convwise.graph.solve import Problem, narrowed


class _Asked(NamedTuple):
    constraint: Constraint
    problem: Problem


def simplify(constraints: Iterable[Constraint]) -> tuple[Constraint, ...]:
    """The same sizes in fewer and plainer constraints; RuleError when no size satisfies them.

    Constraints in one symbol are solved together; where two symbols are equal, one stands for both.
    What cannot be solved stays as it was asked.
    """
    ties, waiting = _tied(dict.fromkeys(constraints))
    while True:
        per_symbol: dict[str, list[_Asked]] = {}
        others = []
        for constraint in waiting:
            asked = as_problem(constraint)
            if asked is None:
                others.append(constraint)
            else:
                per_symbol.setdefault(asked.symbol, []).append(_Asked(constraint, asked))
        result: list[Constraint] = []
        fixed: dict[str, int] = {}
        for name, group in per_symbol.items():
            found, said = _jointly(name, group)
            result += said
            if not found.residues and len(found.low) == 1:
                fixed[name] = min(found.low)
        left = _with_fixed(others, fixed)
        if left == others:
            return (*result, *others, *ties)
        waiting = list(dict.fromkeys([*result, *left]))


def _tied(constraints: Iterable[Constraint]) -> tuple[list[Constraint], list[Constraint]]:
    """The constraints of the form H == W, and the others with H in place of W."""
    stands: dict[str, str] = {}
    ties = []
    others = []
    for constraint in constraints:
        left, right = _name(constraint.left), _name(constraint.right)
        if left is None or right is None or constraint.relation != "==":
            others.append(constraint)
            continue
        kept, lost = stands.get(left, left), stands.get(right, right)
        if kept != lost:
            stands = {name: kept if by == lost else by for name, by in stands.items()}
            stands[lost] = kept
            ties.append(constraint)
    if not ties:
        return ties, others
    values = {name: symbol(by) for name, by in stands.items()}
    return ties, _with_values(others, values, ties)


def _name(dim: Dim) -> str | None:
    """The name of a dim that is a symbol."""
    if isinstance(dim, int) or len(dim.symbols) > 1:
        return None
    (name,) = dim.symbols
    return name if dim == symbol(name) else None


def _with_fixed(others: list[Constraint], fixed: dict[str, int]) -> list[Constraint]:
    """What remains of constraints in several symbols when some sizes have only one value."""
    if not fixed and all(constraint.symbols for constraint in others):
        return others
    known = [Constraint(symbol(name), "==", size) for name, size in fixed.items()]
    return _with_values(others, fixed, known)


def _with_values(
    constraints: list[Constraint], values: Mapping[str, Dim], known: list[Constraint]
) -> list[Constraint]:
    """What remains to be satisfied with these sizes replaced, as is known."""
    left: dict[Constraint, None] = {}
    for constraint in constraints:
        if constraint.symbols and constraint.symbols.isdisjoint(values):
            left[constraint] = None
            continue
        verdict = constraint.replaced(values)
        if isinstance(verdict, Constraint):
            left[verdict] = None
        elif not verdict:
            why = [str(one) for one in known if not one.symbols.isdisjoint(constraint.symbols)]
            _refuse("sizes satisfy", [*why, str(constraint)])
    return list(left)


def _jointly(name: str, group: list[_Asked]) -> tuple[SizeSet, list[Constraint]]:
    """The sizes that satisfy all (those that could be solved), and how to say all of them."""
    group = sorted(group, key=_effort)
    found, unsolved = _solved(name, group, ALL)
    if unsolved and len(unsolved) < len(group):
        # Among fewer sizes fewer have to be tried.
        found, unsolved = _solved(name, unsolved, found)
    as_shape = shape(found)
    if as_shape is not None:
        return found, [*_said(name, as_shape), *[asked.constraint for asked in unsolved]]
    return found, _partly_said(name, group)


def _effort(asked: _Asked) -> tuple[bool, int]:
    return not asked.problem.equal, asked.problem.growth.period


def _solved(name: str, group: list[_Asked], found: SizeSet) -> tuple[SizeSet, list[_Asked]]:
    unsolved = []
    for index, asked in enumerate(group):
        fewer = narrowed(found, asked.problem)
        if fewer is None:
            unsolved.append(asked)
            continue
        if fewer.empty:
            said = _said(name, shape(found)) or [other.constraint for other in group[:index]]
            texts = [str(constraint) for constraint in [*said, asked.constraint]]
            _refuse(f"{name} satisfies", texts)
        found = fewer.settled()
    return found, unsolved


def _partly_said(name: str, group: list[_Asked]) -> list[Constraint]:
    """As many constraints as possible in one simple set, the others as they were asked."""
    found = ALL
    left = group
    while True:
        later = []
        for asked in left:
            fewer = narrowed(found, asked.problem)
            if fewer is None or shape(fewer.settled()) is None:
                later.append(asked)
            else:
                found = fewer.settled()
        if len(later) == len(left):
            break
        left = later
    simple = shape(found)
    assert simple is not None
    return [*_said(name, simple), *[asked.constraint for asked in left]]


def _said(name: str, simple: Shape | None) -> list[Constraint]:
    if simple is None:
        return []
    size = symbol(name)
    if simple.first == simple.last:
        return [Constraint(size, "==", simple.first)]
    said = []
    if simple.modulus > 1:
        least, most = simple.within
        rest = (size + simple.shift) % simple.modulus
        if least == most:
            said.append(Constraint(rest, "==", least))
        elif least:
            said.append(Constraint(rest, ">=", least))
        if least < most < simple.modulus - 1:
            said.append(Constraint(rest, "<=", most))
    if simple.first > 1:
        said.append(Constraint(size, ">=", simple.first))
    if simple.last is not None:
        said.append(Constraint(size, "<=", simple.last))
    return said


def _refuse(subject: str, said: list[str]) -> NoReturn:
    raise RuleError(
        f"no {subject} {' and '.join(said)}",
        hint="change a padding, a stride or a crop so that the sizes can agree",
    )

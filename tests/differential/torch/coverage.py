"""How many legal cases hit each entry of the table and each of its parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.differential.torch.cases import Case, Recipe

Hits = Counter[tuple[str, str]]


def counted(recipes: Iterable[Recipe], cases: Iterable[Case]) -> Hits:
    """Per entry ("" as the parameter) and per parameter that a case gave a value."""
    hits: Hits = Counter()
    for recipe in recipes:
        for parameter in ("", *recipe.parameters):
            hits[recipe.name, parameter] += 0
    for case in cases:
        for parameter in ("", *case.set):
            hits[case.name, parameter] += 1
    return hits


def table(hits: Hits) -> str:
    """One line per entry: its cases, then each parameter with its cases."""
    entries: dict[str, list[str]] = {}
    for (name, parameter), count in sorted(hits.items()):
        told = entries.setdefault(name, [])
        told.append(f"{parameter} {count}" if parameter else str(count))
    return "\n".join([f"{name}: {', '.join(told)}" for name, told in entries.items()])


def missed(hits: Hits) -> list[str]:
    return [f"{name}({parameter})" for (name, parameter), count in hits.items() if not count]

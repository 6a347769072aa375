"""Draws a given number of configurations so that every layer and parameter is hit; no framework."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.differential.cases import Case, Recipe, draw_case
from tests.differential.families import all_recipes

PATIENCE = 400
#: From so many cases of one layer on, each of its neutral parameters is set in one at least.
ENOUGH = 20
Judge = Callable[[Case], frozenset[str] | None]


@dataclass(slots=True)
class Drawn:
    """Legal cases, and the ones the judge refused on the way."""

    legal: list[Case] = field(default_factory=list)
    illegal: list[Case] = field(default_factory=list)


class NeverLegalError(AssertionError):
    """A parameter that no legal draw could set: the recipe is wrong."""


def shares(recipes: list[Recipe], count: int) -> list[int]:
    """How many cases each recipe gets: in proportion to weight x parameters, at least one."""
    sizes = [recipe.weight * (2 + _meaning(recipe)) for recipe in recipes]
    scale = count / sum(sizes)
    return [math.ceil(size * scale) for size in sizes]


def _meaning(recipe: Recipe) -> int:
    return sum(not parameter.neutral for parameter in recipe.parameters)


def draw(count: int, seed: int, judge: Judge) -> Drawn:
    """At least `count` legal cases, reproducible from `seed`, every parameter set in one or more.

    `judge` gives the parameters a legal case sets to something other than their default, and None
    for an illegal case. The parameters of a layer that no case has set yet are drawn first.
    """
    drawn = Drawn()
    recipes = all_recipes()
    for recipe, share in zip(recipes, shares(recipes, count), strict=True):
        rng = random.Random(f"{seed} {recipe.layer}")
        draw_recipe(recipe, share, rng, judge, drawn)
    return drawn


def draw_recipe(
    recipe: Recipe,
    share: int,
    rng: random.Random,
    judge: Judge,
    drawn: Drawn,
) -> None:
    missing = set(recipe.optional(neutral=False))
    if share >= ENOUGH:
        missing.update(recipe.optional(neutral=True))
    accepted = 0
    tries = 0
    while accepted < share or missing:
        tries += 1
        if tries > PATIENCE + 4 * share:
            raise NeverLegalError(f"{recipe.layer}: no legal case found that sets {missing}")
        case = draw_case(recipe, _choose(recipe, missing, share - accepted, rng), rng, tries)
        changed = judge(case)
        if changed is not None:
            drawn.legal.append(case)
            accepted += 1
            missing -= changed
            continue
        drawn.illegal.append(case)


def _choose(recipe: Recipe, missing: set[str], left: int, rng: random.Random) -> frozenset[str]:
    """A random set of optional parameters, missing ones more likely when few cases are left."""
    eagerness = 0.8 if left <= 2 else 0.5
    chosen = set()
    for name in recipe.optional(neutral=False):
        if rng.random() < (eagerness if name in missing else 0.25):
            chosen.add(name)
    for name in recipe.optional(neutral=True):
        if rng.random() < (0.3 if name in missing else 0.08):
            chosen.add(name)
    return frozenset(chosen)

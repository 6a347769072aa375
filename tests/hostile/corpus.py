"""All hostile sources, and the seeded part of them that every test run reads."""

from __future__ import annotations

import random

from tests.hostile import deep, executing, in_networks, in_torch, large, malformed
from tests.hostile.case import Case

FAMILIES = (executing, large, deep, malformed, in_networks, in_torch)
SEED = 20_240_229
SHARE = 8


def all_cases() -> list[Case]:
    """Every case of every family."""
    return [case for family in FAMILIES for case in family.cases()]


def some_cases() -> list[Case]:
    """A seeded eighth of every family."""
    chosen = []
    for family in FAMILIES:
        cases = family.cases()
        chosen += random.Random(SEED).sample(cases, -(-len(cases) // SHARE))
    return chosen

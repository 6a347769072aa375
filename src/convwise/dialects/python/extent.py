"""Keeps values that are endless to walk from a framework's objects; must never change one.

A list that holds another one twice costs nothing to make, and sixty such steps make more elements
than anybody can visit. The interpreter pays for every element it visits; a framework's objects do
not, so that what they are given is small when it is walked from end to end, or Unknown.
"""

from __future__ import annotations

from convwise.dialects.python.limits import Meter
from convwise.dialects.python.values import Unknown

#: Elements of all levels together, and levels; nothing that a framework counts is a larger integer.
MOST_ELEMENTS = 200_000
MOST_LEVELS = 100
MOST_INTEGER = 10**30

_CONTAINERS = (list, tuple, set, frozenset, dict)
_WALKED = frozenset((*_CONTAINERS, int))


def offered(meter: Meter, value: object) -> object:
    """The value as a framework may have it: Unknown when it is too large."""
    return _small(meter, value) if value.__class__ in _WALKED else value


def offered_list(meter: Meter, values: list[object]) -> list[object]:
    return [_small(meter, one) if one.__class__ in _WALKED else one for one in values]


def offered_names(meter: Meter, values: dict[str, object]) -> dict[str, object]:
    return {name: offered(meter, one) for name, one in values.items()} if values else values


def _small(meter: Meter, value: object) -> object:
    level = [value]
    total = 0
    for _ in range(MOST_LEVELS):
        deeper: list[object] = []
        for one in level:
            if isinstance(one, _CONTAINERS):
                total += len(one)
                if total > MOST_ELEMENTS:
                    what = f"a value of more than {MOST_ELEMENTS:,} elements"
                    return Unknown(what, meter.line)
                deeper.extend(one)
                if isinstance(one, dict):
                    deeper.extend(one.values())
            elif isinstance(one, int) and not -MOST_INTEGER <= one <= MOST_INTEGER:
                return Unknown("an integer beyond 10^30", meter.line)
        if not deeper:
            return value
        meter.step(len(deeper) >> 3)
        level = deeper
    return Unknown(f"a value of more than {MOST_LEVELS} levels, one inside the other", meter.line)

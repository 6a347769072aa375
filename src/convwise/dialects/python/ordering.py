"""Sorts and finds extremes, every comparison paid for; shared by builtins and methods."""

from __future__ import annotations

from functools import cmp_to_key
from typing import Any

from convwise.dialects.python.equality import less
from convwise.dialects.python.machine import Machine
from convwise.dialects.python.protocols import truth
from convwise.dialects.python.values import Abstract, At, Unknown

_NUMBERS = frozenset((int, float, bool))


class UndecidedError(Exception):
    """A comparison that is not known decides."""

    def __init__(self, reason: Unknown) -> None:
        super().__init__(reason.what)
        self.reason = reason


def arranged(
    run: Machine, items: list[object], kwargs: dict[str, object], at: At
) -> list[object] | Unknown:
    """The items sorted by `key`, reversed if asked. Unknown when the order is not known."""
    size = len(items)
    run.meter.take(24 * size, "this list")
    run.meter.step(size * size.bit_length() >> 2)
    backwards = truth(run, kwargs.get("reverse", False), at)
    if isinstance(backwards, Unknown):
        return backwards
    keys = keyed(run, items, kwargs.get("key"), at)
    if _native(keys):
        longest = max([len(key) for key in keys if isinstance(key, str)], default=0)
        run.meter.step(size * size.bit_length() * (longest >> 8))
        order = sorted(range(size), key=keys.__getitem__, reverse=backwards)  # type: ignore[arg-type]
    else:
        compare = cmp_to_key(_comparison(run, keys, at))
        try:
            order = sorted(range(size), key=compare, reverse=backwards)
        except UndecidedError as undecided:
            return undecided.reason
    return [items[i] for i in order]


def keyed(run: Machine, items: list[object], key: object, at: At) -> list[object]:
    """The sort key of every item."""
    if key is None:
        return items
    return [run.call(key, [item], {}, at) for item in items]


def _native(keys: list[object]) -> bool:
    kinds = {key.__class__ for key in keys}
    return kinds <= {str} or kinds <= _NUMBERS


def _comparison(run: Machine, keys: list[object], at: At) -> Any:
    def compare(a: int, b: int) -> int:
        if decided(run, keys[a], keys[b], at):
            return -1
        return 1 if decided(run, keys[b], keys[a], at) else 0

    return compare


def decided(run: Machine, left: object, right: object, at: At) -> bool:
    """`left < right`. Raises UndecidedError when it is not known."""
    run.meter.step(2)
    answer = less(run, left, right, at)
    if isinstance(answer, Unknown):
        raise UndecidedError(answer)
    return answer


def extreme(run: Machine, items: list[object], key: object, largest: bool, at: At) -> object:
    """The first smallest or largest item; Unknown when that is not known."""
    keys = keyed(run, items, key, at)
    if key is None and any(isinstance(item, Abstract) for item in items):
        return _extreme_of_framework(run, items, largest, at)
    best = 0
    try:
        for i in range(1, len(items)):
            a, b = (best, i) if largest else (i, best)
            if decided(run, keys[a], keys[b], at):
                best = i
    except UndecidedError as undecided:
        return undecided.reason
    return items[best]


def _extreme_of_framework(run: Machine, items: list[object], largest: bool, at: At) -> object:
    """A framework may know the smaller of two of its values: it is asked for "min" or "max"."""
    best = items[0]
    op = "max" if largest else "min"
    for item in items[1:]:
        if isinstance(best, Abstract):
            best = best.binary(op, item, False, at)
        elif isinstance(item, Abstract):
            best = item.binary(op, best, True, at)
        else:
            best = extreme(run, [best, item], None, largest, at)
    return best

"""What values MATLAB's layers accept for an argument, in one form; must never know a layer."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan
from typing import Any, Final

from convwise.dialects.python.checks import closest
from convwise.dialects.python.checks import show as show_plain
from convwise.dialects.python.parameters import Check, Parameter, free
from convwise.errors import RuleError
from convwise.kinds.windows import SAME, VALID, Padding


def show(value: Any) -> str:
    """A value as MATLAB writes it: [3 3], 'same', true."""
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is tuple:
        return "[" + _spread(value[:20], "; " if _rows(value) else " ") + "]"
    if type(value) is list:
        return "{" + _spread(value[:20], ", ") + "}"
    return show_plain(value)


def _rows(value: tuple[Any, ...]) -> bool:
    return bool(value) and all(type(one) is tuple for one in value)


def _spread(values: Any, between: str) -> str:
    return between.join(
        [" ".join(map(show, one)) if type(one) is tuple else show(one) for one in values]
    )


def count(value: Any, name: str) -> int:
    """A positive integer."""
    if type(value) is int and value > 0:
        return value
    raise RuleError(f"{name} must be a positive integer, found {show(value)}", hint="such as 32")


def integer(value: Any, name: str) -> int:
    """Any integer."""
    if type(value) is int:
        return value
    raise RuleError(f"{name} must be an integer, found {show(value)}", hint="such as 1")


def number(value: Any, name: str) -> float | int:
    """A number, or a logical."""
    if type(value) in (int, float, bool) and not isnan(value):
        return value  # type: ignore[no-any-return]
    raise RuleError(f"{name} must be a number, found {show(value)}", hint="such as 0.1")


def share(value: Any, name: str) -> float | int:
    """A probability."""
    if type(value) in (int, float) and 0 <= value <= 1:
        return value  # type: ignore[no-any-return]
    raise RuleError(f"{name} must be a number from 0 to 1, found {show(value)}", hint="such as 0.5")


def flag(value: Any, name: str) -> bool:
    """A logical, also written as 0 or 1."""
    if type(value) is bool or (type(value) is int and value in (0, 1)):
        return bool(value)
    raise RuleError(f"{name} must be true or false, found {show(value)}", hint="write true or 1")


def word(*allowed: str) -> Check:
    """One of a few words, in any case, as the table writes it."""
    known = {one.lower(): one for one in allowed}

    def checked(value: Any, name: str) -> str:
        found = known.get(value.lower()) if type(value) is str else None
        if found is not None:
            return found
        words = ", ".join([f"'{one}'" for one in allowed])
        near = closest(str(value), allowed) if type(value) is str else None
        hint = f"did you mean '{near}'?" if near else f"choose one of {words}"
        raise RuleError(f"{name} must be one of {words}, found {show(value)}", hint=hint)

    return checked


def count_or(allowed: str) -> Check:
    """A positive integer, or a word, which stays."""

    def checked(value: Any, name: str) -> int | str:
        if type(value) is str and value.lower() == allowed.lower():
            return allowed
        if type(value) is int and value > 0:
            return value
        near = type(value) is str and closest(value, (allowed,))
        raise RuleError(
            f"{name} must be a positive integer or '{allowed}', found {show(value)}",
            hint=f"did you mean '{allowed}'?" if near else f"such as 2, or '{allowed}'",
        )

    return checked


def auto(check: Check) -> Check:
    """'auto', which becomes None, or what the check accepts."""

    def checked(value: Any, name: str) -> Any:
        automatic = value is None or (type(value) is str and value.lower() == "auto")
        return None if automatic else check(value, name)

    return checked


def sizes(axes: int, least: int = 1) -> Check:
    """One integer for all axes, or one per axis."""
    sample = "3" if axes == 1 else f"3 or [{' '.join(['3'] * axes)}]"
    wanted = "an integer" if axes == 1 else f"an integer or {axes} integers"

    def checked(value: Any, name: str) -> tuple[int, ...]:
        found = value if type(value) is tuple else (value,)
        if len(found) == 1:
            found = found * axes
        if len(found) == axes and all(type(one) is int and one >= least for one in found):
            return found
        raise RuleError(
            f"{name} must be {wanted} of at least {least}, found {show(value)}",
            hint=f"such as {sample}",
        )

    return checked


#: How a vector of amounts is written for so many axes, for hints.
_WRITTEN: Final = {
    1: "p or [left right]",
    2: "p, [vertical horizontal] or [top bottom left right]",
    3: "p, [vertical horizontal deep] or [top left front; bottom right back]",
}


def amounts(axes: int) -> Callable[[Any, str], tuple[tuple[int, int], ...]]:
    """Pixels (before, after) each axis in any of MATLAB's spellings."""

    def checked(value: Any, name: str) -> tuple[tuple[int, int], ...]:
        found = _pairs(value if type(value) is tuple else (value,), axes)
        whole = [type(one) is int and one >= 0 for pair in found for one in pair]
        if whole and all(whole):
            return tuple(found)
        raise RuleError(
            f"{name} must be {_WRITTEN[axes]} of integers from 0 on, found {show(value)}",
            hint="such as 'same', or 1",
        )

    return checked


def _pairs(given: tuple[Any, ...], axes: int) -> list[tuple[Any, Any]]:
    """Amounts before and after; nothing where the vector has another length."""
    if _rows(given):
        rows = len(given) == 2 and len(given[0]) == len(given[1]) == axes
        return list(zip(*given, strict=True)) if rows else []
    if len(given) == 1:
        return [(given[0], given[0])] * axes
    if len(given) == 2 and axes == 1:
        return [(given[0], given[1])]
    if len(given) == 4 and axes == 2:
        return [(given[0], given[1]), (given[2], given[3])]
    return [(one, one) for one in given] if len(given) == axes else []


def padding(axes: int, *words: str) -> Check:
    """A policy: 'same' puts the odd pixel at the end; 'causal' waits for the window's extent."""
    pairs = amounts(axes)

    def checked(value: Any, name: str) -> Padding | str:
        if type(value) is str:
            found = word("same", *words)(value, name)
            return SAME if found == "same" else str(found)
        found_pairs = pairs(value, name)
        return Padding("explicit", found_pairs) if any(map(any, found_pairs)) else VALID

    return checked


def learned(*roles: str) -> tuple[Parameter, ...]:
    """What every weight has: start value, initializer, learn rate and L2 factors."""
    names = []
    for role in roles:
        singular = role.removesuffix("s") if role.endswith("Weights") else role
        names += [role, f"{role}Initializer"]
        names += [f"{singular}LearnRateFactor", f"{singular}L2Factor"]
    return free(*names)

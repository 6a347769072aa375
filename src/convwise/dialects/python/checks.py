"""What values layers accept for a parameter, brought into one form; must never know a layer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from convwise.dialects.python.machine import describe
from convwise.dialects.python.parameters import Check
from convwise.errors import RuleError


def show(value: Any) -> str:
    """A value as the user may have written it, cut when long."""
    text = _shown(value)
    return text if len(text) <= 60 else text[:57] + "..."


_PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...))
_BRACKETS: dict[type, str] = {list: "[]", tuple: "()", set: "{}"}


def _shown(value: Any) -> str:
    if type(value) in _PLAIN:
        return repr(value[:60] if type(value) in (str, bytes) else value)
    brackets = _BRACKETS.get(type(value))
    if brackets is None:
        return describe(value)
    parts = [_shown(one) for _, one in zip(range(20), value, strict=False)]
    comma = "," if type(value) is tuple and len(parts) == 1 else ""
    return brackets[0] + ", ".join(parts) + comma + brackets[1]


def positive(value: Any, name: str) -> int:
    """A positive integer."""
    if type(value) is int and value > 0:
        return value
    hint = f"such as {name}=32"
    if type(value) is float:
        hint = f"use // instead of /, or int(...), for {name}"
    raise RuleError(f"{name} must be a positive integer, found {show(value)}", hint=hint)


def integer(value: Any, name: str) -> int:
    if type(value) is int:
        return value
    raise RuleError(f"{name} must be an integer, found {show(value)}", hint=f"such as {name}=1")


def number(value: Any, name: str) -> float | int:
    if type(value) in (int, float, bool):
        return value  # type: ignore[no-any-return]
    raise RuleError(f"{name} must be a number, found {show(value)}", hint=f"such as {name}=0.1")


def optional(check: Check) -> Check:
    """None, or what the check accepts."""

    def checked(value: Any, name: str) -> Any:
        return None if value is None else check(value, name)

    return checked


def flag(value: Any, name: str) -> bool:
    """Anything with a known truth."""
    if value is None or type(value) in (bool, int, float, str):
        return bool(value)
    raise RuleError(
        f"{name} must be True or False, found {show(value)}", hint=f"write {name}=True, or False"
    )


def rate(value: Any, name: str) -> float | int:
    """A share between 0 and 1."""
    if type(value) in (int, float) and 0 <= value <= 1:
        return value  # type: ignore[no-any-return]
    raise RuleError(
        f"{name} must be a number from 0 to 1, found {show(value)}",
        hint=f"{name} is the share of values that are dropped, such as 0.5",
    )


def sizes(count: int, least: int = 1) -> Check:
    """One integer, or `count` of them; returns a tuple of `count`."""
    wanted = f"{count} integers" if count > 1 else "an integer"

    def checked(value: Any, name: str) -> tuple[int, ...]:
        if type(value) is int:
            found: tuple[Any, ...] = (value,) * count
        elif type(value) in (tuple, list):
            found = tuple(value)
        else:
            found = ()
        if len(found) == count and all(type(one) is int and one >= least for one in found):
            return found
        one_of = "" if count == 1 else " or one integer for all of them"
        raise RuleError(
            f"{name} must be {wanted} of at least {least}, found {show(value)}",
            hint=f"give {wanted}{one_of}, such as {name}={_sample(count)}",
        )

    return checked


def _sample(count: int) -> str:
    return "3" if count == 1 else str((3,) * count)


def choice(*allowed: str, lower: bool = False) -> Check:
    """One of a few words."""

    def checked(value: Any, name: str) -> str:
        found = value.lower() if lower and type(value) is str else value
        if found in allowed and type(found) is str:
            return found
        words = ", ".join([repr(word) for word in allowed])
        near = closest(str(value), allowed)
        hint = f"did you mean {near!r}?" if near else f"choose one of {words}"
        raise RuleError(f"{name} must be one of {words}, found {show(value)}", hint=hint)

    return checked


def axes(value: Any, name: str) -> tuple[int, ...]:
    """One axis or several."""
    if type(value) is int:
        return (value,)
    if type(value) in (tuple, list) and value and all(type(one) is int for one in value):
        return tuple(value)
    raise RuleError(
        f"{name} must be an integer or a list of integers, found {show(value)}",
        hint=f"such as {name}=-1",
    )


def borders(count: int) -> Check:
    """Amounts before and after each of `count` axes: one number, one per axis, or pairs."""
    pair = sizes(2, 0)

    def checked(value: Any, name: str) -> tuple[tuple[int, int], ...]:
        if type(value) is int and value >= 0:
            return ((value, value),) * count
        if type(value) in (tuple, list):
            if count == 1 and len(value) == 2 and type(value[0]) is int:
                return (pair(value, name),)
            if len(value) == count:
                return tuple([pair(one, name) for one in value])
        raise RuleError(
            f"{name} must be an integer, {count} integers or {count} pairs of integers, "
            f"found {show(value)}",
            hint=f"such as {name}={((1, 1),) * count if count > 1 else (1, 1)}",
        )

    return checked


def closest(word: str, words: Iterable[str], likeness: float = 0.7) -> str | None:
    """The most similar of the words, for "did you mean"; case does not count."""
    from difflib import get_close_matches

    known = list(words)
    exact = [one for one in known if one.lower() == word.lower()]
    found = exact or get_close_matches(word, known, 1, likeness)
    return found[0] if found else None

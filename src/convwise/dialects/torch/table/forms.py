"""What PyTorch accepts for sizes, numbers and words; must never know a module or a function."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, inf
from typing import Any, Final

from convwise.dialects.python.checks import choice, flag, show
from convwise.dialects.python.parameters import Check, Parameter, free
from convwise.dialects.python.sizes import Size
from convwise.errors import RuleError
from convwise.graph.dims import Dim


def whole(value: Any, name: str) -> int:
    """An integer; True counts as 1, as in PyTorch."""
    if type(value) in (int, bool):
        return int(value)
    hint = f"such as {name}=1"
    if type(value) is float:
        hint = f"use // instead of /, or int(...), for {name}"
    raise RuleError(f"{name} must be an integer, found {show(value)}", hint=hint)


def at_least(least: int) -> Check:
    """An integer of at least `least`."""

    def checked(value: Any, name: str) -> int:
        found = whole(value, name)
        if found < least:
            raise RuleError(
                f"{name} must be {least} or more, found {found}", hint=f"such as {name}={least}"
            )
        return found

    return checked


count: Final = at_least(1)


def number(value: Any, name: str) -> float | int:
    if type(value) in (int, float, bool):
        return value  # type: ignore[no-any-return]
    raise RuleError(f"{name} must be a number, found {show(value)}", hint=f"such as {name}=0.1")


def norm_order(value: Any, name: str) -> float | str:
    """The order of a norm: its power, "max" for infinity."""
    found = float(number(value, name))
    if found == inf:
        return "max"
    if found >= 0:
        return found
    raise RuleError(
        f"{name} must be the order of a norm, found {show(value)}", hint=f"such as {name}=2"
    )


def share(value: Any, name: str) -> float | int:
    """A probability."""
    found = number(value, name)
    if 0 <= found <= 1:
        return found
    raise RuleError(
        f"{name} must be a number from 0 to 1, found {show(value)}",
        hint=f"{name} is the share of values that are dropped, such as 0.5",
    )


def sizes(rank: int, least: int = 1) -> Check:
    """One integer for all `rank` axes, a list of one, or one each; returns a tuple."""
    wanted = f"{rank} integers" if rank > 1 else "an integer"

    def checked(value: Any, name: str) -> tuple[int, ...]:
        listed: list[Any] = list(value) if type(value) in (tuple, list) else [value]
        if all(type(one) in (int, bool) for one in listed) and len(listed) in (1, rank):
            found = tuple([int(one) for one in listed])
            if min(found) >= least:
                return found if len(found) == rank else found * rank
        hint = f"such as {name}={max(least, 1)}"
        if any(type(one) is float for one in listed):
            hint = f"use // instead of /, or int(...), for {name}"
        raise RuleError(
            f"{name} must be {wanted} of at least {least}, found {show(value)}", hint=hint
        )

    return checked


def one_size(value: Any, name: str) -> tuple[int, ...]:
    """An integer alone: no list of one, which PyTorch refuses here."""
    return (at_least(1)(value, name),)


def scaled(size: Dim, factor: float, name: str) -> Dim:
    """floor(size * factor), as PyTorch's own doubles have it; an open size by the exact ratio."""
    if type(size) is int:
        return floor(float(size) * factor)
    above, below = float(factor).as_integer_ratio()
    if below > 1 << 20:
        raise RuleError(
            f"{name}={factor} of the open size {size} is no simple fraction",
            hint="give the input's size as numbers, or use a factor such as 0.5",
        )
    return size * above // below


def open_sizes(value: Any) -> list[Dim | None] | None:
    """Positive sizes, also of an axis that is left open, and None; None when it is no such list."""
    listed = list(value) if type(value) in (tuple, list) else [value]
    found: list[Dim | None] = []
    for one in listed:
        if type(one) is Size:
            found.append(one.dim)
        elif one is None or (type(one) in (int, bool) and int(one) > 0):
            found.append(None if one is None else int(one))
        else:
            return None
    return found or None


def stated_sizes(rank: int) -> Check:
    """What adaptive pools take: sizes, None for an axis that stays as it is."""

    def checked(value: Any, name: str) -> tuple[Dim | None, ...]:
        found = open_sizes(value)
        if found is not None and len(found) in (1, rank):
            return tuple(found if len(found) == rank else found * rank)
        raise RuleError(
            f"{name} must be {rank} positive integers or None, found {show(value)}",
            hint=f"such as {name}={1 if rank == 1 else (1,) * rank}",
        )

    return checked


def optional_sizes(rank: int, least: int = 1) -> Check:
    """None, an empty list, or sizes."""
    check: Callable[[Any, str], Any] = sizes(rank, least)

    def checked(value: Any, name: str) -> tuple[int, ...] | None:
        if value is None or (type(value) in (tuple, list) and not value):
            return None
        found: tuple[int, ...] = check(value, name)
        return found

    return checked


def integers(value: Any, name: str) -> tuple[int, ...]:
    """One integer or several; returns a tuple."""
    listed: list[Any] = list(value) if type(value) in (tuple, list) else [value]
    if listed and all(type(one) in (int, bool) for one in listed):
        return tuple([int(one) for one in listed])
    raise RuleError(
        f"{name} must be an integer or a list of integers, found {show(value)}",
        hint=f"such as {name}=-1",
    )


def optional(check: Check) -> Check:
    """None, or what the check accepts."""

    def checked(value: Any, name: str) -> Any:
        return None if value is None else check(value, name)

    return checked


PADDING_MODE: Final = choice("zeros", "reflect", "replicate", "circular")

#: Where weights lie and what they are stored as: no shape and no count depends on it.
STORED: Final = free("device", "dtype")
BIAS: Final = Parameter("bias", True, flag)
INPLACE: Final = Parameter("inplace", False, flag)

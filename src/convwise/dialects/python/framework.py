"""Modules of a framework as values: what each name in them is; must never know a framework."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

from convwise.dialects.python.functions import Function, Inert
from convwise.dialects.python.values import Abstract, At, Missing

Find = Callable[[str, At], object]


@final
class Module(Abstract):
    """A module: `find(name, at)` makes a member on first use, None when there is none."""

    __slots__ = ("_found", "find", "name")

    def __init__(self, name: str, find: Find) -> None:
        self.name = name
        self.find = find
        self._found: dict[str, object] = {}

    def describe(self) -> str:
        return f"the module `{self.name}`"

    def get(self, name: str, at: At) -> object:
        found = self._found.get(name)
        if name == "newaxis":
            return None
        if found is None:
            found = self.find(name, at)
            if found is None:
                raise Missing(name)
            self._found[name] = found
        return found

    def set(self, name: str, value: object, at: At) -> None:
        self._found[name] = value

    def changed_by(self, method: str) -> bool:
        return False


def inert(name: str) -> Module:
    """A module of which nothing matters to a network."""
    return Module(name, lambda member, at: Inert(f"{name}.{member}"))


def of(name: str, members: dict[str, object], otherwise: Find | None = None) -> Module:
    """A module with these members, and others made by `otherwise`."""

    def find(member: str, at: At) -> object:
        found = members.get(member)
        if found is None and otherwise is not None:
            return otherwise(member, at)
        return found

    return Module(name, find)


def native(context: Any, name: str, body: Callable[..., object]) -> Function:
    """A function `body(context, args, kwargs, at)` as a value."""

    def called(args: list[object], kwargs: dict[str, Any], at: At) -> object:
        return body(context, args, kwargs, at)

    return Function(name, called)

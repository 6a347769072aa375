"""What a module of Python's library is to a reading: a table of names; knows no module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import final

from convwise.dialects.python.values import Abstract, At, Builtin, BuiltinType, Missing, Unknown

Native = Callable[..., object]


@final
class Library(Abstract):
    """A module as far as it is known: names in a table, all others Unknown."""

    def __init__(self, name: str, members: Mapping[str, object]) -> None:
        self.name = name
        self.members = members

    def describe(self) -> str:
        return f"the module `{self.name}`"

    def get(self, name: str, at: At) -> object:
        if name in self.members:
            return self.members[name]
        raise Missing(name)

    def changed_by(self, method: str) -> bool:
        return False


@final
class TypeNames(Abstract):
    """A module of names for types (`typing`): each name stands for itself."""

    def __init__(self, name: str, members: Mapping[str, object]) -> None:
        self.name = name
        self.members = members

    def describe(self) -> str:
        return f"the module `{self.name}`"

    def get(self, name: str, at: At) -> object:
        return self.members.get(name) or BuiltinType(name, (), None)

    def changed_by(self, method: str) -> bool:
        return False


def natives(functions: Mapping[str, Native], lenient: bool = False) -> dict[str, object]:
    """Builtins by name."""
    return {name: Builtin(name, function, lenient) for name, function in functions.items()}


def unknown_call(what: str, at: At) -> Unknown:
    """The value of a call that is not done."""
    return Unknown(f"`{what}(...)`", at.line)

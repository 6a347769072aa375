"""Functions of the framework as values: called with whatever the code gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

from convwise.dialects.python.values import Abstract, At, Missing, Unknown, UserClass, UserFunction

Native = Callable[[list[object], dict[str, Any], At], object]


@final
class Function(Abstract):
    """A function of a framework or of NumPy; `activation` names the activation it is, if any."""

    __slots__ = ("activation", "function", "name")

    def __init__(self, name: str, function: Native, activation: str | None = None) -> None:
        self.name = name
        self.function = function
        self.activation = activation

    def describe(self) -> str:
        return f"`{self.name}`"

    def call(self, args: list[object], kwargs: dict[str, object], at: At) -> object:
        return self.function(args, kwargs, at)

    def get(self, name: str, at: At) -> object:
        if name == "__name__":
            return self.name
        raise Missing(name)

    def changed_by(self, method: str) -> bool:
        return False


@final
class Inert(Abstract):
    """Something that changes no network: an optimizer, a loss, a callback, a plot."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def describe(self) -> str:
        return f"`{self.name}`"

    def get(self, name: str, at: At) -> object:
        return Inert(f"{self.name}.{name}")

    def call(self, args: list[object], kwargs: dict[str, object], at: At) -> object:
        return Inert(f"{self.name}(...)")

    def item(self, index: object, at: At) -> object:
        return Unknown(f"an item of `{self.name}`", at.line)

    def changed_by(self, method: str) -> bool:
        return False


def do_nothing(args: list[object], kwargs: dict[str, object], at: At) -> object:
    """A call that returns nothing and changes no network."""
    return None


def passing(name: str) -> Function:
    """A decorator that leaves what it decorates as it is, with and without arguments."""

    def called(args: list[object], kwargs: dict[str, Any], at: At) -> object:
        if len(args) == 1 and isinstance(args[0], (UserFunction, UserClass)):
            return args[0]
        return passing(name)

    return Function(name, called)

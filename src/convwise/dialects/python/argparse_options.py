"""The argparse module: a program reads the defaults of its options."""

from __future__ import annotations

from typing import Any, final

from convwise.dialects.python.framework import Module
from convwise.dialects.python.functions import Function, Inert
from convwise.dialects.python.values import Abstract, At, Missing, Unknown


@final
class Namespace(Abstract):
    """What `parse_args()` returns."""

    def __init__(self, fields: dict[str, object]) -> None:
        self.fields = fields

    def describe(self) -> str:
        return "the command line's options"

    def get(self, name: str, at: At) -> object:
        if name in self.fields:
            return self.fields[name]
        raise Missing(name)

    def set(self, name: str, value: object, at: At) -> None:
        self.fields[name] = value


@final
class Parser(Abstract):
    """`ArgumentParser()`, its groups and subparsers too: they share the options."""

    def __init__(self, fields: dict[str, object]) -> None:
        self.fields = fields

    def describe(self) -> str:
        return "the command line's parser"

    def get(self, name: str, at: At) -> object:
        if name == "add_argument":
            return Function(name, self._add)
        if name == "set_defaults":
            return Function(name, self._set)
        if name == "parse_args":
            return Function(name, lambda args, kwargs, at: Namespace(self.fields))
        if name == "parse_known_args":
            return Function(name, lambda args, kwargs, at: (Namespace(self.fields), []))
        if name in ("add_argument_group", "add_mutually_exclusive_group", "add_parser"):
            return Function(name, lambda args, kwargs, at: self)
        if name == "add_subparsers":
            return Function(name, lambda args, kwargs, at: self)
        return Inert(f"parser.{name}")

    def _add(self, args: list[object], kwargs: dict[str, Any], at: At) -> object:
        names = [one for one in args if type(one) is str]
        if not names:
            return None
        long = [one for one in names if one.startswith("--")] or names
        name = kwargs.get("dest") or long[0].lstrip("-").replace("-", "_")
        self.fields[str(name)] = self._default(long[0], kwargs, at)
        return Inert(str(name))

    def _default(self, name: str, kwargs: dict[str, Any], at: At) -> object:
        action = kwargs.get("action")
        if action in ("store_true", "store_false"):
            return kwargs.get("default", action == "store_false")
        if kwargs.get("required") or not name.startswith("-"):
            return Unknown(f"`{name.lstrip('-')}`", at.line)
        return kwargs.get("default")

    def _set(self, args: list[object], kwargs: dict[str, Any], at: At) -> object:
        self.fields.update(kwargs)
        return None


def argparse_module() -> Module:
    """argparse."""

    def find(name: str, at: At) -> object:
        if name == "ArgumentParser":
            return Function(name, lambda args, kwargs, at: Parser({}))
        if name == "Namespace":
            return Function(name, lambda args, kwargs, at: Namespace(dict(kwargs)))
        return Inert(f"argparse.{name}")

    return Module("argparse", find)

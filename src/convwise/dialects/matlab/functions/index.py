"""Finds one of MATLAB's own functions by its name; must never know what one does."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from convwise.dialects.matlab.values import Builtin

_FAMILIES: Final = ("numbers", "arrays", "texts", "graphs", "quiet")


@cache
def _known() -> dict[str, Builtin]:
    found: dict[str, Builtin] = {}
    for family in _FAMILIES:
        found.update(import_module(f"convwise.dialects.matlab.functions.{family}").FUNCTIONS)
    return found


def find(name: str) -> Builtin | None:
    """The function of this name; None when it is not known."""
    return _known().get(name)


def families() -> dict[str, tuple[str, ...]]:
    """The names of all functions, by family."""
    return {
        family: tuple(import_module(f"convwise.dialects.matlab.functions.{family}").FUNCTIONS)
        for family in _FAMILIES
    }

"""Calls of layer functions: arguments bound to the table's entries; must never know a layer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from convwise.dialects.matlab.networks import Layer
from convwise.dialects.matlab.table.entry import COMMON, Entry
from convwise.dialects.matlab.table.index import NAMES, find
from convwise.dialects.matlab.values import described, plain, text_of
from convwise.dialects.python.binding import bind, first_unknown
from convwise.dialects.python.checks import closest
from convwise.dialects.python.parameters import Arguments
from convwise.errors import ConvwiseError, RuleError, UnknownNameError

_NAMES = frozenset(NAMES)


def is_layer_name(name: str) -> bool:
    """Whether a function of the table has this name."""
    return name in _NAMES


def made_layer(function: str, args: Sequence[Any], line: int) -> Layer:
    """The layer that a call makes. Raises RuleError, UnknownNameError with the line."""
    entry = find(function)
    assert entry is not None
    try:
        positional, named = _split(entry, function, args)
        found = bind(entry, function, positional, named)
    except UnknownNameError as error:
        raise _with_name(error, args).at(line=line) from None
    except ConvwiseError as error:
        raise error.at(line=line) from None
    return Layer(entry, function, found.arguments, _name(found.common), line)


def _with_name(error: UnknownNameError, args: Sequence[Any]) -> UnknownNameError:
    unknown = first_unknown(tuple(args))
    name = unknown.what.strip("`") if unknown is not None else ""
    if name.isidentifier():
        error.hint = f"give its value: --set {name}=..."
    return error


def _name(common: Arguments) -> str:
    given = common.get("Name")
    return given if type(given) is str else ""


def _split(entry: Entry, function: str, args: Sequence[Any]) -> tuple[list[Any], Arguments]:
    """Positional arguments and name-value pairs; names in any case."""
    known = {one.name.lower(): one.name for one in entry.parameters}
    known.update({name.lower(): name for name in COMMON})
    positional: list[Any] = []
    rest = list(args)
    while rest and len(positional) < entry.positional:
        text = text_of(rest[0])
        if text is not None and text.lower() in known and len(rest) % 2 == 0:
            break
        positional.append(plain(rest.pop(0)))
    named: Arguments = {}
    while rest:
        key = text_of(rest.pop(0))
        if key is None or not rest:
            raise _no_pair(entry, function, args, key)
        named[known.get(key.lower(), key)] = plain(rest.pop(0))
    return positional, named


def _no_pair(entry: Entry, function: str, args: Sequence[Any], key: str | None) -> RuleError:
    takes = ", ".join([one.name for one in entry.parameters[: entry.positional]]) or "no sizes"
    if key is not None:
        return RuleError(
            f"{function} is given '{key}' without a value", hint=f"write '{key}', value"
        )
    shown = ", ".join([described(one) for one in args[:6]])
    return RuleError(
        f"{function} takes {takes} and then pairs of names and values, found {shown}",
        hint=f"such as {function}(..., 'Name', 'a')",
    )


def unknown_layer(function: str, args: Sequence[Any], line: int) -> Layer:
    """A layer that the table does not have: what it does is not known. Raises for a misspelling."""
    near = closest(function, NAMES, 0.9)
    if near is not None:
        raise UnknownNameError(f"MATLAB has no {function}", line=line, hint=f"did you mean {near}?")
    name = ""
    for key, value in pairwise(args):
        if (text_of(key) or "").lower() == "name":
            name = text_of(value) or ""
    return Layer(None, function, {}, name, line)

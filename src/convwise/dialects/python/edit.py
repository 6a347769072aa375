"""One changed argument in a line of somebody's code, as text; never writes a file."""

from __future__ import annotations

import ast
from collections.abc import Sequence


def changed_line(
    text: str, line: int, callee: str, parameters: Sequence[str], name: str, value: object
) -> str | None:
    """The line as it would be if the one call of `callee` on it got another value.

    parameters: the callee's parameters in order, to find an argument given by position. None when
    the code cannot be read, the line has not exactly one such call, or the argument spans lines.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.lineno == line and _name(node.func) == callee
    ]
    if len(calls) != 1:
        return None
    source = text.splitlines()[line - 1].encode()
    place = _place(calls[0], parameters, name)
    new = repr(value)
    if place is None:
        end = calls[0].end_col_offset
        if calls[0].end_lineno != line or end is None:
            return None
        start = stop = end - 1
        given = calls[0].args or calls[0].keywords
        new = f"{', ' if given else ''}{name}={new}"
    else:
        if place.lineno != line or place.end_lineno != line or place.end_col_offset is None:
            return None
        start, stop = place.col_offset, place.end_col_offset
    return (source[:start] + new.encode() + source[stop:]).decode().strip()


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _place(call: ast.Call, parameters: Sequence[str], name: str) -> ast.expr | None:
    """Where the argument's value stands, None when it is not given."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if name in parameters and not any(isinstance(one, ast.Starred) for one in call.args):
        index = list(parameters).index(name)
        if index < len(call.args):
            return call.args[index]
    return None

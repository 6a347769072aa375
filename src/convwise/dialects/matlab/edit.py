"""One changed argument in a line of somebody's MATLAB code, as text; never writes a file."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from convwise.dialects.matlab.parse import line_of, parsed, tokens, written
from convwise.errors import ConvwiseError

if TYPE_CHECKING:
    from tree_sitter import Node


def changed_line(text: str, line: int, function: str, name: str, value: object) -> str | None:
    """The line as it would be if the one call of a layer function on it got another value.

    None when the code cannot be read, the line has not exactly one such call, or the call spans
    lines.
    """
    try:
        root = parsed(text)
    except ConvwiseError:
        return None
    calls = [node for node in _calls(root, line) if _function(node) == function]
    if len(calls) != 1 or calls[0].end_point[0] + 1 != line:
        return None
    source = text.splitlines()[line - 1].encode()
    start, stop, new = _change(calls[0], name, _shown(value))
    return (source[:start] + new.encode() + source[stop:]).decode().strip()


def _calls(root: Node, line: int) -> list[Node]:
    """Calls and names without brackets that begin on a line."""
    found = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.start_point[0] < line <= node.end_point[0] + 1 or line_of(node) == line:
            stack.extend(node.children)
        if line_of(node) == line and node.type == "function_call":
            found.append(node)
    return found


def _function(node: Node) -> str:
    name = node.child_by_field_name("name")
    return "" if name is None else written(name)


def _change(call: Node, name: str, value: str) -> tuple[int, int, str]:
    """Where the line changes, in bytes, and what stands there then."""
    listed = next((child for child in call.children if child.type == "arguments"), None)
    parts = [] if listed is None else tokens(listed)
    equal = any(part.type == "=" for part in parts)
    values = [part for part in parts if part.is_named]
    for key, given in pairwise(values):
        if written(key).strip("'\"").lower() == name.lower():
            return given.start_point[1], given.end_point[1], value
    end = call.end_point[1] - 1
    pair = f"{name}={value}" if equal else f"'{name}', {value}"
    return end, end, f"{', ' if values else ''}{pair}"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{' '.join([str(one) for one in value])}]"
    return f"'{value}'" if isinstance(value, str) else str(value)

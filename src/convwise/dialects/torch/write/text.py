"""Pieces of Python source: literals, calls, wrapped lines; must never let a value become code.

Only `Code` is source text. Every other value passes `literal`, which quotes it, so that a string
of somebody's file stays a string.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isinf, isnan

from convwise.errors import RuleError

#: Columns of a written line.
WIDTH = 96


class Code(str):
    """Source text that this package has put together itself."""

    __slots__ = ()


def literal(value: object) -> Code:
    """A value as Python writes it; RuleError for what is not plain data."""
    if isinstance(value, Code):
        return value
    if value is None or isinstance(value, bool):
        return Code(repr(value))
    if type(value) is int:
        return Code(repr(value))
    if type(value) is float:
        return _float(value)
    if type(value) is str:
        return Code(f'"{value}"' if value.replace("-", "_").isidentifier() else repr(value))
    if type(value) is tuple:
        inside = ", ".join([literal(item) for item in value])
        return Code(f"({inside},)" if len(value) == 1 else f"({inside})")
    if type(value) is list:
        return Code("[" + ", ".join([literal(item) for item in value]) + "]")
    raise RuleError(f"{type(value).__name__} is not written into code: {value!r:.80}")


def _float(value: float) -> Code:
    if isnan(value):
        return Code("math.nan")
    if isinf(value):
        return Code("math.inf" if value > 0 else "-math.inf")
    return Code(repr(value))


def call(function: str, *given: object, **named: object) -> Code:
    """`function(given, name=value)`; the function's name is ours."""
    parts: list[str] = [literal(value) for value in given]
    parts.extend([f"{name}={literal(value)}" for name, value in named.items()])
    return Code(f"{function}({', '.join(parts)})")


def method(target: Code, name: str, *given: object, **named: object) -> Code:
    """`target.name(...)`; brackets around a target that is a sum or a product."""
    return call(f"{bracketed(target)}.{name}", *given, **named)


def bracketed(text: Code) -> Code:
    """The text as one operand: brackets around what an operator outside could tear apart."""
    depth = 0
    for place, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if depth == 0 and (char in " *+/<>" or (char == "-" and place == 0)):
            return Code(f"({text})")
    return text


def joined(operator: str, parts: Iterable[Code]) -> Code:
    """`a + b + c`, each part bracketed where it has to be."""
    return Code(f" {operator} ".join([bracketed(part) for part in parts]))


def comment(text: str) -> str:
    """Any text as it may stand in a comment or docstring: one line, printable, no quotes left."""
    clean = "".join([char if char.isascii() and char.isprintable() else "?" for char in text])
    return clean.replace("\\", "/").replace('"', "'")[:200]


def wrapped(indent: str, text: str) -> list[str]:
    """One statement as lines: broken at the commas of its outermost last call when too long."""
    if len(indent) + len(text) <= WIDTH:
        return [indent + text]
    opened = _last_call(text)
    inner = indent + "    "
    if opened is None or len(indent) + opened >= WIDTH:
        return _bracketed_lines(indent, text)
    inside = text[opened + 1 : -1]
    if len(inner) + len(inside) <= WIDTH:
        return [indent + text[: opened + 1], inner + inside, indent + text[-1]]
    lines = [indent + text[: opened + 1]]
    for part in _parts(inside):
        lines.extend(wrapped(inner, part + ","))
    return [*lines, indent + text[-1]]


def _bracketed_lines(indent: str, text: str) -> list[str]:
    """`name = (`, the value at its operators, `)`; the line as it is where it has no value."""
    name, equals, value = text.partition(" = ")
    if not equals or not name.replace(".", "_").replace(", ", "_").isidentifier():
        return [indent + text]
    inner = indent + "    "
    rows = [value] if len(inner) + len(value) <= WIDTH else _terms(value)
    return [f"{indent}{name} = (", *[inner + row for row in rows], f"{indent})"]


def _terms(value: str) -> list[str]:
    """The value in pieces, each but the first beginning with an operator outside of brackets."""
    pieces = [""]
    depth = 0
    for place, char in enumerate(value):
        depth += (char in "([{") - (char in ")]}")
        if depth == 0 and char in "+-*/@" and value[place - 1 : place + 2] == f" {char} ":
            pieces[-1] = pieces[-1].rstrip()
            pieces.append("")
        pieces[-1] += char
    return pieces


def _last_call(text: str) -> int | None:
    """Where the bracket opens of a call that ends the text."""
    if not text.endswith(")"):
        return None
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += (text[place] in ")]}") - (text[place] in "([{")
        if depth == 0:
            called = place > 0 and (text[place - 1].isalnum() or text[place - 1] in "_)]")
            return place if called else None
    return None


def _parts(inside: str) -> list[str]:
    """The text between commas that no bracket encloses."""
    parts = [""]
    depth = 0
    for char in inside:
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip()]

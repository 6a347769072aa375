"""Reads what people paste: bare layers, lists of layers, weight shapes; must never run code."""

from __future__ import annotations

import ast

from convwise.dialects.python.parse import lines_of


def defined_at(text: str, name: str) -> int | None:
    """The first line of the file that gives a name its value at the outermost level."""
    for statement in ast.parse(text).body:
        for node in ast.walk(statement):
            inner = isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda))
            if inner and node is not statement:
                continue
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
                return node.lineno
    return None


def starred_modules(text: str) -> frozenset[str]:
    """Modules of which the file imports all names."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if len(words) > 3 and words[0] == "from" and words[2] == "import" and words[3][0] == "*":
            found.append(words[1])
    return frozenset(found)


def assigned_call(text: str, line: int | None, name: str) -> str | None:
    """The variable that takes what a call of `name` in this line returns."""
    lines = text.splitlines()
    if line is None or not 0 < line <= len(lines):
        return None
    variable, equals, value = lines[line - 1].partition("=")
    variable = variable.strip()
    if equals and variable.isidentifier() and value.strip().startswith(f"{name}("):
        return variable
    return None


def without_fences(text: str) -> str:
    """The text with the fences of a pasted Markdown block as empty lines."""
    if "```" not in text:
        return text
    lines = text.splitlines(keepends=True)
    return "".join(["\n" if line.lstrip().startswith("```") else line for line in lines])


#: The name under which the value of a last expression is kept.
LAST = "fragment"


def with_last_value(text: str) -> str | None:
    """The text with its last statement, an expression, assigned to a name; None without one."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        # It could only be read without its prompts or indentation.
        return None
    if not body or not isinstance(body[-1], ast.Expr):
        return None
    last = body[-1]
    lines = lines_of(text)
    line = lines[last.lineno - 1]
    raw = line.encode("utf-8")
    start, rest = raw[: last.col_offset].decode("utf-8"), raw[last.col_offset :].decode("utf-8")
    lines[last.lineno - 1] = f"{start}{LAST} = {rest}"
    return "\n".join(lines)

"""Cuts the definitions that a written file needs out of the text of `pieces`; runs none of them."""

from __future__ import annotations

import ast
from collections.abc import Collection
from functools import cache
from importlib import resources


@cache
def _definitions() -> dict[str, str]:
    """The text of every function and class of `pieces`, by name, in their order."""
    found: dict[str, str] = {}
    folder = resources.files("convwise.dialects.torch.write.pieces")
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not entry.name.endswith(".py") or entry.name.startswith("_"):
            continue
        text = entry.read_text("utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                lines = text.splitlines()[node.lineno - 1 : node.end_lineno]
                found[node.name] = "\n".join(lines)
    return found


def helper_names() -> tuple[str, ...]:
    """The names that written files may define besides their network."""
    return tuple(_definitions())


def helper_texts(names: Collection[str]) -> list[str]:
    """The definitions of these helpers and of those they use, in a fixed order."""
    known = _definitions()
    wanted = set(names)
    for name in reversed(known):
        if name in wanted:
            used = {node.id for node in ast.walk(ast.parse(known[name])) if type(node) is ast.Name}
            wanted |= used & set(known)
    return [text for name, text in known.items() if name in wanted]

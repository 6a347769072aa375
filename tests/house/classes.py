"""Looks at classes: nobody overrides what is already worked out, nobody asks what an object has."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Every object has these from Python; a class that states its own overrides nothing of ours.
_OWN = "__"


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the source: its bases by name, and which of its methods are worked out."""

    name: str
    place: str
    bases: tuple[str, ...]
    concrete: frozenset[str]
    stated: frozenset[str]


def classes(root: Path) -> list[Class]:
    """Every class under the folder."""
    found = []
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                found.append(_class(node, f"{path}:{node.lineno}"))
    return found


def _class(node: ast.ClassDef, place: str) -> Class:
    methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
    concrete = {m.name for m in methods if not _abstract(m) and not m.name.startswith(_OWN)}
    bases = tuple(_last(base) for base in node.bases)
    return Class(node.name, place, bases, frozenset(concrete), frozenset(m.name for m in methods))


def _abstract(method: ast.FunctionDef) -> bool:
    return any(_last(decorator) == "abstractmethod" for decorator in method.decorator_list)


def _last(name: ast.expr) -> str:
    """The last word of `a.b[c]`, `a.b(...)` or `b`: b."""
    if isinstance(name, ast.Subscript):
        return _last(name.value)
    if isinstance(name, ast.Call):
        return _last(name.func)
    if isinstance(name, ast.Attribute):
        return name.attr
    return name.id if isinstance(name, ast.Name) else ""


#: Plug-in surfaces: their methods are hooks, and the default of each means "not known here".
_HOOKED = ("Abstract", "FrameworkBase")


def overridden(root: Path) -> Iterator[str]:
    """Each concrete method of a class of ours that a class below it states again."""
    known = classes(root)
    by_name: dict[str, list[Class]] = {}
    for each in known:
        by_name.setdefault(each.name, []).append(each)
    hooks = frozenset(
        method for name in _HOOKED for found in by_name.get(name, ()) for method in found.concrete
    )
    for each in known:
        for above in _above(each, by_name):
            for method in sorted((above.concrete & each.stated) - hooks):
                yield f"{each.place}: {each.name}.{method} overrides {above.name}.{method}"


def _above(start: Class, by_name: dict[str, list[Class]]) -> Iterator[Class]:
    waiting, seen = list(start.bases), {start.name}
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            for found in by_name.get(name, ()):
                yield found
                waiting.extend(found.bases)


def asked(root: Path) -> Iterator[str]:
    """Each `hasattr`: what an object can do is said by its class."""
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Name) and node.id == "hasattr":
                yield f"{path}:{node.lineno}: hasattr"

"""The table of rooms and of what each may import, and the walk that holds the source to it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

FRONT = "front door"
PACKAGE = "convwise"

# Each room and the rooms it may import from. The longest name that fits a module is its room.
# A name with a dot allows only that part of a room. Everybody may import `errors`.
ALLOWED: dict[str, tuple[str, ...]] = {
    "errors": (),
    "graph": (),
    "kinds": ("graph",),
    "reference": ("graph", "kinds"),
    "dialects.python": ("graph", "kinds"),
    "dialects.archive": (),
    "dialects.keras": ("graph", "kinds", "dialects.python", "dialects.archive"),
    "dialects.torch": ("graph", "kinds", "dialects.python", "dialects.archive"),
    # TensorFlow has Keras inside: decision 0007.
    "dialects.tensorflow1": ("graph", "kinds", "dialects.python", "dialects.keras"),
    "dialects.matlab": ("graph", "kinds", "dialects.python"),
    "dialects.onnx": ("graph", "kinds", "dialects.python"),
    "transforms": ("graph", "kinds"),
    "costs": (),
    # An analysis asks a kind for its traits and never names one; checks and lessons may.
    "analyses": (
        "graph",
        "kinds.contract",
        "kinds.formula",
        "kinds.windows",
        "transforms",
        "costs",
        "reference",
        "analyses.lessons",
    ),
    "analyses.lessons": ("graph", "kinds", "transforms", "reference", "analyses"),
    "analyses.checks": ("graph", "kinds", "transforms", "costs", "reference", "analyses"),
    # The values that answers are made of: decision 0002.
    "reports": ("analyses", "graph.axes", "graph.dims", "reference.by_hand"),
    "engine": ("graph", "analyses", "costs", "dialects.torch"),
    # It hands graphs to processes of its own: decision 0009.
    "measure": ("graph", "kinds.catalog", "engine", "dialects", "costs", "analyses"),
    "forecast": ("graph", "kinds", "dialects.torch", "analyses", "engine", "reports"),
    "web": (FRONT,),
    "examples": (FRONT, "kinds", "analyses", "reports"),
}

# Packages from outside the standard library, by room: everything else needs none.
OUTSIDE: dict[str, tuple[str, ...]] = {
    FRONT: ("typer", "rich"),
    "reports": ("rich",),
    "reference": ("numpy",),
    "dialects.keras": ("keras", "h5py"),
    "dialects.torch": ("torch",),
    "dialects.matlab": ("tree_sitter", "tree_sitter_matlab"),
    "dialects.onnx": ("onnx", "numpy"),
    "engine": ("torch", "convwise_kernels"),
    "measure": ("torch", "keras", "numpy"),
    "forecast": ("torch", "numpy", "xarray", "cftime", "cfgrib"),
}

# Of the examples only these are code of ours; the others are networks as people write them,
# read and never imported.
EXAMPLE_CODE = ("__init__", "__main__", "answers")


def room_of(module: str) -> str:
    """The room of a module named without the package: `graph.axes` lives in `graph`."""
    parts = module.split(".") if module else []
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        if name in ALLOWED:
            return name
    return FRONT if len(parts) <= 1 else parts[0]


def may_import(room: str, module: str) -> bool:
    """Whether `room` may import `module` (both without the package's name)."""
    home = room_of(module)
    if room == FRONT or home in (room, "errors"):
        return True
    return any(
        home == allowed or f"{module}.".startswith(f"{allowed}.")
        for allowed in ALLOWED.get(room, ())
    )


def modules(root: Path) -> dict[str, Path]:
    """Every module under the package folder by dotted name without the package's."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if parts[0] == "examples" and parts[-1] not in EXAMPLE_CODE:
            continue
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(tree: ast.AST, package: str) -> Iterator[tuple[int, str]]:
    """Line and full name of everything a module imports, at its top, in a function, or by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, package)
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _name(node.func) in ("import_module", "__import__"):
            for given in node.args[:1]:
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield node.lineno, given.value


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def violations(root: Path) -> list[str]:
    """Every import that the table forbids, as `file:line: what`; `root` is the package folder."""
    known = modules(root)
    found = []
    for module, path in known.items():
        room = room_of(module)
        is_package = path.name == "__init__.py"
        package = module if is_package else module.rpartition(".")[0]
        full = f"{PACKAGE}.{package}" if package else PACKAGE
        for line, name in imports(ast.parse(path.read_text("utf-8")), full):
            trouble = _trouble(room, name, known)
            if trouble:
                found.append(f"{path.relative_to(root.parent)}:{line}: {trouble}")
    return list(dict.fromkeys(found))


def _trouble(room: str, name: str, known: dict[str, Path]) -> str | None:
    top, _, rest = name.partition(".")
    if top != PACKAGE:
        if top in sys.stdlib_module_names or top in OUTSIDE.get(room, ()):
            return None
        return f"{room} imports {top}, which is not in the standard library"
    target = rest if rest in known else rest.rpartition(".")[0]
    if may_import(room, target):
        return None
    return f"{room} imports {target or FRONT}, but may import only {_listed(room)}"


def _listed(room: str) -> str:
    return ", ".join(("errors", *ALLOWED.get(room, ())))

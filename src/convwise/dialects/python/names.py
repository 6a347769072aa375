"""Looks names up and imports modules through tables and the host; imports nothing itself."""

from __future__ import annotations

import ast

from convwise.dialects.python.builtin_names import BUILTINS
from convwise.dialects.python.library import MODULES
from convwise.dialects.python.machine import Frame, Machine
from convwise.dialects.python.values import Abstract, At, Missing, Unknown

_ABSENT = object()


def name(run: Machine, node: ast.expr, frame: Frame) -> object:
    """The value of a name: the nearest scope, then settings, builtins, the host, else Unknown."""
    wanted = node.id  # type: ignore[attr-defined]
    scope: Frame | None = frame
    while scope is not None:
        value = scope.vars.get(wanted, _ABSENT)
        if value is not _ABSENT:
            return value
        scope = scope.parent
    return _free(run, wanted, node)


def _free(run: Machine, wanted: str, node: ast.expr) -> object:
    run.meter.steps_left -= 3
    if wanted in run.settings:
        return run.settings[wanted]
    at = At(node.lineno, node.col_offset)
    for module in reversed(run.stars):
        try:
            return module.get(wanted, at)
        except Missing:
            continue
    if wanted in BUILTINS:
        return BUILTINS[wanted]
    key = ("free name", wanted)
    if key not in run.caches:
        given = run.host.name(wanted)
        run.caches[key] = Unknown(f"`{wanted}`", node.lineno) if given is None else given
    return run.caches[key]


def store_name(run: Machine, wanted: str, value: object, frame: Frame) -> None:
    """Bind a name; a setting of this name stands in for an Unknown."""
    if value.__class__ is Unknown:
        run.meter.doubts += 1
        if wanted in run.settings:
            value = run.settings[wanted]
    if frame.declared is not None and wanted in frame.declared:
        frame = frame.declared[wanted]
    if wanted not in frame.vars:
        run.meter.bytes_left -= 100
    frame.vars[wanted] = value


def declare_global(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`global a, b`."""
    root = frame.root()
    for wanted in node.names:  # type: ignore[attr-defined]
        frame.declared = {**(frame.declared or {}), wanted: root}


def declare_nonlocal(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`nonlocal a, b`."""
    for wanted in node.names:  # type: ignore[attr-defined]
        scope = frame.parent
        while scope is not None and wanted not in scope.vars:
            scope = scope.parent
        if scope is not None:
            frame.declared = {**(frame.declared or {}), wanted: scope}


def import_modules(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`import a.b, c as d`."""
    for alias in node.names:  # type: ignore[attr-defined]
        if alias.asname is not None:
            store_name(run, alias.asname, _module(run, alias.name, node.lineno), frame)
            continue
        first = alias.name.partition(".")[0]
        store_name(run, first, _module(run, first, node.lineno), frame)


def _module(run: Machine, full_name: str, line: int) -> object:
    key = ("module", full_name)
    if key not in run.caches:
        given = run.host.module(full_name) or MODULES.get(full_name)
        run.caches[key] = given or Unknown(f"the module `{full_name}`", line)
    return run.caches[key]


def import_names(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`from a.b import c, d as e`, `from a import *`."""
    assert isinstance(node, ast.ImportFrom)
    full_name = "." * node.level + (node.module or "")
    if full_name == "__future__":
        return
    module = _module(run, full_name, node.lineno)
    for alias in node.names:
        if alias.name == "*":
            if isinstance(module, Abstract):
                if module not in run.stars:
                    run.stars.append(module)
            else:
                run.host.note("import", f"what `{full_name}` defines is not known", node.lineno)
            continue
        value = _member(run, module, full_name, alias.name, node)
        store_name(run, alias.asname or alias.name, value, frame)


def _member(run: Machine, module: object, full_name: str, wanted: str, node: ast.stmt) -> object:
    if isinstance(module, Abstract):
        try:
            return module.get(wanted, At(node.lineno, node.col_offset))
        except Missing:
            pass
    inner = f"{full_name}.{wanted}"
    value = _module(run, inner, node.lineno)
    if not isinstance(value, Unknown):
        return value
    return Unknown(f"`{wanted}` of the module `{full_name}`", node.lineno)

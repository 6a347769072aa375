"""`try`: the body runs; a handler runs only for an error that is certain or an unknown import."""

from __future__ import annotations

import ast

from convwise.dialects.python.machine import Frame, Machine
from convwise.dialects.python.names import store_name
from convwise.dialects.python.values import ProgramError, Unknown

_PARENTS = {
    "KeyError": "LookupError",
    "IndexError": "LookupError",
    "ModuleNotFoundError": "ImportError",
    "ZeroDivisionError": "ArithmeticError",
    "OverflowError": "ArithmeticError",
    "UnicodeError": "ValueError",
    "RecursionError": "RuntimeError",
}
_ALL = frozenset(("Exception", "BaseException"))
_IMPORT_ERRORS = frozenset(("ImportError", "ModuleNotFoundError", "Exception", "BaseException"))


def attempt(run: Machine, node: ast.stmt, frame: Frame) -> str | None:
    """`try ... except ... else ... finally`."""
    assert isinstance(node, ast.Try)
    depth, loops = run.meter.depth, len(run.meter.loops)
    try:
        signal = run.execute(node.body, frame)
        _import_again(run, node, frame)
        if signal is None:
            signal = run.execute(node.orelse, frame)
    except ProgramError as error:
        run.meter.depth = depth
        del run.meter.loops[loops:]
        handler = _handler(node, error)
        if handler is None:
            run.execute(node.finalbody, frame)
            raise
        if handler.name is not None:
            store_name(run, handler.name, Unknown("an exception", handler.lineno), frame)
        signal = run.execute(handler.body, frame)
        if handler.name is not None:
            frame.vars.pop(handler.name, None)
    last = run.execute(node.finalbody, frame)
    return last or signal


def _handler(node: ast.Try, error: ProgramError) -> ast.ExceptHandler | None:
    kinds = {error.kind, *error.bases} | _ALL
    for kind in (error.kind, *error.bases):
        kinds.add(_PARENTS.get(kind, kind))
    for handler in node.handlers:
        if handler.type is None or _caught(handler.type) & kinds:
            return handler
    return None


def _caught(node: ast.expr) -> frozenset[str]:
    if isinstance(node, ast.Tuple):
        return frozenset().union(*[_caught(part) for part in node.elts])
    if isinstance(node, ast.Attribute):
        return frozenset((node.attr,))
    return frozenset((node.id,)) if isinstance(node, ast.Name) else frozenset()


def _import_again(run: Machine, node: ast.Try, frame: Frame) -> None:
    """A name that the body could not import is taken from a handler that imports it, too."""
    for handler in node.handlers:
        if handler.type is not None and not _caught(handler.type) & _IMPORT_ERRORS:
            continue
        unknown = [name for name in _imported(node.body) if _is_unknown(frame, name)]
        if not unknown:
            return
        before = {name: frame.vars[name] for name in unknown}
        run.execute([part for part in handler.body if isinstance(part, _IMPORTS)], frame)
        for name in unknown:
            if _is_unknown(frame, name):
                frame.vars[name] = before[name]


_IMPORTS = (ast.Import, ast.ImportFrom)


def _imported(body: list[ast.stmt]) -> list[str]:
    return [
        alias.asname or alias.name.partition(".")[0]
        for part in body
        if isinstance(part, _IMPORTS)
        for alias in part.names
    ]


def _is_unknown(frame: Frame, name: str) -> bool:
    return isinstance(frame.vars.get(name), Unknown)

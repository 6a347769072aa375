"""Binds the arguments of a call to the parameters of a function of the file; runs no body."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from convwise.dialects.python.values import At, ProgramError, UserFunction


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a function: `names` by position, then `keywords` by name only."""

    names: tuple[str, ...]
    keywords: tuple[str, ...]
    by_name: frozenset[str]
    rest: str | None
    others: str | None
    generator: bool


def signature_of(node: ast.FunctionDef | ast.Lambda) -> Signature:
    """The signature as written."""
    spec = node.args
    first = tuple([a.arg for a in spec.posonlyargs])
    names = tuple([a.arg for a in spec.args])
    keywords = tuple([a.arg for a in spec.kwonlyargs])
    return Signature(
        first + names,
        keywords,
        frozenset(names + keywords),
        spec.vararg.arg if spec.vararg else None,
        spec.kwarg.arg if spec.kwarg else None,
        isinstance(node, ast.FunctionDef) and _yields(node),
    )


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def own_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Every node of a body that is not inside a function or class defined there."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting.extend(ast.iter_child_nodes(node))


def _yields(node: ast.FunctionDef) -> bool:
    return any(isinstance(part, (ast.Yield, ast.YieldFrom)) for part in own_nodes(node.body))


def bind(
    function: UserFunction,
    signature: Signature,
    args: list[object],
    kwargs: dict[str, object],
    at: At,
) -> dict[str, object]:
    """The parameters' values by name. Raises ProgramError as Python would raise TypeError."""
    names = signature.names
    values = dict(zip(names, args))  # noqa: B905 (extra arguments are looked at next)
    if signature.rest is not None:
        values[signature.rest] = tuple(args[len(names) :])
    elif len(args) > len(names):
        raise _mismatch(function, f"takes {len(names)} arguments, but {len(args)} are given", at)
    if kwargs or signature.others is not None:
        _bind_keywords(function, signature, values, kwargs, at)
    if len(values) < len(names) + len(signature.keywords) + _extras(signature):
        _fill_defaults(function, signature, values, at)
    return values


def _extras(signature: Signature) -> int:
    return (signature.rest is not None) + (signature.others is not None)


def _bind_keywords(
    function: UserFunction,
    signature: Signature,
    values: dict[str, object],
    kwargs: dict[str, object],
    at: At,
) -> None:
    others: dict[str, object] = {}
    for name, value in kwargs.items():
        if name in signature.by_name:
            if name in values:
                raise _mismatch(function, f"has two values for its argument `{name}`", at)
            values[name] = value
        elif signature.others is None:
            raise _mismatch(function, f"has no argument `{name}`", at)
        else:
            others[name] = value
    if signature.others is not None:
        values[signature.others] = others


def _fill_defaults(
    function: UserFunction, signature: Signature, values: dict[str, object], at: At
) -> None:
    defaults = function.defaults
    for name in signature.names + signature.keywords:
        if name in values:
            continue
        if name not in defaults:
            raise _mismatch(function, f"is called without its argument `{name}`", at)
        values[name] = defaults[name]


def _mismatch(function: UserFunction, what: str, at: At) -> ProgramError:
    return ProgramError("TypeError", f"`{function.name}` {what}", at.line)

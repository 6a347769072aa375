"""Call expressions: evaluates function and arguments, then calls; `super()` is understood here."""

from __future__ import annotations

import ast

from convwise.dialects.python.expressions import spread
from convwise.dialects.python.inheritance import super_of
from convwise.dialects.python.machine import Frame, Machine
from convwise.dialects.python.values import (
    At,
    BoundMethod,
    Instance,
    ProgramError,
    Unknown,
    UserClass,
    UserFunction,
)
from convwise.errors import ConvwiseError

_OF_THE_FILE = frozenset((UserFunction, BoundMethod, UserClass, Instance))
# The keyword under which a framework's object finds that `**unknown` was given to it.
ANY_KEYWORD = "**"


def call(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`f(a, *b, c=d, **e)`."""
    assert isinstance(node, ast.Call)
    at = At(node.lineno, node.col_offset, frame.stack)
    head = node.func
    if head.__class__ is ast.Name and head.id == "super":
        return super_of(run, [run.evaluate(arg, frame) for arg in node.args], frame, at)
    table = run.expressions
    function = table[head.__class__](run, head, frame)
    args: list[object] = []
    doubt: Unknown | None = None
    for arg in node.args:
        if arg.__class__ is ast.Starred:
            items = spread(run, arg.value, frame)
            doubt = doubt or _unknown_spread(items)
            args.extend(items)
        else:
            args.append(table[arg.__class__](run, arg, frame))
    kwargs = _keywords(run, node, frame) if node.keywords else {}
    run.meter.steps_left -= 4
    if function.__class__ in _OF_THE_FILE:
        doubt = doubt or kwargs.get(ANY_KEYWORD)  # type: ignore[assignment]
        if doubt is not None:
            return doubt
    try:
        return run.call(function, args, kwargs, at)
    except ConvwiseError as error:
        raise error.at(source=run.filename, line=at.line) from None
    except ProgramError as error:
        error.line = error.line or at.line
        raise


def _unknown_spread(items: list[object]) -> Unknown | None:
    return items[0] if len(items) == 1 and isinstance(items[0], Unknown) else None


def _keywords(run: Machine, node: ast.Call, frame: Frame) -> dict[str, object]:
    kwargs: dict[str, object] = {}
    for keyword in node.keywords:
        value = run.evaluate(keyword.value, frame)
        if keyword.arg is not None:
            kwargs[keyword.arg] = value
            continue
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            run.meter.take(100 * len(value), "these arguments")
            kwargs.update(value)
        elif isinstance(value, Unknown):
            kwargs[ANY_KEYWORD] = value
        else:
            kwargs[ANY_KEYWORD] = Unknown("keyword arguments", node.lineno)
    return kwargs

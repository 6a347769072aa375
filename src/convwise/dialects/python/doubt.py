"""Marks as unknown what statements could change that may or may not run; runs none of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import cast

from convwise.dialects.python.attributes import store_attribute
from convwise.dialects.python.calls import CHANGING
from convwise.dialects.python.collection_methods import doubt_values
from convwise.dialects.python.machine import (
    MAYBE_BREAK,
    MAYBE_CONTINUE,
    MAYBE_RETURN,
    Frame,
    Machine,
    place,
)
from convwise.dialects.python.names import import_modules, import_names, store_name
from convwise.dialects.python.values import (
    Abstract,
    At,
    BoundMethod,
    Instance,
    Missing,
    Unknown,
    UserClass,
    UserFunction,
)

_DEEPEST = 6
_LOOPS = (ast.For, ast.While, ast.AsyncFor)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_CLOSED = (*_DEFINITIONS, ast.Lambda)


def leaves(body: list[ast.stmt]) -> str | None:
    """The signal of statements that may or may not run: how they could leave what is around."""
    signal: str | None = None
    for node in body:
        if isinstance(node, ast.Return):
            return MAYBE_RETURN
        if isinstance(node, ast.Break):
            signal = MAYBE_BREAK
        elif isinstance(node, ast.Continue):
            signal = signal or MAYBE_CONTINUE
        elif not isinstance(node, _DEFINITIONS):
            inner = leaves(list(_blocks(node)))
            if inner == MAYBE_RETURN:
                return inner
            if inner is not None and not isinstance(node, _LOOPS):
                signal = inner if signal != MAYBE_BREAK else signal
    return signal


def _blocks(node: ast.stmt) -> Iterator[ast.stmt]:
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.stmt):
            yield part
        elif isinstance(part, (ast.ExceptHandler, ast.match_case)):
            yield from part.body


Effect = Callable[[Machine, ast.AST, Frame, Unknown, int], None]
Effects = tuple[tuple[Effect, ast.AST], ...]


def doubt(
    run: Machine, body: list[ast.stmt], frame: Frame, reason: Unknown, depth: int = 0
) -> None:
    """Every name that the statements could assign becomes unknown, and so does what they change."""
    run.meter.doubts += 1
    for statement in body:
        for handler, node in _effects(run, statement):
            run.meter.step(5)
            handler(run, node, frame, reason, depth)


def _effects(run: Machine, statement: ast.stmt) -> Effects:
    """The nodes of a statement that change something, each with what it does; looked for once."""
    key = ("effects", statement)
    known = run.caches.get(key)
    if known is None:
        run.meter.step(5)
        found = [(_EFFECTS.get(node.__class__), node) for node in _reached(statement)]
        run.meter.step(3 * len(found))
        known = run.caches[key] = tuple([(effect, node) for effect, node in found if effect])
    return cast(Effects, known)


def _reached(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes that would run; targets of comprehensions are names of their own and left out."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, _CLOSED):
            continue
        if isinstance(node, ast.comprehension):
            waiting.extend((node.iter, *node.ifs))
        else:
            waiting.extend(ast.iter_child_nodes(node))


def _name(run: Machine, node: ast.AST, frame: Frame, reason: Unknown, depth: int) -> None:
    assert isinstance(node, ast.Name)
    if not isinstance(node.ctx, ast.Load):
        store_name(run, node.id, reason, frame)


def _definition(run: Machine, node: ast.AST, frame: Frame, reason: Unknown, depth: int) -> None:
    store_name(run, node.name, reason, frame)  # type: ignore[attr-defined]


def _optional_name(run: Machine, node: ast.AST, frame: Frame, reason: Unknown, depth: int) -> None:
    if node.name is not None:  # type: ignore[attr-defined]
        store_name(run, node.name, reason, frame)  # type: ignore[attr-defined]


def _import(run: Machine, node: ast.AST, frame: Frame, reason: Unknown, depth: int) -> None:
    """An import changes nothing but names: the first of several that is known is taken."""
    assert isinstance(node, (ast.Import, ast.ImportFrom))
    names = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    before = {name: frame.vars[name] for name in names if name in frame.vars}
    if isinstance(node, ast.Import):
        import_modules(run, node, frame)
    else:
        import_names(run, node, frame)
    for name, value in before.items():
        if not isinstance(value, Unknown):
            frame.vars[name] = value


def _attribute(run: Machine, node: ast.AST, frame: Frame, reason: Unknown, depth: int) -> None:
    assert isinstance(node, ast.Attribute)
    if isinstance(node.ctx, ast.Load):
        return
    receiver = _seen(run, node.value, frame)
    if isinstance(receiver, Abstract):
        if receiver.changed_by(node.attr):
            receiver.poison(reason)
    elif isinstance(receiver, (Instance, UserClass)):
        store_attribute(run, receiver, node.attr, reason, place(node, frame))


def _subscript(run: Machine, node: ast.AST, frame: Frame, reason: Unknown, depth: int) -> None:
    assert isinstance(node, ast.Subscript)
    if not isinstance(node.ctx, ast.Load):
        _change(run, _seen(run, node.value, frame), "__setitem__", reason, depth, frame)


def _augmented(run: Machine, node: ast.AST, frame: Frame, reason: Unknown, depth: int) -> None:
    assert isinstance(node, ast.AugAssign)
    value = _seen(run, node.target, frame)
    if isinstance(value, (list, dict, set)):
        _change(run, value, "extend", reason, depth, frame)


def _call(run: Machine, node: ast.AST, frame: Frame, reason: Unknown, depth: int) -> None:
    assert isinstance(node, ast.Call)
    head = node.func
    if isinstance(head, ast.Attribute):
        receiver = _seen(run, head.value, frame)
        if isinstance(receiver, Instance):
            _method(run, receiver, head.attr, node, frame, reason, depth)
        else:
            _change(run, receiver, head.attr, reason, depth, frame)
    elif isinstance(head, ast.Name):
        function = _seen(run, head, frame)
        if isinstance(function, BoundMethod):
            _body(run, function.function, [function.receiver], node, frame, reason, depth)
        elif isinstance(function, UserFunction):
            _body(run, function, [], node, frame, reason, depth)


def _change(
    run: Machine, receiver: object, action: str, reason: Unknown, depth: int, frame: Frame
) -> None:
    """An action on a value may have happened."""
    if isinstance(receiver, Abstract):
        if receiver.changed_by(action):
            receiver.poison(reason)
    elif action not in CHANGING and action != "__setitem__":
        return
    elif isinstance(receiver, list):
        receiver[:] = [reason]
    elif isinstance(receiver, dict):
        doubt_values(receiver, reason)
    elif isinstance(receiver, set):
        receiver.add(reason)
    elif isinstance(receiver, Instance):
        receiver.unknown = reason


def _method(
    run: Machine,
    instance: Instance,
    name: str,
    node: ast.Call,
    frame: Frame,
    reason: Unknown,
    depth: int,
) -> None:
    if name in instance.fields:
        return
    method = instance.method(name)
    if method is not None:
        _body(run, method.function, [instance], node, frame, reason, depth)
        return
    framework = instance.type.framework
    if framework is not None and framework.changed_by(name):
        framework.poison_instance(instance, reason)


def _body(
    run: Machine,
    function: UserFunction,
    first: list[object],
    node: ast.Call,
    frame: Frame,
    reason: Unknown,
    depth: int,
) -> None:
    """What the body of a function of the file could change: its arguments and what it sees."""
    if depth >= _DEEPEST or isinstance(function.node, ast.Lambda):
        return
    given = [*first, *[_seen(run, arg, frame) for arg in node.args]]
    names = {
        name: reason if value is None else value
        for name, value in zip(function.parameters, given, strict=False)
    }
    for keyword in node.keywords:
        if keyword.arg is not None:
            names[keyword.arg] = _seen(run, keyword.value, frame) or reason
    scope = function.scope
    assert isinstance(scope, Frame)
    inner = Frame(names, scope, "call", (*frame.stack, node.lineno))
    inner.function = function
    doubt(run, function.node.body, inner, reason, depth + 1)


def _seen(run: Machine, node: ast.expr, frame: Frame) -> object:
    """The value of a name, or of an attribute or constant item of one; None when not so simple."""
    if isinstance(node, ast.Name):
        scope: Frame | None = frame
        while scope is not None:
            if node.id in scope.vars:
                return scope.vars[node.id]
            scope = scope.parent
        return None
    if isinstance(node, ast.Attribute):
        return _seen_attribute(_seen(run, node.value, frame), node, frame)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        value = _seen(run, node.value, frame)
        if isinstance(value, (list, tuple, dict)):
            try:
                return value[node.slice.value]  # type: ignore[index]
            except (LookupError, TypeError):
                return None
    return None


def _seen_attribute(value: object, node: ast.Attribute, frame: Frame) -> object:
    if isinstance(value, Instance):
        return value.fields.get(node.attr)
    if isinstance(value, UserClass):
        return value.fields.get(node.attr)
    if isinstance(value, Abstract):
        try:
            return value.get(node.attr, At(node.lineno, node.col_offset, frame.stack))
        except Missing:
            return None
    return None


_EFFECTS: dict[type, Effect] = {
    ast.Name: _name,
    ast.FunctionDef: _definition,
    ast.AsyncFunctionDef: _definition,
    ast.ClassDef: _definition,
    ast.ExceptHandler: _optional_name,
    ast.MatchAs: _optional_name,
    ast.MatchStar: _optional_name,
    ast.Import: _import,
    ast.ImportFrom: _import,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.AugAssign: _augmented,
    ast.Call: _call,
}

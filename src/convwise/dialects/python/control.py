"""Conditions, loops, with and try; what may or may not run is handed to `doubt`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from convwise.dialects.python.assignment import store
from convwise.dialects.python.doubt import leaves
from convwise.dialects.python.idle import Idle
from convwise.dialects.python.machine import (
    BREAK,
    CONTINUE,
    MAYBE_BREAK,
    MAYBE_CONTINUE,
    MAYBE_RETURN,
    Frame,
    Machine,
    place,
)
from convwise.dialects.python.protocols import iterate, truth
from convwise.dialects.python.values import Abstract, At, Instance, Unknown

_CUT_SHORT = "a loop that builds nothing, cut short"
# Signals of a body after which its loop goes on with the next round.
_GO_ON = (None, CONTINUE, MAYBE_CONTINUE)


def condition(run: Machine, node: ast.stmt, frame: Frame) -> str | None:
    """`if`: when its test is not known, neither branch runs and both are in doubt.

    A branch that ends with `raise` is not taken then: such tests guard against misuse.
    """
    assert isinstance(node, ast.If)
    answer = truth(run, run.evaluate(node.test, frame), place(node, frame))
    if not isinstance(answer, Unknown):
        return run.execute(node.body if answer else node.orelse, frame)
    if isinstance(node.body[-1], ast.Raise):
        return run.execute(node.orelse, frame)
    if node.orelse and isinstance(node.orelse[-1], ast.Raise):
        return run.execute(node.body, frame)
    return _in_doubt(run, [*node.body, *node.orelse], frame, answer)


def _in_doubt(run: Machine, body: list[ast.stmt], frame: Frame, reason: Unknown) -> str | None:
    run.doubt(run, body, frame, reason)
    signal = leaves(body)
    if signal is not None:
        frame.doubt = reason
    return signal


def for_loop(run: Machine, node: ast.stmt, frame: Frame) -> str | None:
    """`for`; when its elements are not known, its body is in doubt."""
    assert isinstance(node, ast.For)
    at = place(node, frame)
    items = iterate(run, run.evaluate(node.iter, frame), at)
    if isinstance(items, Unknown):
        store(run, node.target, items, frame)
        return _loop_in_doubt(run, node, frame, items)
    run.meter.loops.append((node.lineno, run.meter.steps_left))
    signal = _for_rounds(run, node, items, frame)
    run.meter.loops.pop()
    return signal


def _for_rounds(run: Machine, node: ast.For, items: Iterator[object], frame: Frame) -> str | None:
    meter = run.meter
    idle = Idle(run, node, frame)
    for item in items:
        meter.steps_left -= 2
        if meter.steps_left < 0:
            raise meter.endless()
        store(run, node.target, item, frame)
        signal = run.execute(node.body, frame)
        if signal not in _GO_ON:
            return _left(run, node, frame, signal)
        if idle.found():
            store(run, node.target, Unknown(_CUT_SHORT, node.lineno), frame)
            return _loop_in_doubt(run, node, frame, Unknown(_CUT_SHORT, node.lineno))
    return run.execute(node.orelse, frame) if node.orelse else None


def _loop_in_doubt(
    run: Machine, node: ast.For | ast.While, frame: Frame, reason: Unknown
) -> str | None:
    signal = _in_doubt(run, [*node.body, *node.orelse], frame, reason)
    return MAYBE_RETURN if signal == MAYBE_RETURN else None


def _left(run: Machine, node: ast.For | ast.While, frame: Frame, signal: str) -> str | None:
    """What follows from a signal that ended a loop's body."""
    if signal == BREAK:
        return None
    if signal in (MAYBE_BREAK, MAYBE_RETURN) and frame.doubt is not None:
        run.doubt(run, [*node.body, *node.orelse], frame, frame.doubt)
    return None if signal == MAYBE_BREAK else signal


def while_loop(run: Machine, node: ast.stmt, frame: Frame) -> str | None:
    """`while`; when its test is not known, its body is in doubt."""
    assert isinstance(node, ast.While)
    run.meter.loops.append((node.lineno, run.meter.steps_left))
    signal = _while_rounds(run, node, frame)
    run.meter.loops.pop()
    return signal


def _while_rounds(run: Machine, node: ast.While, frame: Frame) -> str | None:
    at = place(node, frame)
    meter = run.meter
    idle = Idle(run, node, frame)
    while True:
        answer = truth(run, run.evaluate(node.test, frame), at)
        if isinstance(answer, Unknown):
            return _loop_in_doubt(run, node, frame, answer)
        if not answer:
            return run.execute(node.orelse, frame) if node.orelse else None
        meter.steps_left -= 2
        if meter.steps_left < 0:
            raise meter.endless()
        signal = run.execute(node.body, frame)
        if signal not in _GO_ON:
            return _left(run, node, frame, signal)
        if idle.found():
            return _loop_in_doubt(run, node, frame, Unknown(_CUT_SHORT, node.lineno))


def with_block(run: Machine, node: ast.stmt, frame: Frame) -> str | None:
    """`with a as b`: the body runs whatever the context is."""
    assert isinstance(node, ast.With)
    entered: list[Abstract] = []
    at = place(node.items[0].context_expr, frame)
    try:
        for part in node.items:
            at = place(part.context_expr, frame)
            context = run.evaluate(part.context_expr, frame)
            value = _entered(run, context, at)
            if isinstance(context, Abstract):
                entered.append(context)
            if part.optional_vars is not None:
                store(run, part.optional_vars, value, frame)
        return run.execute(node.body, frame)
    finally:
        for context in reversed(entered):
            context.leave(at)


def _entered(run: Machine, context: object, at: At) -> object:
    if isinstance(context, Abstract):
        return context.enter(at)
    if isinstance(context, Instance):
        method = context.method("__enter__")
        if method is not None:
            return run.call(method, [], {}, at)
    return context if isinstance(context, Unknown) else Unknown("what `with` gives", at.line)


def not_followed(run: Machine, node: ast.stmt, frame: Frame) -> str | None:
    """`async for`, `async with`, `match`, and forms that a later Python may add: all in doubt."""
    reason = Unknown(f"what happens in this `{_WORDS.get(node.__class__, 'form')}`", node.lineno)
    return _in_doubt(run, [node], frame, reason)


_WORDS: dict[type, str] = {
    ast.AsyncFor: "async for",
    ast.AsyncWith: "async with",
    ast.Match: "match",
}

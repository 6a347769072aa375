"""Comprehensions and generator expressions; every element is paid for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from convwise.dialects.python.assignment import store
from convwise.dialects.python.equality import check_key
from convwise.dialects.python.machine import Frame, Machine, place
from convwise.dialects.python.protocols import iterate, lazily, truth
from convwise.dialects.python.values import At, Unknown


def _rounds(
    run: Machine,
    parts: list[ast.comprehension],
    items: Iterator[object] | Unknown,
    frame: Frame,
    at: At,
) -> Iterator[Unknown | None]:
    """One None for every round with the targets bound; an Unknown, then the end, when in doubt.

    `items` are the elements of the first part.
    """
    part = parts[0]
    if isinstance(items, Unknown):
        yield items
        return
    meter = run.meter
    for item in items:
        meter.steps_left -= 4
        if meter.steps_left < 0:
            raise meter.endless()
        store(run, part.target, item, frame)
        passed = _passes(run, part.ifs, frame, at)
        if isinstance(passed, Unknown):
            yield passed
            return
        if not passed:
            continue
        if len(parts) == 1:
            yield None
            continue
        inner = iterate(run, run.evaluate(parts[1].iter, frame), at)
        for doubt in _rounds(run, parts[1:], inner, frame, at):
            yield doubt
            if doubt is not None:
                return


def _passes(run: Machine, conditions: list[ast.expr], frame: Frame, at: At) -> bool | Unknown:
    for condition in conditions:
        answer = truth(run, run.evaluate(condition, frame), at)
        if isinstance(answer, Unknown) or not answer:
            return answer
    return True


def _outermost(
    run: Machine, parts: list[ast.comprehension], frame: Frame, at: At
) -> tuple[object, Iterator[object] | Unknown]:
    """What the comprehension goes through: looked up outside of it, as Python does."""
    source = run.evaluate(parts[0].iter, frame)
    return source, iterate(run, source, at)


def _scope(frame: Frame) -> Frame:
    return Frame({}, frame.closure, "comprehension", frame.stack)


def list_comprehension(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`[f(x) for x in xs if c]`."""
    assert isinstance(node, (ast.ListComp, ast.SetComp))
    scope = _scope(frame)
    made: list[object] = []
    element = node.elt
    meter = run.meter
    at = place(node, frame)
    _, items = _outermost(run, node.generators, frame, at)
    for doubt in _rounds(run, node.generators, items, scope, at):
        if doubt is not None:
            return doubt
        meter.take(16, "this list")
        made.append(run.evaluate(element, scope))
    return made


def set_comprehension(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`{f(x) for x in xs}`."""
    made = list_comprehension(run, node, frame)
    if not isinstance(made, list):
        return made
    for item in made:
        check_key(run, item, place(node, frame))
    run.meter.take(70 * len(made), "this set")
    return set(made)


def dict_comprehension(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`{k: v for k, v in pairs}`."""
    assert isinstance(node, ast.DictComp)
    scope = _scope(frame)
    at = place(node, frame)
    made: dict[object, object] = {}
    _, items = _outermost(run, node.generators, frame, at)
    for doubt in _rounds(run, node.generators, items, scope, at):
        if doubt is not None:
            return doubt
        run.meter.take(100, "this dict")
        key = run.evaluate(node.key, scope)
        check_key(run, key, at)
        made[key] = run.evaluate(node.value, scope)
    return made


def generator_expression(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`(f(x) for x in xs)`: made as it is used."""
    assert isinstance(node, ast.GeneratorExp)
    at = place(node, frame)
    source, items = _outermost(run, node.generators, frame, at)
    made = _generated(run, node, items, frame, at)
    return lazily(run, made, "a generator expression", [source])


def _generated(
    run: Machine,
    node: ast.GeneratorExp,
    items: Iterator[object] | Unknown,
    frame: Frame,
    at: At,
) -> Iterator[object]:
    scope = _scope(frame)
    for doubt in _rounds(run, node.generators, items, scope, at):
        if doubt is not None:
            yield doubt
            return
        yield run.evaluate(node.elt, scope)

"""Functions, lambdas, classes and their decorators; calls no body."""

from __future__ import annotations

import ast

from convwise.dialects.python.classes import ABC_BASE, finished
from convwise.dialects.python.machine import Frame, Machine, place, spelled
from convwise.dialects.python.names import store_name
from convwise.dialects.python.values import (
    At,
    Descriptor,
    Unknown,
    UserClass,
    UserFunction,
)

_FUNCTION_BYTES = 300
_CLASS_BYTES = 2000


def function(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`def name(...): ...`."""
    assert isinstance(node, ast.FunctionDef)
    made: object = _made(run, node.name, node, frame)
    for decorator in reversed(node.decorator_list):
        made = _decorated(run, decorator, made, frame)
    store_name(run, node.name, made, frame)


def async_function(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`async def name(...)`: never run, so what it gives is not known."""
    assert isinstance(node, ast.AsyncFunctionDef)
    store_name(run, node.name, Unknown(f"the async function `{node.name}`", node.lineno), frame)


def anonymous(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`lambda a: ...`."""
    assert isinstance(node, ast.Lambda)
    return _made(run, "<lambda>", node, frame)


def _made(
    run: Machine, name: str, node: ast.FunctionDef | ast.Lambda, frame: Frame
) -> UserFunction:
    run.meter.step(3)
    run.meter.take(_FUNCTION_BYTES, "this function")
    spec = node.args
    defaults: dict[str, object] = {}
    if spec.defaults:
        names = [*spec.posonlyargs, *spec.args][-len(spec.defaults) :]
        for parameter, value in zip(names, spec.defaults, strict=True):
            defaults[parameter.arg] = run.evaluate(value, frame)
    for parameter, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        if default is not None:
            defaults[parameter.arg] = run.evaluate(default, frame)
    return UserFunction(name, node, frame.closure, defaults)


def _decorated(run: Machine, decorator: ast.expr, made: object, frame: Frame) -> object:
    """The decorated object; itself, with a note, when the decorator is not known."""
    at = place(decorator, frame)
    if isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "deleter", "getter"):
        stored = run.evaluate(decorator.value, frame)
        if isinstance(stored, Descriptor):
            if decorator.attr == "setter":
                stored.setter = made
            return stored
    value = run.evaluate(decorator, frame)
    result = run.call(value, [made], {}, at)
    if isinstance(result, Unknown) or result is None:
        message = f"the decorator `@{spelled(decorator)}` is left out"
        run.host.note("decorator", message, decorator.lineno)
        return made
    return result


def user_class(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`class Name(Bases): ...`."""
    assert isinstance(node, ast.ClassDef)
    at = place(node, frame)
    run.meter.take(_CLASS_BYTES, "this class")
    bases = [run.evaluate(base, frame) for base in node.bases]
    body = Frame({}, frame, "class", frame.stack)
    run.execute(node.body, body)
    made: object = _class(run, node, bases, body, at)
    for decorator in reversed(node.decorator_list):
        made = _decorated(run, decorator, made, frame)
    store_name(run, node.name, made, frame)


def _class(
    run: Machine,
    node: ast.ClassDef,
    bases: list[object],
    body: Frame,
    at: At,
) -> object:
    for keyword in node.keywords:
        if keyword.arg != "metaclass":
            continue
        if spelled(keyword.value).endswith("ABCMeta"):
            bases.append(ABC_BASE)
        else:
            shown = spelled(keyword.value)
            return Unknown(f"the class `{node.name}` with the metaclass `{shown}`", node.lineno)
    made = UserClass(node.name, tuple(bases), node.lineno)
    made.fields = body.vars
    for value in made.fields.values():
        inner = value.function if isinstance(value, Descriptor) else value
        if isinstance(inner, UserFunction) and inner.owner is None:
            inner.owner = made
        if isinstance(value, Descriptor) and isinstance(value.setter, UserFunction):
            value.setter.owner = made
    return finished(run, made, body.annotated, at)

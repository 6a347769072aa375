"""Calls functions, methods and objects of the file; knows no framework and no builtin by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import cast

from convwise.dialects.python.limits import Meter
from convwise.dialects.python.machine import MAYBE_RETURN, RETURN, Frame, Machine, describe
from convwise.dialects.python.protocols import lazily
from convwise.dialects.python.signatures import Signature, bind, signature_of
from convwise.dialects.python.values import (
    At,
    BoundMethod,
    BoundNative,
    Builtin,
    BuiltinType,
    Descriptor,
    Instance,
    Partial,
    ProgramError,
    Unknown,
    UserFunction,
)
from convwise.errors import LimitError

_CALL_STEPS = 10
# The methods that change a list, dict or set.
CHANGING = frozenset(
    [
        "add",
        "append",
        "clear",
        "difference_update",
        "discard",
        "extend",
        "insert",
        "intersection_update",
        "pop",
        "popitem",
        "remove",
        "reverse",
        "setdefault",
        "sort",
        "update",
    ]
)


class EnoughYieldsError(Exception):
    """A generator has given as many values as are kept."""


def call_function(
    run: Machine, value: object, args: list[object], kwargs: dict[str, object], at: At
) -> object:
    """Call a function of the file: bind, run its body, return its result."""
    function = cast(UserFunction, value)
    meter = run.meter
    meter.step(_CALL_STEPS)
    signature = _signature(run, function.node)
    names = bind(function, signature, args, kwargs, at)
    frame = Frame(names, cast(Frame, function.scope), "call", (*at.stack, at.line))
    frame.function = function
    if signature.generator:
        frame.yields = []
        return lazily(run, _generated(run, function, frame, at), function.name)
    meter.enter()
    result = _run_body(run, function, frame)
    meter.depth -= 1
    meter.line = at.line
    return result


def _signature(run: Machine, node: ast.FunctionDef | ast.Lambda) -> Signature:
    signature = run.caches.get(node)
    if signature is None:
        signature = run.caches[node] = signature_of(node)
    return cast(Signature, signature)


def _run_body(run: Machine, function: UserFunction, frame: Frame) -> object:
    node = function.node
    if isinstance(node, ast.Lambda):
        return run.evaluate(node.body, frame)
    signal = run.execute(node.body, frame)
    if signal == RETURN:
        return frame.result
    if signal == MAYBE_RETURN:
        return frame.doubt
    return None


def _generated(run: Machine, function: UserFunction, frame: Frame, at: At) -> Iterator[object]:
    """Runs a generator's whole body when its first value is asked for."""
    meter = run.meter
    enough = False
    meter.enter()
    try:
        _run_body(run, function, frame)
    except EnoughYieldsError:
        enough = True
    meter.depth -= 1
    meter.line = at.line
    yield from frame.yields or ()
    if enough:
        raise _too_many(function, meter)


def _too_many(function: UserFunction, meter: Meter) -> LimitError:
    return LimitError(
        f"the generator `{function.name}` gives more than {meter.limits.yields:,} values",
        line=meter.line,
        hint="give the loop that uses it an end",
    )


def _call_bound(
    run: Machine, value: object, args: list[object], kwargs: dict[str, object], at: At
) -> object:
    bound = cast(BoundMethod, value)
    receiver = bound.receiver
    if isinstance(receiver, Instance):
        framework = receiver.type.framework
        if framework is not None and framework.takes_call(
            receiver, bound.function.name, [*args, *kwargs.values()]
        ):
            return framework.call_instance(receiver, args, kwargs, at)
    return call_function(run, bound.function, [receiver, *args], kwargs, at)


def _call_unknown(
    run: Machine, value: object, args: list[object], kwargs: dict[str, object], at: At
) -> object:
    run.meter.steps_left -= 3
    return value


def _first_unknown(args: list[object], kwargs: dict[str, object]) -> Unknown | None:
    for value in args:
        if value.__class__ is Unknown:
            return value
    for value in kwargs.values():
        if value.__class__ is Unknown:
            return value
    return None


def _call_builtin(
    run: Machine, value: object, args: list[object], kwargs: dict[str, object], at: At
) -> object:
    builtin = cast(Builtin, value)
    run.meter.step(3)
    if not builtin.lenient:
        unknown = _first_unknown(args, kwargs)
        if unknown is not None:
            return unknown
    return guarded(builtin.function, builtin.name, at, run, args, kwargs, at)


def _call_partial(
    run: Machine, value: object, args: list[object], kwargs: dict[str, object], at: At
) -> object:
    partial = cast(Partial, value)
    run.meter.step(3)
    return run.call(partial.function, [*partial.args, *args], {**partial.kwargs, **kwargs}, at)


def _call_bound_native(
    run: Machine, value: object, args: list[object], kwargs: dict[str, object], at: At
) -> object:
    bound = cast(BoundNative, value)
    run.meter.step(4)
    if bound.name in CHANGING and _first_unknown(args, kwargs) is None:
        run.meter.actions += 1
    return guarded(bound.function, bound.name, at, run, bound.receiver, args, kwargs, at)


def _call_type(
    run: Machine, value: object, args: list[object], kwargs: dict[str, object], at: At
) -> object:
    made = cast(BuiltinType, value)
    run.meter.step(3)
    if made.function is None:
        return Unknown(f"an object of {made.describe()}", at.line)
    unknown = _first_unknown(args, kwargs)
    if unknown is not None:
        return unknown
    return guarded(made.function, made.name, at, run, args, kwargs, at)


def guarded(function: object, name: str, at: At, *arguments: object) -> object:
    """Call code of the reader that works on plain values; Python's complaints become the file's."""
    try:
        return function(*arguments)  # type: ignore[operator]
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        said = str(error) or "not possible"
        raise ProgramError(type(error).__name__, f"`{name}`: {said}", at.line) from error


def _call_instance(
    run: Machine, value: object, args: list[object], kwargs: dict[str, object], at: At
) -> object:
    instance = cast(Instance, value)
    if instance.unknown is not None:
        return instance.unknown
    method = instance.method("__call__")
    if method is not None:
        return _call_bound(run, method, args, kwargs, at)
    framework = instance.type.framework
    if framework is not None:
        run.meter.step(_CALL_STEPS)
        return framework.call_instance(instance, args, kwargs, at)
    if instance.type.unknown_base is not None:
        return instance.type.unknown_base
    raise ProgramError("TypeError", f"{describe(value)} cannot be called", at.line)


def _call_descriptor(
    run: Machine, value: object, args: list[object], kwargs: dict[str, object], at: At
) -> object:
    return run.call(cast(Descriptor, value).function, args, kwargs, at)


CALLERS = {
    UserFunction: call_function,
    BoundMethod: _call_bound,
    Unknown: _call_unknown,
    Builtin: _call_builtin,
    Partial: _call_partial,
    BoundNative: _call_bound_native,
    BuiltinType: _call_type,
    Instance: _call_instance,
    Descriptor: _call_descriptor,
}

"""Values as text: str, repr, format and f-strings, every width paid for before it is filled."""

from __future__ import annotations

from typing import cast

from convwise.dialects.python.machine import Machine, describe
from convwise.dialects.python.values import (
    Abstract,
    At,
    Builtin,
    BuiltinType,
    Instance,
    ProgramError,
    Unknown,
    UserClass,
    UserFunction,
)

_SCALARS = frozenset((bool, int, float, complex, str, bytes, type(None)))
_BRACKETS = {list: ("[", "]"), tuple: ("(", ")"), set: ("{", "}")}
Text = str | Unknown


def text(run: Machine, value: object, at: At) -> Text:
    """What `str(value)` gives."""
    kind = value.__class__
    if kind is str:
        return cast(str, value)
    if kind is int or kind is float or kind is bool:
        return _number(value, at)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Abstract):
        return value.text(at)
    if isinstance(value, Instance):
        method = value.method("__str__") or value.method("__repr__")
        if method is not None:
            made = run.call(method, [], {}, at)
            return made if isinstance(made, (str, Unknown)) else _no_text(value, at)
    return representation(run, value, at)


def _number(value: object, at: At) -> str:
    try:
        return str(value)
    except ValueError:
        message = "an integer of more than 4,300 digits is not written out"
        raise ProgramError("ValueError", message, at.line) from None


def _no_text(value: object, at: At) -> Unknown:
    return Unknown(f"the text of {describe(value)}", at.line)


def representation(run: Machine, value: object, at: At) -> Text:
    """What `repr(value)` gives."""
    kind = value.__class__
    if kind in _SCALARS:
        if kind is str or kind is bytes:
            run.meter.take(4 * len(cast(str, value)), "this text")
            return repr(value)
        return _number(value, at)
    if kind in _BRACKETS:
        return _sequence(run, cast("list[object]", value), at)
    if kind is dict:
        return _mapping(run, cast("dict[object, object]", value), at)
    if kind is range or kind is slice or value is Ellipsis:
        return repr(value)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Abstract):
        return value.text(at)
    if isinstance(value, Instance):
        return _instance(run, value, at)
    if isinstance(value, (UserClass, UserFunction, Builtin, BuiltinType)):
        return f"<{value.name}>"
    return _no_text(value, at)


def _sequence(run: Machine, value: list[object], at: At) -> Text:
    parts = []
    for item in value:
        run.meter.step(1)
        part = representation(run, item, at)
        if isinstance(part, Unknown):
            return part
        run.meter.take(len(part), "this text")
        parts.append(part)
    opening, closing = _BRACKETS[value.__class__]
    if opening == "{" and not parts:
        return "set()"
    if opening == "(" and len(parts) == 1:
        return f"({parts[0]},)"
    return opening + ", ".join(parts) + closing


def _mapping(run: Machine, value: dict[object, object], at: At) -> Text:
    parts = []
    for key, item in value.items():
        run.meter.step(1)
        shown, part = representation(run, key, at), representation(run, item, at)
        if isinstance(shown, Unknown) or isinstance(part, Unknown):
            return shown if isinstance(shown, Unknown) else part
        run.meter.take(len(shown) + len(part), "this text")
        parts.append(f"{shown}: {part}")
    return "{" + ", ".join(parts) + "}"


def _instance(run: Machine, value: Instance, at: At) -> Text:
    if value.unknown is not None:
        return value.unknown
    method = value.method("__repr__")
    if method is not None:
        made = run.call(method, [], {}, at)
        return made if isinstance(made, (str, Unknown)) else _no_text(value, at)
    if value.type.style in ("dataclass", "namedtuple"):
        parts = []
        for name in value.type.record:
            part = representation(run, value.fields.get(name), at)
            if isinstance(part, Unknown):
                return part
            parts.append(f"{name}={part}")
        return f"{value.type.name}({', '.join(parts)})"
    if value.type.style == "enum":
        return f"{value.type.name}.{value.fields.get('name')}"
    return _no_text(value, at)


def formatted(run: Machine, value: object, spec: str, at: At) -> Text:
    """What `format(value, spec)` gives."""
    if not spec:
        return text(run, value, at)
    if isinstance(value, Unknown):
        return value
    if value.__class__ not in (bool, int, float, complex, str):
        return _no_text(value, at)
    run.meter.take(_numbers_in(spec), "this format")
    try:
        return format(value, spec)
    except (ValueError, TypeError, OverflowError) as error:
        raise ProgramError(type(error).__name__, str(error), at.line) from error


def _numbers_in(spec: str) -> int:
    """The sum of the numbers in a format: no width or precision can ask for more."""
    total, number = 0, 0
    for char in spec:
        if char.isdecimal():
            number = min(number * 10 + int(char), 10**18)
        else:
            total, number = total + number, 0
    return total + number


def percent(run: Machine, template: str, value: object, at: At) -> Text:
    """What `template % value` gives."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, dict):
        return _percent_filled(run, template, _percent_names(run, value, at), at)
    given = value if isinstance(value, tuple) else (value,)
    ready = []
    for item in given:
        part = _percent_item(run, item, at)
        if isinstance(part, Unknown):
            return part
        ready.append(part)
        if "*" in template and part.__class__ is int:
            run.meter.take(abs(part), "this format")
    return _percent_filled(run, template, tuple(ready), at)


def _percent_item(run: Machine, item: object, at: At) -> object:
    return item if item.__class__ in (bool, int, float, str) else text(run, item, at)


def _percent_names(run: Machine, value: dict[object, object], at: At) -> object:
    ready = {}
    for key, item in value.items():
        ready[key] = part = _percent_item(run, item, at)
        if isinstance(part, Unknown):
            return part
    return ready


def _percent_filled(run: Machine, template: str, ready: object, at: At) -> Text:
    if isinstance(ready, Unknown):
        return ready
    size = len(template) + _numbers_in(template)
    parts = ready.values() if isinstance(ready, dict) else cast("tuple[object, ...]", ready)
    size += sum(4 * len(part) if isinstance(part, str) else 0 for part in parts)
    run.meter.take(
        size * (2 if isinstance(ready, tuple) else 1 + template.count("%(")), "this text"
    )
    try:
        return template % ready
    except (ValueError, TypeError, OverflowError, KeyError) as error:
        raise ProgramError(type(error).__name__, str(error), at.line) from error

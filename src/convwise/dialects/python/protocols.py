"""What every value can be asked: truth, elements, length; never touches a real attribute."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import cast

from convwise.dialects.python.machine import Machine, describe
from convwise.dialects.python.values import (
    Abstract,
    At,
    Instance,
    Lazy,
    ProgramError,
    Unknown,
    UserClass,
)
from convwise.errors import LimitError

_PLAIN_TRUTH = frozenset(
    (bool, int, float, complex, str, bytes, type(None), tuple, list, dict, set, frozenset, range)
)
_SIZED = frozenset((str, bytes, tuple, list, dict, set, frozenset, range))


def truth(run: Machine, value: object, at: At) -> bool | Unknown:
    """Whether a condition holds."""
    kind = value.__class__
    if kind is bool:
        return cast(bool, value)
    if kind in _PLAIN_TRUTH:
        return bool(value)
    if kind is Unknown:
        return cast(Unknown, value)
    if isinstance(value, Abstract):
        return value.truth(at)
    if kind is Instance:
        return _instance_truth(run, cast(Instance, value), at)
    return True


def _size(value: object) -> int:
    """The length; of a range beyond what Python counts, the largest length it counts."""
    try:
        return len(value)  # type: ignore[arg-type]
    except OverflowError:
        return _UNCOUNTED


_UNCOUNTED = 2**63


def _instance_truth(run: Machine, instance: Instance, at: At) -> bool | Unknown:
    if instance.unknown is not None:
        return instance.unknown
    for name in ("__bool__", "__len__"):
        method = instance.method(name)
        if method is not None:
            return truth(run, run.call(method, [], {}, at), at)
    if instance.type.style == "namedtuple":
        return bool(instance.type.record)
    return True


def length(run: Machine, value: object, at: At) -> object:
    """`len(value)`. Raises ProgramError when it has none."""
    if value.__class__ in _SIZED:
        size = _size(value)
        if size == _UNCOUNTED:
            raise ProgramError("OverflowError", "this range is too long to be counted", at.line)
        return size
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Abstract):
        return value.length(at)
    if isinstance(value, Instance):
        if value.unknown is not None:
            return value.unknown
        if value.type.style == "namedtuple":
            return len(value.type.record)
        method = value.method("__len__")
        if method is not None:
            return run.call(method, [], {}, at)
        if isinstance(value.state, Abstract):
            return value.state.length(at)
        if value.type.framework is not None or value.type.unknown_base is not None:
            return Unknown(f"the length of {value.describe()}", at.line)
    if isinstance(value, UserClass) and value.style == "enum":
        return len(value.record)
    raise ProgramError("TypeError", f"{describe(value)} has no length", at.line)


Iterable = Iterator[object] | Unknown


def iterate(run: Machine, value: object, at: At) -> Iterable:
    """The elements of a value, lazily; Unknown when they cannot be known.

    Raises ProgramError when it has no elements.
    """
    handler = _ITERATE.get(value.__class__)
    if handler is not None:
        return handler(run, value, at)
    if isinstance(value, Abstract):
        return value.iterate(at)
    raise ProgramError("TypeError", f"{describe(value)} has no elements to go through", at.line)


def _plain(run: Machine, value: object, at: At) -> Iterable:
    return iter(value)  # type: ignore[call-overload, no-any-return]


def _dict(run: Machine, value: object, at: At) -> Iterable:
    names = cast("dict[object, object]", value)
    size = len(names)
    run.meter.take(8 * size, "these keys")
    return iter(list(names))


def _lazy(run: Machine, value: object, at: At) -> Iterable:
    return cast(Lazy, value).items


def _unknown(run: Machine, value: object, at: At) -> Iterable:
    return cast(Unknown, value)


def _class(run: Machine, value: object, at: At) -> Iterable:
    made = cast(UserClass, value)
    if made.style == "enum":
        return iter(list(made.record.values()))
    raise ProgramError("TypeError", f"{describe(value)} has no elements to go through", at.line)


def _instance(run: Machine, value: object, at: At) -> Iterable:
    instance = cast(Instance, value)
    if instance.unknown is not None:
        return instance.unknown
    if instance.type.style == "namedtuple":
        return iter([instance.fields[name] for name in instance.type.record])
    method = instance.method("__iter__")
    if method is not None:
        return iterate(run, run.call(method, [], {}, at), at)
    method = instance.method("__getitem__")
    if method is None and isinstance(instance.state, Abstract):
        return instance.state.iterate(at)
    if method is not None or instance.type.framework or instance.type.unknown_base:
        return Unknown(f"the elements of {instance.describe()}", at.line)
    raise ProgramError("TypeError", f"{describe(value)} has no elements to go through", at.line)


_ITERATE: dict[type, Callable[[Machine, object, At], Iterable]] = {
    list: _plain,
    tuple: _plain,
    str: _plain,
    bytes: _plain,
    range: _plain,
    set: _plain,
    frozenset: _plain,
    dict: _dict,
    Lazy: _lazy,
    Unknown: _unknown,
    UserClass: _class,
    Instance: _instance,
}

_ELEMENT_BYTES = 16
_TUPLE_BYTES = 120


def elements(run: Machine, value: object, at: At) -> list[object] | Unknown:
    """All elements as a new list, each paid for; Unknown when they cannot be known."""
    kind = value.__class__
    if kind is list or kind is tuple:
        size = len(value)  # type: ignore[arg-type]
        if size > 8:
            run.meter.take(8 * size, "this list")
        return list(value)  # type: ignore[call-overload, no-any-return]
    if kind in _SIZED:
        size = _size(value)
        run.meter.take(40 * size, "this list")
        return list(value)  # type: ignore[call-overload, no-any-return]
    items = iterate(run, value, at)
    if isinstance(items, Unknown):
        return items
    made: list[object] = []
    meter = run.meter
    for item in items:
        meter.steps_left -= 1
        meter.bytes_left -= _ELEMENT_BYTES
        if item.__class__ is tuple:
            # Made on the way, as by zip: nobody has paid for it yet.
            meter.bytes_left -= _TUPLE_BYTES
        if meter.steps_left < 0 or meter.bytes_left < 0:
            meter.step(0)
            meter.take(0, "this list")
        made.append(item)
    return made


_DEEPEST = 50


def lazily(
    run: Machine, items: Iterator[object], what: str, sources: Sequence[object] = ()
) -> Lazy:
    """A lazy value drawing from others. Raises LimitError when too many stand behind each other.

    Python's own iterators recurse without a check when they are nested.
    """
    run.meter.take(200, f"`{what}`")
    depth = 1
    for source in sources:
        if isinstance(source, Lazy):
            depth = max(depth, source.depth + 1)
        elif isinstance(source, (list, tuple)):
            run.meter.step(len(source) >> 4)
            depth = max([depth, *[one.depth + 1 for one in source if isinstance(one, Lazy)]])
    if depth > _DEEPEST:
        raise LimitError(
            f"more than {_DEEPEST} iterators draw from each other", line=run.meter.line
        )
    return Lazy(items, what, depth)

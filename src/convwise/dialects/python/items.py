"""Reads, stores and deletes items of plain values; framework values are asked."""

from __future__ import annotations

from typing import cast

from convwise.dialects.python.collection_methods import doubt_values
from convwise.dialects.python.equality import check_key
from convwise.dialects.python.extent import offered
from convwise.dialects.python.machine import Machine, describe
from convwise.dialects.python.protocols import elements
from convwise.dialects.python.values import (
    Abstract,
    At,
    Builtin,
    BuiltinType,
    Instance,
    ProgramError,
    Unknown,
    UserClass,
)

_SEQUENCES = frozenset((list, tuple, str, bytes, range))


def item(run: Machine, value: object, index: object, at: At) -> object:
    """`value[index]`. Raises ProgramError when there is no such item."""
    kind = value.__class__
    if kind is Unknown:
        return value
    if isinstance(value, Abstract):
        return value.item(offered(run.meter, index), at)
    doubt = _unknown_in(index)
    if kind in _SEQUENCES:
        return doubt if doubt is not None else _sequence(run, value, index, at)
    if kind is dict:
        return _key(run, cast("dict[object, object]", value), index, at)
    if isinstance(value, Instance):
        return _instance(run, value, index, at)
    if isinstance(value, UserClass) and value.style == "enum" and isinstance(index, str):
        return _key(run, cast("dict[object, object]", value.record), index, at)
    if isinstance(value, (BuiltinType, UserClass, Builtin)):
        return value
    raise ProgramError("TypeError", f"{describe(value)} has no items", at.line)


def _unknown_in(index: object) -> Unknown | None:
    if isinstance(index, Unknown):
        return index
    if isinstance(index, slice):
        for part in (index.start, index.stop, index.step):
            if isinstance(part, Abstract):
                return Unknown("a slice with bounds that are not known")
            if isinstance(part, Unknown):
                return part
    if isinstance(index, Abstract):
        return Unknown("an index that is not known")
    return None


def _sequence(run: Machine, value: object, index: object, at: At) -> object:
    sequence = cast("list[object]", value)
    if isinstance(index, slice) and value.__class__ is not range:
        run.meter.take(8 * len(sequence), "this slice")
    try:
        return sequence[index]  # type: ignore[call-overload]
    except IndexError:
        message = f"index {index} is outside of {describe(value)} with {len(sequence)} elements"
        raise ProgramError("IndexError", message, at.line) from None
    except (TypeError, ValueError, OverflowError):
        message = f"{describe(index)} is no index of {describe(value)}"
        raise ProgramError("TypeError", message, at.line) from None


def _key(run: Machine, names: dict[object, object], index: object, at: At) -> object:
    if isinstance(index, Unknown):
        return index
    check_key(run, index, at)
    if index in names:
        return names[index]
    factory = run.caches.get(("default", id(names)))
    if factory is not None:
        run.meter.take(100, "this dict")
        names[index] = made = run.call(cast("tuple[object, object]", factory)[1], [], {}, at)
        return made
    run.meter.step(len(names) >> 5)
    for known in names:
        if isinstance(known, Unknown):
            return known
    raise ProgramError("KeyError", f"no key {describe(index)} in the dict", at.line)


def _instance(run: Machine, instance: Instance, index: object, at: At) -> object:
    if instance.unknown is not None:
        return instance.unknown
    if instance.type.style == "namedtuple":
        values = elements(run, instance, at)
        return values if isinstance(values, Unknown) else item(run, tuple(values), index, at)
    method = instance.method("__getitem__")
    if method is not None:
        return run.call(method, [index], {}, at)
    if isinstance(instance.state, Abstract):
        return instance.state.item(offered(run.meter, index), at)
    if instance.type.framework is not None or instance.type.unknown_base is not None:
        return Unknown(f"an item of {instance.describe()}", at.line)
    raise ProgramError("TypeError", f"{describe(instance)} has no items", at.line)


def store_item(run: Machine, value: object, index: object, new: object, at: At) -> None:
    """`value[index] = new`."""
    if isinstance(value, Abstract):
        value.set_item(offered(run.meter, index), offered(run.meter, new), at)
    elif isinstance(value, dict):
        check_key(run, index, at)
        run.meter.take(100, "this dict")
        if isinstance(index, Unknown):
            doubt_values(value, index)
        else:
            value[index] = new
    elif isinstance(value, list):
        _store_in_list(run, value, index, new, at)
    elif isinstance(value, Instance):
        method = value.method("__setitem__")
        if method is not None:
            run.call(method, [index, new], {}, at)
        elif isinstance(value.state, Abstract):
            value.state.set_item(offered(run.meter, index), offered(run.meter, new), at)
    elif not isinstance(value, Unknown):
        raise ProgramError("TypeError", f"no item of {describe(value)} can be set", at.line)


def _store_in_list(run: Machine, items: list[object], index: object, new: object, at: At) -> None:
    doubt = _unknown_in(index)
    if doubt is not None:
        items[:] = [doubt] * len(items)
        return
    if isinstance(index, slice):
        more = elements(run, new, at)
        if isinstance(more, Unknown):
            items[:] = [more]
            return
        run.meter.take(8 * len(more) + 8 * len(items), "this list")
        new = more
    try:
        items[index] = new  # type: ignore[call-overload]
    except (IndexError, TypeError, ValueError) as error:
        raise ProgramError(type(error).__name__, str(error), at.line) from None


def delete_item(run: Machine, value: object, index: object, at: At) -> None:
    """`del value[index]`."""
    if isinstance(value, (list, dict)):
        run.meter.step(len(value) >> 6)
        if isinstance(index, Unknown):
            value.clear()
            return
        try:
            del value[index]  # type: ignore[arg-type]
        except (LookupError, TypeError) as error:
            raise ProgramError(type(error).__name__, str(error), at.line) from None

"""Methods of lists, dicts, tuples and sets, each paid for; takes only what it lists."""

from __future__ import annotations

from collections.abc import Callable

from convwise.dialects.python.equality import check_key, equal
from convwise.dialects.python.machine import Machine, describe
from convwise.dialects.python.ordering import arranged
from convwise.dialects.python.protocols import elements
from convwise.dialects.python.values import At, Lazy, ProgramError, Unknown

Args = list[object]
Kwargs = dict[str, object]
Method = Callable[..., object]


def _append(run: Machine, items: list[object], args: Args, kwargs: Kwargs, at: At) -> object:
    run.meter.take(16, "this list")
    items.append(*args)
    return None


def _extend(run: Machine, items: list[object], args: Args, kwargs: Kwargs, at: At) -> object:
    more = elements(run, args[0], at)
    if isinstance(more, Unknown):
        more = [Unknown(f"an element of {more.what}", more.line)]
    items.extend(more)
    return None


def _insert(run: Machine, items: list[object], args: Args, kwargs: Kwargs, at: At) -> object:
    run.meter.step(len(items) >> 6)
    run.meter.take(16, "this list")
    items.insert(*args)  # type: ignore[arg-type]
    return None


def _pop(run: Machine, items: list[object], args: Args, kwargs: Kwargs, at: At) -> object:
    if args and isinstance(args[0], Unknown):
        return args[0]
    run.meter.step(len(items) >> 6)
    return items.pop(*args)  # type: ignore[arg-type]


def _position(run: Machine, items: list[object], item: object, at: At) -> int | Unknown | None:
    for index, element in enumerate(items):
        run.meter.step(1)
        same = equal(run, element, item, at)
        if isinstance(same, Unknown):
            return same
        if same:
            return index
    return None


def _remove(run: Machine, items: list[object], args: Args, kwargs: Kwargs, at: At) -> object:
    index = _position(run, items, args[0], at)
    if isinstance(index, Unknown):
        items[:] = [index]
    elif index is None:
        raise ProgramError("ValueError", f"{describe(args[0])} is not in the list", at.line)
    else:
        del items[index]
    return None


def _index(run: Machine, items: list[object], args: Args, kwargs: Kwargs, at: At) -> object:
    start = args[1] if len(args) > 1 and isinstance(args[1], int) else 0
    run.meter.take(8 * len(items), "this list")
    index = _position(run, list(items)[start:], args[0], at)
    if index is None:
        raise ProgramError("ValueError", f"{describe(args[0])} is not in the list", at.line)
    return index if isinstance(index, Unknown) else index + start


def _count(run: Machine, items: list[object], args: Args, kwargs: Kwargs, at: At) -> object:
    total = 0
    for element in items:
        run.meter.step(1)
        same = equal(run, element, args[0], at)
        if isinstance(same, Unknown):
            return same
        total += same
    return total


def _sort(run: Machine, items: list[object], args: Args, kwargs: Kwargs, at: At) -> object:
    made = arranged(run, items, kwargs, at)
    items[:] = [made] if isinstance(made, Unknown) else made
    return None


def _whole(function: Callable[..., object], width: int = 8) -> Method:
    """A method that works on the whole collection and makes at most a copy of it."""

    def method(run: Machine, items: list[object], args: Args, kwargs: Kwargs, at: At) -> object:
        run.meter.take(width * len(items), "this copy")
        return function(items, *args)

    return method


LIST_METHODS: dict[str, Method] = {
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "pop": _pop,
    "remove": _remove,
    "index": _index,
    "count": _count,
    "sort": _sort,
    "reverse": _whole(list.reverse),
    "clear": _whole(list.clear),
    "copy": _whole(list.copy),
}
TUPLE_METHODS: dict[str, Method] = {"index": _index, "count": _count}


def _lookup(run: Machine, names: dict[object, object], key: object, at: At) -> object:
    """The value, Unknown if an unknown key could be it. Raises KeyError."""
    if isinstance(key, Unknown):
        return key
    check_key(run, key, at)
    if key in names:
        return names[key]
    run.meter.step(len(names) >> 5)
    for known in names:
        if isinstance(known, Unknown):
            return known
    raise KeyError(key)


def _get(run: Machine, names: dict[object, object], args: Args, kwargs: Kwargs, at: At) -> object:
    default = args[1] if len(args) > 1 else kwargs.get("default")
    try:
        return _lookup(run, names, args[0], at)
    except KeyError:
        return default


def _pop_key(
    run: Machine, names: dict[object, object], args: Args, kwargs: Kwargs, at: At
) -> object:
    try:
        found = _lookup(run, names, args[0], at)
    except KeyError:
        if len(args) > 1:
            return args[1]
        message = f"no key {describe(args[0])} in the dict"
        raise ProgramError("KeyError", message, at.line) from None
    names.pop(args[0], None)
    return found


def _set_default(
    run: Machine, names: dict[object, object], args: Args, kwargs: Kwargs, at: At
) -> object:
    try:
        return _lookup(run, names, args[0], at)
    except KeyError:
        run.meter.take(100, "this dict")
        names[args[0]] = value = args[1] if len(args) > 1 else None
        return value


def _update(
    run: Machine, names: dict[object, object], args: Args, kwargs: Kwargs, at: At
) -> object:
    for other in args:
        if isinstance(other, dict):
            run.meter.take(100 * len(other), "this dict")
            names.update(other)
        elif isinstance(other, Unknown):
            doubt_values(names, other)
        else:
            _update_pairs(run, names, other, at)
    names.update(kwargs)
    return None


def _update_pairs(run: Machine, names: dict[object, object], other: object, at: At) -> None:
    pairs = elements(run, other, at)
    if isinstance(pairs, Unknown):
        doubt_values(names, pairs)
        return
    for pair in pairs:
        parts = elements(run, pair, at)
        if isinstance(parts, Unknown):
            doubt_values(names, parts)
            continue
        key, value = parts
        check_key(run, key, at)
        run.meter.take(100, "this dict")
        names[key] = value


def doubt_values(names: dict[object, object], reason: Unknown) -> None:
    """Any value of the dict may have changed, and keys may have been added."""
    for key in names:
        names[key] = reason
    names[reason] = reason


def _keys(run: Machine, names: dict[object, object], args: Args, kw: Kwargs, at: At) -> object:
    run.meter.take(8 * len(names), "these keys")
    return list(names)


def _values(run: Machine, names: dict[object, object], args: Args, kw: Kwargs, at: At) -> object:
    run.meter.take(8 * len(names), "these values")
    return list(names.values())


def _items(run: Machine, names: dict[object, object], args: Args, kw: Kwargs, at: At) -> object:
    run.meter.take(64 * len(names), "these items")
    return list(names.items())


def _pop_item(run: Machine, names: dict[object, object], args: Args, kw: Kwargs, at: At) -> object:
    return names.popitem()


def _most_common(
    run: Machine, names: dict[object, object], args: Args, kwargs: Kwargs, at: At
) -> object:
    return Unknown("the most common elements", at.line)


DICT_METHODS: dict[str, Method] = {
    "get": _get,
    "pop": _pop_key,
    "setdefault": _set_default,
    "update": _update,
    "keys": _keys,
    "values": _values,
    "items": _items,
    "popitem": _pop_item,
    "copy": _whole(dict.copy, 100),
    "clear": _whole(dict.clear),
}


def _add(run: Machine, items: set[object], args: Args, kwargs: Kwargs, at: At) -> object:
    check_key(run, args[0], at)
    run.meter.take(70, "this set")
    items.add(*args)
    return None


def _merged(function: Callable[..., object]) -> Method:
    """A method of a set that takes other collections."""

    def method(run: Machine, items: set[object], args: Args, kwargs: Kwargs, at: At) -> object:
        others = []
        for arg in args:
            made = elements(run, arg, at)
            if isinstance(made, Unknown):
                return made
            for item in made:
                check_key(run, item, at)
            run.meter.take(70 * len(made), "this set")
            others.append(made)
        run.meter.take(70 * len(items), "this set")
        return function(items, *others)

    return method


def _discard(run: Machine, items: set[object], args: Args, kwargs: Kwargs, at: At) -> object:
    check_key(run, args[0], at)
    items.discard(args[0])
    return None


SET_METHODS: dict[str, Method] = {
    "add": _add,
    "discard": _discard,
    "remove": _discard,
    "pop": _whole(set.pop),
    "clear": _whole(set.clear),
    "copy": _whole(set.copy, 70),
    **{
        function.__name__: _merged(function)
        for function in (
            set.union,
            set.intersection,
            set.difference,
            set.symmetric_difference,
            set.update,
            set.difference_update,
            set.intersection_update,
            set.issubset,
            set.issuperset,
            set.isdisjoint,
        )
    },
}


def _send(run: Machine, lazy: Lazy, args: Args, kwargs: Kwargs, at: At) -> object:
    run.meter.step(1)
    return next(lazy.items, None)


LAZY_METHODS: dict[str, Method] = {
    "send": _send,
    "__next__": _send,
    "close": lambda run, lazy, args, kwargs, at: None,
}

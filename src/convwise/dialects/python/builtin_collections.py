"""Builtin functions that make or go through collections; what is long is made lazily."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from convwise.dialects.python.equality import check_key
from convwise.dialects.python.machine import Machine, describe
from convwise.dialects.python.ordering import arranged, extreme
from convwise.dialects.python.protocols import elements, iterate, lazily, length, truth
from convwise.dialects.python.values import At, Builtin, Lazy, ProgramError, Unknown

Args = list[object]
Kwargs = dict[str, object]


def to_list(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    """`list(...)`."""
    return elements(run, args[0], at) if args else []


def to_tuple(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    """`tuple(...)`."""
    if not args:
        return ()
    if args[0].__class__ is tuple:
        return args[0]
    items = elements(run, args[0], at)
    return items if isinstance(items, Unknown) else tuple(items)


def to_set(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    """`set(...)`."""
    items = elements(run, args[0], at) if args else []
    if isinstance(items, Unknown):
        return items
    for item in items:
        check_key(run, item, at)
    run.meter.take(70 * len(items), "this set")
    return set(items)


def to_frozenset(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    """`frozenset(...)`."""
    made = to_set(run, args, kwargs, at)
    return frozenset(made) if isinstance(made, set) else made


def to_dict(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    """`dict(...)`."""
    made: dict[object, object] = {}
    if args and isinstance(args[0], dict):
        run.meter.take(100 * len(args[0]), "this dict")
        made.update(args[0])
    elif args:
        pairs = elements(run, args[0], at)
        if isinstance(pairs, Unknown):
            return pairs
        for pair in pairs:
            parts = elements(run, pair, at)
            if isinstance(parts, Unknown):
                return parts
            key, value = parts
            check_key(run, key, at)
            run.meter.take(100, "this dict")
            made[key] = value
    made.update(kwargs)
    return made


def to_range(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    """`range(...)`."""
    for arg in args:
        if arg.__class__ not in (int, bool):
            if isinstance(arg, (float, str, list, tuple, type(None))):
                raise ProgramError("TypeError", f"range of {describe(arg)}", at.line)
            return Unknown(f"a range up to {describe(arg)}", at.line)
    return range(*cast("list[int]", args))


def to_slice(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    """`slice(...)`."""
    return slice(*args)


def _len(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return length(run, args[0], at)


def _enumerate(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    items = iterate(run, args[0], at)
    if isinstance(items, Unknown):
        return items
    start = cast(int, args[1] if len(args) > 1 else kwargs.get("start", 0))
    return lazily(run, enumerate(items, start), "enumerate", args)


def _zip(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    sources = []
    for arg in args:
        items = iterate(run, arg, at)
        if isinstance(items, Unknown):
            return items
        sources.append(items)
    return lazily(run, zip(*sources, strict=False), "zip", args)


def _map(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    sources = _zip(run, args[1:], {}, at)
    if isinstance(sources, Unknown):
        return sources
    pairs = cast("Iterator[tuple[object, ...]]", cast(Lazy, sources).items)
    results = (run.call(args[0], list(pair), {}, at) for pair in pairs)
    return lazily(run, results, "map", [sources])


def _filter(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    items = iterate(run, args[1], at)
    if isinstance(items, Unknown):
        return items
    return lazily(run, _kept(run, args[0], items, at), "filter", args)


def _kept(run: Machine, test: object, items: Iterator[object], at: At) -> Iterator[object]:
    for item in items:
        run.meter.step(1)
        passed = truth(run, item if test is None else run.call(test, [item], {}, at), at)
        if isinstance(passed, Unknown):
            yield passed
        elif passed:
            yield item


def _reversed(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    if isinstance(args[0], range):
        return lazily(run, reversed(args[0]), "reversed")
    items = elements(run, args[0], at)
    return items if isinstance(items, Unknown) else lazily(run, reversed(items), "reversed")


def _sorted(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    items = elements(run, args[0], at)
    return items if isinstance(items, Unknown) else arranged(run, items, kwargs, at)


def _min(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return _extreme(run, args, kwargs, False, at)


def _max(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return _extreme(run, args, kwargs, True, at)


def _extreme(run: Machine, args: Args, kwargs: Kwargs, largest: bool, at: At) -> object:
    items = elements(run, args[0], at) if len(args) == 1 else args
    if isinstance(items, Unknown):
        return items
    if not items:
        if "default" in kwargs:
            return kwargs["default"]
        name = "max" if largest else "min"
        raise ProgramError("ValueError", f"{name} of nothing", at.line)
    return extreme(run, items, kwargs.get("key"), largest, at)


def _iter(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    if args[0].__class__ is Lazy:
        return args[0]
    items = iterate(run, args[0], at)
    return items if isinstance(items, Unknown) else lazily(run, items, "iter")


_END = object()


def _next(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    if not isinstance(args[0], Lazy):
        return Unknown(f"the next element of {describe(args[0])}", at.line)
    item = next(args[0].items, _END)
    if item is not _END:
        return item
    if len(args) > 1:
        return args[1]
    raise ProgramError("StopIteration", "there is no next element", at.line)


COLLECTION_BUILTINS: dict[str, object] = {
    "len": Builtin("len", _len),
    "enumerate": Builtin("enumerate", _enumerate),
    "zip": Builtin("zip", _zip),
    "map": Builtin("map", _map),
    "filter": Builtin("filter", _filter),
    "reversed": Builtin("reversed", _reversed),
    "sorted": Builtin("sorted", _sorted),
    "min": Builtin("min", _min),
    "max": Builtin("max", _max),
    "iter": Builtin("iter", _iter),
    "next": Builtin("next", _next),
}

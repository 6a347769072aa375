"""The modules `functools`, `itertools` and `copy`; what is endless stays lazy and is paid for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import cast

from convwise.dialects.python.arithmetic import binary
from convwise.dialects.python.machine import Machine
from convwise.dialects.python.modules import Library, natives
from convwise.dialects.python.protocols import elements, iterate, lazily
from convwise.dialects.python.values import (
    Abstract,
    At,
    BoundMethod,
    Builtin,
    BuiltinType,
    Descriptor,
    Instance,
    Lazy,
    Partial,
    ProgramError,
    Unknown,
    UserFunction,
)

Args = list[object]
Kwargs = dict[str, object]


def identity(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    """A decorator that changes nothing a reading sees."""
    return args[0]


def maker_of_identity(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    """A decorator with or without arguments of its own that changes nothing."""
    if len(args) == 1 and not kwargs and isinstance(args[0], (UserFunction, BoundMethod)):
        return args[0]
    return Builtin("decorator", identity, lenient=True)


def _wraps(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return Builtin("wraps", identity, lenient=True)


def _partial(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return Partial(args[0], args[1:], dict(kwargs))


def _reduce(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    items = elements(run, args[1], at)
    if isinstance(items, Unknown):
        return items
    if len(args) > 2:
        items.insert(0, args[2])
    if not items:
        raise ProgramError("TypeError", "reduce of nothing", at.line)
    total = items[0]
    for value in items[1:]:
        total = run.call(args[0], [total, value], {}, at)
    return total


def _cached_property(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return Descriptor("property", args[0])


PARTIAL = BuiltinType("partial", (Partial,), _partial)
FUNCTOOLS = Library(
    "functools",
    {
        **natives(
            {
                "reduce": _reduce,
                "wraps": _wraps,
                "lru_cache": maker_of_identity,
                "cache": maker_of_identity,
                "cached_property": _cached_property,
                "total_ordering": identity,
            },
            lenient=True,
        ),
        "partial": PARTIAL,
    },
)


def _pools(run: Machine, args: Args, at: At) -> list[list[object]] | Unknown:
    pools = []
    for arg in args:
        pool = elements(run, arg, at)
        if isinstance(pool, Unknown):
            return pool
        pools.append(pool)
    return pools


def _paid(run: Machine, items: Iterator[object], size: int, what: str) -> Lazy:
    """The iterator, with every element of `size` values paid for."""

    def rounds() -> Iterator[object]:
        for item in items:
            run.meter.take(56 + 8 * size, "this tuple")
            yield item

    return lazily(run, rounds(), what)


def _product(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    pools = _pools(run, args, at)
    if isinstance(pools, Unknown):
        return pools
    repeat = cast(int, kwargs.get("repeat", 1))
    size = len(pools) * repeat
    run.meter.take(8 * size, "this product")
    return _paid(run, itertools.product(*pools, repeat=repeat), size, "product")


def _choices(function: Callable[..., Iterator[object]]) -> Callable[..., object]:
    """combinations and permutations."""

    def call(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
        pool = elements(run, args[0], at)
        if isinstance(pool, Unknown):
            return pool
        size = cast(int, args[1] if len(args) > 1 else kwargs.get("r", len(pool)))
        run.meter.take(8 * abs(size), "this tuple")
        return _paid(run, function(pool, size), size, function.__name__)

    return call


def _chain(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return _chained(run, iter(args), args, at)


def _chain_of(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    sources = iterate(run, args[0], at)
    return sources if isinstance(sources, Unknown) else _chained(run, sources, args, at)


def _chained(run: Machine, sources: Iterator[object], origin: Args, at: At) -> Lazy:
    def rounds() -> Iterator[object]:
        for source in sources:
            run.meter.step(1)
            items = iterate(run, source, at)
            yield from [items] if isinstance(items, Unknown) else items

    return lazily(run, rounds(), "chain", origin)


def _repeat(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    times = args[1] if len(args) > 1 else kwargs.get("times")
    if isinstance(times, int):
        return lazily(run, itertools.repeat(args[0], times), "repeat")
    return lazily(run, itertools.repeat(args[0]), "repeat")


def _count(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    start = cast(int, args[0] if args else kwargs.get("start", 0))
    step = cast(int, args[1] if len(args) > 1 else kwargs.get("step", 1))
    return lazily(run, itertools.count(start, step), "count")


def _cycle(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    items = elements(run, args[0], at)
    return items if isinstance(items, Unknown) else lazily(run, itertools.cycle(items), "cycle")


def _islice(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    items = iterate(run, args[0], at)
    if isinstance(items, Unknown):
        return items
    bounds = slice(*args[1:])
    start, step = cast(int, bounds.start or 0), cast(int, bounds.step or 1)
    stop = cast("int | None", bounds.stop)

    def rounds(items: Iterator[object]) -> Iterator[object]:
        for index in itertools.count():
            run.meter.step(1)
            if stop is not None and index >= stop:
                return
            try:
                value = next(items)
            except StopIteration:
                return
            if index >= start and (index - start) % step == 0:
                yield value

    return lazily(run, rounds(items), "islice", args)


def _accumulate(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    items = elements(run, args[0], at)
    if isinstance(items, Unknown):
        return items
    function = args[1] if len(args) > 1 else kwargs.get("func")
    totals: list[object] = [kwargs["initial"]] if "initial" in kwargs else []
    for value in items:
        run.meter.step(2)
        if not totals:
            totals.append(value)
        elif function is None:
            totals.append(binary(run, "+", totals[-1], value, at))
        else:
            totals.append(run.call(function, [totals[-1], value], {}, at))
    return lazily(run, iter(totals), "accumulate")


def _zip_longest(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    pools = _pools(run, args, at)
    if isinstance(pools, Unknown):
        return pools
    fill = kwargs.get("fillvalue")
    rounds = itertools.zip_longest(*pools, fillvalue=fill)
    return _paid(run, rounds, len(pools), "zip_longest")


def _starmap(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    items = iterate(run, args[1], at)
    if isinstance(items, Unknown):
        return items

    def rounds(items: Iterator[object]) -> Iterator[object]:
        for given in items:
            values = elements(run, given, at)
            known = not isinstance(values, Unknown)
            yield run.call(args[0], cast(Args, values), {}, at) if known else values

    return lazily(run, rounds(items), "starmap", args)


def _pairwise(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    items = elements(run, args[0], at)
    if isinstance(items, Unknown):
        return items
    return _paid(run, itertools.pairwise(items), 2, "pairwise")


ITERTOOLS = Library(
    "itertools",
    {
        **natives(
            {
                "product": _product,
                "combinations": _choices(itertools.combinations),
                "permutations": _choices(itertools.permutations),
                "repeat": _repeat,
                "count": _count,
                "cycle": _cycle,
                "islice": _islice,
                "accumulate": _accumulate,
                "zip_longest": _zip_longest,
                "starmap": _starmap,
                "pairwise": _pairwise,
            }
        ),
        "chain": BuiltinType(
            "chain", (), _chain, {"from_iterable": Builtin("from_iterable", _chain_of)}
        ),
    },
)


def _copy(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    value = args[0]
    if isinstance(value, (list, dict, set)):
        run.meter.take(100 * len(value), "this copy")
        return value.copy()
    return _copied_object(run, value, False, {}, at)


def _deepcopy(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return deep_copy(run, args[0], at)


def deep_copy(run: Machine, value: object, at: At) -> object:
    """What `copy.deepcopy(value)` gives."""
    return _deep(run, value, {}, at)


def _deep(run: Machine, value: object, memo: dict[int, object], at: At) -> object:
    run.meter.step(4)
    if id(value) in memo:
        return memo[id(value)]
    if isinstance(value, list):
        run.meter.take(100 + 8 * len(value), "this copy")
        items: list[object] = []
        memo[id(value)] = items
        items.extend([_deep(run, item, memo, at) for item in value])
        return items
    if isinstance(value, dict):
        run.meter.take(64 + 100 * len(value), "this copy")
        names: dict[object, object] = {}
        memo[id(value)] = names
        for key, item in value.items():
            names[key] = _deep(run, item, memo, at)
        return names
    if isinstance(value, tuple):
        run.meter.take(56 + 8 * len(value), "this copy")
        made = tuple([_deep(run, item, memo, at) for item in value])
        memo[id(value)] = made
        return made
    return _copied_object(run, value, True, memo, at)


def _copied_object(
    run: Machine, value: object, deep: bool, memo: dict[int, object], at: At
) -> object:
    if isinstance(value, Abstract):
        memo[id(value)] = made = value.copy(deep, at)
        return made
    if not isinstance(value, Instance) or value.type.style == "enum":
        return value
    run.meter.take(300, "this copy")
    copied = Instance(value.type)
    copied.unknown = value.unknown
    memo[id(value)] = copied
    framework = value.type.framework
    if framework is not None:
        framework.copy_instance(value, copied, deep, at)
    for name, item in value.fields.items():
        copied.fields[name] = _deep(run, item, memo, at) if deep else item
        if framework is not None:
            framework.set_instance_attribute(copied, name, copied.fields[name], at)
    return copied


COPY = Library("copy", natives({"copy": _copy, "deepcopy": _deepcopy}))

"""`collections`, `dataclasses`, `enum`, `abc`, `typing`: what makes classes and containers."""

from __future__ import annotations

import itertools
from typing import cast

from convwise.dialects.python.builtin_collections import to_dict
from convwise.dialects.python.builtin_objects import DICT
from convwise.dialects.python.classes import (
    ABC_BASE,
    AUTO,
    ENUMS,
    Factory,
    as_dataclass,
    record_class,
)
from convwise.dialects.python.equality import check_key
from convwise.dialects.python.library_tools import identity
from convwise.dialects.python.machine import Machine
from convwise.dialects.python.modules import Library, TypeNames, natives
from convwise.dialects.python.protocols import elements
from convwise.dialects.python.values import (
    NO_DEFAULT,
    At,
    Builtin,
    BuiltinType,
    Instance,
    ProgramError,
    Unknown,
    UserClass,
)

Args = list[object]
Kwargs = dict[str, object]


def _named_tuple(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    name = args[0] if args else kwargs.get("typename")
    names = args[1] if len(args) > 1 else kwargs.get("field_names", ())
    if isinstance(names, str):
        run.meter.take(34 * len(names), "these names")
        names = list(names.replace(",", " ").split())
    fields = elements(run, names, at)
    if isinstance(fields, Unknown) or not isinstance(name, str):
        return Unknown("a namedtuple", at.line)
    known = [field[0] if isinstance(field, tuple) else field for field in fields]
    if not all(isinstance(field, str) for field in known):
        return Unknown("a namedtuple", at.line)
    record: dict[str, object] = dict.fromkeys(cast("list[str]", known), NO_DEFAULT)
    given = elements(run, kwargs.get("defaults") or (), at)
    if isinstance(given, list):
        first = max(len(known) - len(given), 0)
        record.update(zip(itertools.islice(record, first, None), given, strict=False))
    return record_class(name, record, at)


def _default_dict(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    made = to_dict(run, args[1:], kwargs, at)
    if args and args[0] is not None and isinstance(made, dict):
        run.meter.take(300, "this dict")
        run.caches["default", id(made)] = (made, args[0])
    return made


def _counter(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    items = elements(run, args[0], at) if args else []
    if isinstance(items, Unknown):
        return items
    counts: dict[object, int] = {}
    for value in items:
        check_key(run, value, at)
        run.meter.take(100, "this counter")
        counts[value] = counts.get(value, 0) + 1
    return counts


_ABSTRACT_TYPES: dict[str, tuple[type, ...]] = {
    "Iterable": (list, tuple, dict, set, frozenset, str, range),
    "Sequence": (list, tuple, str, range),
    "Mapping": (dict,),
    "MutableMapping": (dict,),
    "MutableSequence": (list,),
    "Sized": (list, tuple, dict, set, frozenset, str, range),
    "Collection": (list, tuple, dict, set, frozenset, str, range),
    "Hashable": (int, float, str, bool, tuple),
}
ABSTRACT_TYPES = {name: BuiltinType(name, types, None) for name, types in _ABSTRACT_TYPES.items()}
COLLECTIONS_ABC = TypeNames("collections.abc", ABSTRACT_TYPES)
COLLECTIONS = Library(
    "collections",
    {
        **natives(
            {"namedtuple": _named_tuple, "defaultdict": _default_dict, "Counter": _counter},
        ),
        "OrderedDict": DICT,
        "abc": COLLECTIONS_ABC,
        **ABSTRACT_TYPES,
    },
)


def _dataclass(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    if args and isinstance(args[0], UserClass):
        return as_dataclass(args[0])
    return Builtin("dataclass", _dataclass)


def _field(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    if "default_factory" in kwargs:
        return Factory(kwargs["default_factory"])
    return kwargs.get("default", NO_DEFAULT)


def _as_dict(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    instance = _record(args[0], at)
    run.meter.take(100 * len(instance.fields), "this dict")
    return {name: instance.fields.get(name) for name in instance.type.record}


def _as_tuple(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return tuple(cast("dict[str, object]", _as_dict(run, args, kwargs, at)).values())


def _replace(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    values = cast("dict[str, object]", _as_dict(run, args, {}, at))
    return run.call(_record(args[0], at).type, [], {**values, **kwargs}, at)


def _record(value: object, at: At) -> Instance:
    if isinstance(value, Instance) and value.type.style == "dataclass":
        return value
    raise ProgramError("TypeError", "this is no object of a dataclass", at.line)


DATACLASSES = Library(
    "dataclasses",
    {
        **natives({"dataclass": _dataclass, "field": _field}, lenient=True),
        **natives({"asdict": _as_dict, "astuple": _as_tuple, "replace": _replace}),
    },
)


def _auto(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return AUTO


ENUM = Library(
    "enum",
    {
        **{name: BuiltinType(name, (), None) for name in sorted(ENUMS)},
        **natives({"auto": _auto, "unique": identity}),
    },
)
ABC = Library(
    "abc",
    {
        "ABC": ABC_BASE,
        "ABCMeta": BuiltinType("ABCMeta", (), None),
        **natives({"abstractmethod": identity}, lenient=True),
    },
)


def _cast(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return args[1]


TYPING = TypeNames(
    "typing",
    {
        **ABSTRACT_TYPES,
        **natives({"cast": _cast, "overload": identity, "final": identity}, lenient=True),
        "NamedTuple": BuiltinType("NamedTuple", (), None),
    },
)

"""Builtin functions about objects and classes, the types, and what is never done; runs no code."""

from __future__ import annotations

from typing import cast

from convwise.dialects.python import builtin_collections as collections
from convwise.dialects.python import builtin_numbers as numbers
from convwise.dialects.python.attributes import attribute, find_attribute, store_attribute
from convwise.dialects.python.machine import Machine, describe
from convwise.dialects.python.values import (
    Abstract,
    At,
    BoundMethod,
    BoundNative,
    Builtin,
    BuiltinType,
    Descriptor,
    FrameworkBase,
    Instance,
    Missing,
    Partial,
    ProgramError,
    Unknown,
    UserClass,
    UserFunction,
)

Args = list[object]
Kwargs = dict[str, object]

OBJECT = BuiltinType("object", (), None)
TYPES: dict[str, BuiltinType] = {
    "int": BuiltinType("int", (int, bool), numbers.to_int),
    "float": BuiltinType("float", (float,), numbers.to_float),
    "bool": BuiltinType("bool", (bool,), numbers.to_bool),
    "str": BuiltinType("str", (str,), numbers.to_text),
    "bytes": BuiltinType("bytes", (bytes,), None),
    "complex": BuiltinType("complex", (complex,), None),
    "list": BuiltinType("list", (list,), collections.to_list),
    "tuple": BuiltinType("tuple", (tuple,), collections.to_tuple),
    "set": BuiltinType("set", (set,), collections.to_set),
    "frozenset": BuiltinType("frozenset", (frozenset,), collections.to_frozenset),
    "range": BuiltinType("range", (range,), collections.to_range),
    "slice": BuiltinType("slice", (slice,), collections.to_slice),
    "object": OBJECT,
}
_MEANT = {kind: made for made in TYPES.values() for kind in made.types[:1]}
_NONE_TYPE = BuiltinType("NoneType", (type(None),), None)
_CALLABLE = (UserFunction, UserClass, BoundMethod, BoundNative, Builtin, BuiltinType, Partial)


def _from_keys(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    keys = collections.to_list(run, args[:1], {}, at)
    if isinstance(keys, Unknown):
        return keys
    value = args[1] if len(args) > 1 else None
    return collections.to_dict(run, [[(key, value) for key in cast(Args, keys)]], {}, at)


DICT = BuiltinType(
    "dict", (dict,), collections.to_dict, {"fromkeys": Builtin("fromkeys", _from_keys)}
)
TYPES["dict"] = DICT
_MEANT[dict] = DICT


def _isinstance(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    value, classes = args
    if isinstance(value, Unknown):
        return value
    return _is_one_of(run, value, classes, at)


def _is_one_of(run: Machine, value: object, classes: object, at: At) -> bool | Unknown:
    run.meter.step(1)
    if isinstance(classes, tuple):
        doubt: Unknown | None = None
        for single in classes:
            answer = _is_one_of(run, value, single, at)
            if answer is True:
                return True
            if isinstance(answer, Unknown):
                doubt = answer
        return False if doubt is None else doubt
    if isinstance(classes, BuiltinType):
        return classes is OBJECT or value.__class__ in classes.types or _derives(value, classes)
    if isinstance(classes, UserClass):
        return isinstance(value, Instance) and classes in value.type.order
    if isinstance(classes, Abstract):
        return _derives(value, classes) or classes.has_instance(value, at)
    if classes is None:
        return value is None
    return Unknown(f"isinstance of {describe(classes)}", at.line)


def _derives(value: object, base: object) -> bool:
    return isinstance(value, Instance) and any(one is base for one in value.type.order)


def _issubclass(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    made, base = args
    if isinstance(made, UserClass):
        bases = base if isinstance(base, tuple) else (base,)
        return any(one is wanted for one in made.order for wanted in bases)
    return Unknown("`issubclass`", at.line)


def _type(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    value = args[0]
    if len(args) > 1:
        return Unknown("a class made by `type`", at.line)
    if isinstance(value, Instance):
        return value.type
    if value is None:
        return _NONE_TYPE
    if isinstance(value, Partial):
        from convwise.dialects.python.library_tools import PARTIAL

        return PARTIAL
    if isinstance(value, (UserClass, FrameworkBase, BuiltinType)):
        return TYPE
    return _MEANT.get(value.__class__) or Unknown(f"the type of {describe(value)}", at.line)


TYPE = BuiltinType("type", (), _type)


def _hasattr(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    try:
        found = find_attribute(run, args[0], cast(str, args[1]), at)
    except (Missing, ProgramError):
        return False
    return found if isinstance(found, Unknown) else True


def _getattr(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    if isinstance(args[0], Unknown):
        return args[0]
    if not isinstance(args[1], str):
        return Unknown(f"an attribute of {describe(args[0])}", at.line)
    if len(args) == 2:
        return attribute(run, args[0], args[1], at)
    try:
        return find_attribute(run, args[0], args[1], at)
    except (Missing, ProgramError):
        return args[2]


def _setattr(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    if isinstance(args[1], str):
        store_attribute(run, args[0], args[1], args[2], at)
    return None


def _callable(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    value = args[0]
    if isinstance(value, Instance):
        return bool(value.method("__call__") or value.type.framework or value.type.unknown_base)
    return isinstance(value, (*_CALLABLE, Abstract))


def _vars(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    if args and isinstance(args[0], Instance) and args[0].unknown is None:
        return args[0].fields
    return Unknown("`vars()`", at.line)


def _print(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return None


def _descriptor(form: str) -> Builtin:
    def make(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
        return Descriptor(form, args[0] if args else kwargs.get("fget"))

    return Builtin(f"{form} method", make, lenient=True)


def _never(name: str) -> Builtin:
    def refuse(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
        return Unknown(f"`{name}(...)`", at.line)

    return Builtin(name, refuse, lenient=True)


_NEVER = [
    "open",
    "input",
    "exec",
    "eval",
    "compile",
    "__import__",
    "breakpoint",
    "globals",
    "locals",
    "memoryview",
    "bytearray",
    "id",
    "hash",
    "dir",
    "exit",
    "quit",
    "help",
    "delattr",
    "ascii",
]

OBJECT_BUILTINS: dict[str, object] = {
    **TYPES,
    "isinstance": Builtin("isinstance", _isinstance),
    "issubclass": Builtin("issubclass", _issubclass),
    "type": TYPE,
    "hasattr": Builtin("hasattr", _hasattr),
    "getattr": Builtin("getattr", _getattr, lenient=True),
    "setattr": Builtin("setattr", _setattr, lenient=True),
    "callable": Builtin("callable", _callable),
    "vars": Builtin("vars", _vars, lenient=True),
    "print": Builtin("print", _print, lenient=True),
    "staticmethod": _descriptor("static"),
    "classmethod": _descriptor("class"),
    "property": _descriptor("property"),
    "Ellipsis": Ellipsis,
    "__name__": "__main__",
    "__doc__": None,
    **{name: _never(name) for name in _NEVER},
}

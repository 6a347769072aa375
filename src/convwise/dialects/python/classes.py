"""Completes classes of the file and makes their objects: plain, dataclass, namedtuple, enum."""

from __future__ import annotations

from typing import cast

from convwise.dialects.python.inheritance import linearised
from convwise.dialects.python.machine import Machine, describe
from convwise.dialects.python.values import (
    NO_DEFAULT,
    Abstract,
    At,
    BuiltinType,
    Descriptor,
    FrameworkBase,
    Instance,
    ProgramError,
    Unknown,
    UserClass,
    UserFunction,
)

_INSTANCE_BYTES = 300
ENUMS = frozenset(("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"))
# Bases of Python itself that add no behaviour which a reading needs.
_EMPTY_BASES = frozenset(("object", "ABC", "Generic", "Protocol", "NamedTuple")) | ENUMS


ABC_BASE = BuiltinType("ABC", (), None)


class Factory:
    """The default of a dataclass field that is made anew for every object."""

    __slots__ = ("function",)

    def __init__(self, function: object) -> None:
        self.function = function


def finished(run: Machine, made: UserClass, annotated: list[str], at: At) -> UserClass:
    """The class with its bases understood and its fields in order."""
    made.bases = tuple([_base(base, at) for base in made.bases])
    made.order = linearised(made, at)
    for base in made.order[1:]:
        if isinstance(base, UserClass) and base.style != "plain" and made.style == "plain":
            made.style = base.style
            made.record = dict(base.record) if base.style != "enum" else {}
        elif isinstance(base, BuiltinType) and base.name == "NamedTuple":
            made.style = "namedtuple"
        elif isinstance(base, BuiltinType) and base.name in ENUMS:
            made.style = "enum"
    made.annotated = tuple(annotated)
    if made.style == "namedtuple" and annotated:
        made.record = {name: made.fields.get(name, NO_DEFAULT) for name in annotated}
    if made.style == "enum":
        _make_members(run, made, at)
    return made


def _base(base: object, at: At) -> object:
    """What a base brings: classes of the file and of frameworks as they are, the rest unknown."""
    if isinstance(base, (UserClass, FrameworkBase, Unknown)):
        return base
    if isinstance(base, BuiltinType) and (base.name in _EMPTY_BASES or base.function is None):
        return base
    return Unknown(describe(base), at.line)


def as_dataclass(made: UserClass) -> UserClass:
    """What `@dataclass` does: the annotated names, after those of the bases, are its fields."""
    record: dict[str, object] = {}
    for base in reversed(made.order):
        if isinstance(base, UserClass):
            for name in base.annotated:
                record[name] = base.fields.get(name, NO_DEFAULT)
    made.style = "dataclass"
    made.record = record
    return made


def _make_members(run: Machine, made: UserClass, at: At) -> None:
    """Every plain value of an enum's body becomes a member with a name and a value."""
    for name, value in list(made.fields.items()):
        if name.startswith("_") or isinstance(value, (UserFunction, Descriptor)):
            continue
        member = Instance(made)
        number = len(made.record) + 1
        member.fields = {"name": name, "value": number if value is AUTO else value}
        made.fields[name] = made.record[name] = member
    run.meter.take(_INSTANCE_BYTES * len(made.record), "this enum")


AUTO = Unknown("enum.auto()")


def instantiate(
    run: Machine, value: object, args: list[object], kwargs: dict[str, object], at: At
) -> object:
    """Call a class of the file."""
    made = cast(UserClass, value)
    run.meter.take(_INSTANCE_BYTES, "this object")
    if made.style == "enum":
        return _member_of(made, args, at)
    if any(isinstance(base, UserClass) and "__new__" in base.fields for base in made.order):
        return Unknown(f"an object of `{made.name}`, which has a `__new__`", at.line)
    instance = Instance(made)
    init = instance.method("__init__")
    if init is not None:
        run.call(init, args, kwargs, at)
    elif made.style in ("dataclass", "namedtuple"):
        _fill_record(run, instance, args, kwargs, at)
        _post_init(run, instance, at)
    else:
        _plain_init(run, instance, args, kwargs, at)
    return instance


def _plain_init(
    run: Machine, instance: Instance, args: list[object], kwargs: dict[str, object], at: At
) -> None:
    framework = instance.type.framework
    if framework is not None:
        framework.new_instance(instance, args, kwargs, at)
    elif (args or kwargs) and not any(
        isinstance(base, (Abstract, Unknown)) or _is_exception(base) for base in instance.type.order
    ):
        message = f"`{instance.type.name}` takes no arguments: it has no `__init__`"
        raise ProgramError("TypeError", message, at.line)


def _is_exception(base: object) -> bool:
    return isinstance(base, BuiltinType) and base.name not in _EMPTY_BASES


def _member_of(made: UserClass, args: list[object], at: At) -> object:
    if args and isinstance(args[0], Unknown):
        return args[0]
    for member in made.record.values():
        wanted = cast(Instance, member).fields["value"]
        if args and (wanted is args[0] or _same_plain(wanted, args[0])):
            return member
    raise ProgramError("ValueError", f"no such member of `{made.name}`", at.line)


def _same_plain(left: object, right: object) -> bool:
    plain = (int, float, str, bool)
    return isinstance(left, plain) and isinstance(right, plain) and left == right


def _fill_record(
    run: Machine, instance: Instance, args: list[object], kwargs: dict[str, object], at: At
) -> None:
    name_of_class = instance.type.name
    record = instance.type.record
    run.meter.take(100 * len(record), "this object")
    names = list(record)
    if len(args) > len(names):
        message = f"`{name_of_class}` takes {len(names)} values, but {len(args)} are given"
        raise ProgramError("TypeError", message, at.line)
    values = dict(zip(names, args, strict=False))
    for name, value in kwargs.items():
        if name not in record or name in values:
            message = f"`{name_of_class}` cannot take `{name}` here"
            raise ProgramError("TypeError", message, at.line)
        values[name] = value
    for name in names:
        if name not in values:
            values[name] = _default(run, record[name], name, name_of_class, at)
    instance.fields = {name: values[name] for name in names}


def _default(run: Machine, default: object, name: str, name_of_class: str, at: At) -> object:
    if default is NO_DEFAULT:
        message = f"`{name_of_class}` is made without its value `{name}`"
        raise ProgramError("TypeError", message, at.line)
    if isinstance(default, Factory):
        return run.call(default.function, [], {}, at)
    return default


def _post_init(run: Machine, instance: Instance, at: At) -> None:
    method = instance.method("__post_init__")
    framework = instance.type.framework
    if framework is not None and method is None:
        framework.new_instance(instance, [], {}, at)
    if method is not None:
        run.call(method, [], {}, at)


def record_class(name: str, fields: dict[str, object], at: At) -> UserClass:
    """What `namedtuple(name, fields)` gives."""
    made = UserClass(name, (), at.line)
    made.style = "namedtuple"
    made.record = fields
    return made

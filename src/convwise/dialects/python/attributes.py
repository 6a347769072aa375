"""Reads and stores attributes through tables and hooks; never reads one of a real object."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from convwise.dialects.python.extent import offered
from convwise.dialects.python.inheritance import Super
from convwise.dialects.python.machine import Machine, describe
from convwise.dialects.python.methods import METHODS
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
    Lazy,
    Missing,
    Partial,
    ProgramError,
    Unknown,
    UserClass,
    UserFunction,
)


def attribute(run: Machine, value: object, name: str, at: At) -> object:
    """`value.name`; Unknown where a framework does not tell. Raises ProgramError."""
    try:
        return find_attribute(run, value, name, at)
    except Missing:
        pass
    if isinstance(value, _OPEN) or (isinstance(value, (Instance, UserClass)) and is_dunder(name)):
        return Unknown(f"`{name}` of {describe(value)}", at.line)
    raise ProgramError("AttributeError", f"{describe(value)} has no attribute `{name}`", at.line)


# What may have attributes that a reading does not know: decorators that it leaves out set some.
_OPEN = (
    Abstract,
    BoundMethod,
    BoundNative,
    Builtin,
    BuiltinType,
    Descriptor,
    Lazy,
    Partial,
    UserFunction,
)


def find_attribute(run: Machine, value: object, name: str, at: At) -> object:
    """`value.name`. Raises Missing when it is certain, or a framework says, that there is none."""
    handler = _READ.get(value.__class__)
    if handler is not None:
        return handler(run, value, name, at)
    if isinstance(value, Abstract):
        return _abstract(run, value, name, at)
    methods = METHODS.get(value.__class__)
    if methods is not None:
        native = methods.get(name)
        if native is not None:
            return native(value) if name in _DATA else BoundNative(name, native, value)
    if is_dunder(name):
        message = f"`{name}` is not read: names with double underscores stay closed"
        raise ProgramError("AttributeError", message, at.line)
    if name in _NAMES.get(value.__class__, ()):
        return Unknown(f"`{name}` of {describe(value)}", at.line)
    raise Missing(name)


# Methods that Python has and the reader does not know.
_NAMES = {kind: frozenset(dir(kind)) for kind in METHODS if kind is not Lazy}
_DATA = frozenset(("real", "imag", "start", "stop", "step", "numerator", "denominator", "value"))


def is_dunder(name: str) -> bool:
    """Is this one of Python's own names?"""
    return name.startswith("__") and name.endswith("__")


def _unknown(run: Machine, value: object, name: str, at: At) -> object:
    return value


def _abstract(run: Machine, value: Abstract, name: str, at: At) -> object:
    try:
        return value.get(name, at)
    except Missing:
        if not isinstance(value, FrameworkBase):
            raise
    base = value
    if name == "__init__":
        return Builtin(name, lambda run, args, kwargs, at: _init_base(base, args, kwargs, at), True)
    if name == "__call__":
        return Builtin(name, lambda run, args, kwargs, at: _call_base(base, args, kwargs, at), True)
    return Builtin(
        name, lambda run, args, kwargs, at: _base(run, base, name, args, kwargs, at), True
    )


def _init_base(
    base: FrameworkBase, args: list[object], kwargs: dict[str, object], at: At
) -> object:
    if args and isinstance(args[0], Instance):
        base.new_instance(args[0], args[1:], kwargs, at)
    return None


def _call_base(
    base: FrameworkBase, args: list[object], kwargs: dict[str, object], at: At
) -> object:
    if args and isinstance(args[0], Instance):
        return base.call_instance(args[0], args[1:], kwargs, at)
    return Unknown(f"a call of {base.describe()}", at.line)


def _base(
    run: Machine,
    base: FrameworkBase,
    name: str,
    args: list[object],
    kwargs: dict[str, object],
    at: At,
) -> object:
    """`Base.method(self, ...)`, the old spelling of super()."""
    if not args or not isinstance(args[0], Instance):
        return Unknown(f"`{name}` of {base.describe()}", at.line)
    try:
        method = base.get_instance_attribute(args[0], name, at)
    except Missing:
        return Unknown(f"`{name}` of {base.describe()}", at.line)
    return run.call(method, args[1:], kwargs, at)


def _instance(run: Machine, value: object, name: str, at: At) -> object:
    instance = cast(Instance, value)
    fields = instance.fields
    if name in fields and instance.unknown is None:
        return fields[name]
    if instance.unknown is not None:
        return instance.unknown
    if name == "__class__":
        return instance.type
    if name == "__dict__":
        return fields
    try:
        return bound(run, instance.type.find(name), instance, at)
    except Missing:
        pass
    other = instance.method("__getattr__")
    if other is not None and not is_dunder(name):
        return run.call(other, [name], {}, at)
    return instance_of_framework(run, instance, name, at)


def instance_of_framework(run: Machine, instance: Instance, name: str, at: At) -> object:
    """An attribute that a framework class gives to instances. Raises Missing."""
    framework = instance.type.framework
    if framework is not None:
        if name == "__init__":
            return Builtin(
                name, lambda run, a, k, at: framework.new_instance(instance, a, k, at), True
            )
        if name == "__call__":
            return Builtin(
                name, lambda run, a, k, at: framework.call_instance(instance, a, k, at), True
            )
        return framework.get_instance_attribute(instance, name, at)
    unknown = instance.type.unknown_base
    if unknown is not None:
        return Unknown(f"`{name}` of {instance.describe()}, a kind of {unknown.what}", at.line)
    native = _record_method(instance.type.style, name)
    if native is not None:
        return BoundNative(name, native, instance)
    if name in ("__init__", "__init_subclass__", "__setattr__"):
        return Builtin(name, lambda run, args, kwargs, at: None, True)
    raise Missing(name)


def _record_method(style: str, name: str) -> Callable[..., object] | None:
    if style == "namedtuple":
        return {"_asdict": _as_dict, "_replace": _replaced}.get(name)
    return None


def _as_dict(
    run: Machine, instance: Instance, args: list[object], kwargs: dict[str, object], at: At
) -> object:
    run.meter.take(100 * len(instance.fields), "this dict")
    return dict(instance.fields)


def _replaced(
    run: Machine, instance: Instance, args: list[object], kwargs: dict[str, object], at: At
) -> object:
    run.meter.take(100 * len(instance.fields), "these fields")
    return run.call(instance.type, [], {**instance.fields, **kwargs}, at)


def bound(run: Machine, stored: object, receiver: object, at: At) -> object:
    """What a class attribute is when read through an instance (or through super())."""
    if stored.__class__ is UserFunction:
        return BoundMethod(stored, receiver)
    if isinstance(stored, Descriptor):
        if stored.form == "property":
            return run.call(stored.function, [receiver], {}, at)
        if stored.form == "class":
            owner = receiver.type if isinstance(receiver, Instance) else receiver
            return _with_class(stored.function, owner)
        return stored.function
    return stored


def _with_class(function: object, owner: object) -> object:
    if isinstance(function, UserFunction):
        return BoundMethod(function, owner)
    return function


def _class(run: Machine, value: object, name: str, at: At) -> object:
    made = cast(UserClass, value)
    if name in ("__name__", "__qualname__"):
        return made.name
    if name == "__doc__":
        return None
    if name == "__members__" or name == "_fields":
        return dict(made.record) if name == "__members__" else tuple(made.record)
    try:
        stored = made.find(name)
    except Missing:
        return _class_of_framework(run, made, name, at)
    if isinstance(stored, Descriptor) and stored.form != "property":
        return bound(run, stored, made, at)
    return stored


def _class_of_framework(run: Machine, made: UserClass, name: str, at: At) -> object:
    framework = made.framework
    if framework is not None:
        return _abstract(run, framework, name, at)
    if made.unknown_base is not None:
        return Unknown(f"`{name}` of {made.describe()}", at.line)
    if name == "__init__":
        return Builtin(name, lambda run, args, kwargs, at: None, True)
    if name in made.record or any(isinstance(base, BuiltinType) for base in made.order):
        return Unknown(f"`{name}` of {made.describe()}", at.line)
    raise Missing(name)


def _super(run: Machine, value: object, name: str, at: At) -> object:
    """An attribute of `super()`: the first of the later bases that has it."""
    seen = cast(Super, value)
    for base in seen.order:
        if isinstance(base, UserClass) and name in base.fields:
            return bound(run, base.fields[name], seen.receiver, at)
        if isinstance(base, (FrameworkBase, Unknown)):
            break
    if isinstance(seen.receiver, Instance):
        return instance_of_framework(run, seen.receiver, name, at)
    raise Missing(name)


def _function(run: Machine, value: object, name: str, at: At) -> object:
    function = cast(UserFunction, value)
    if name in ("__name__", "__qualname__"):
        return function.name
    if name == "__doc__":
        return None
    if name in function.fields:
        return function.fields[name]
    raise Missing(name)


def _method(run: Machine, value: object, name: str, at: At) -> object:
    bound_method = cast(BoundMethod, value)
    if name == "__self__":
        return bound_method.receiver
    return _function(run, bound_method.function, name, at)


def _native(run: Machine, value: object, name: str, at: At) -> object:
    if name in ("__name__", "__qualname__"):
        return cast(Builtin, value).name
    raise Missing(name)


def _partial(run: Machine, value: object, name: str, at: At) -> object:
    partial = cast(Partial, value)
    found = {"func": partial.function, "args": tuple(partial.args), "keywords": partial.kwargs}
    if name in found:
        return found[name]
    raise Missing(name)


def _type(run: Machine, value: object, name: str, at: At) -> object:
    made = cast(BuiltinType, value)
    if name in made.members:
        return made.members[name]
    for kind in made.types:
        native = METHODS.get(kind, {}).get(name)
        if native is not None:
            return _unbound(name, native)
    if name in ("__init__", "__setattr__"):
        return Builtin(name, lambda run, args, kwargs, at: None, True)
    return _native(run, value, name, at)


def _unbound(name: str, native: Callable[..., object]) -> Builtin:
    """`str.join`, called with its receiver as first argument."""

    def call(run: Machine, args: list[object], kwargs: dict[str, object], at: At) -> object:
        if not args or METHODS.get(args[0].__class__, {}).get(name) is not native:
            raise ProgramError("TypeError", f"`{name}` needs another receiver", at.line)
        return native(run, args[0], args[1:], kwargs, at)

    return Builtin(name, call)


def _descriptor(run: Machine, value: object, name: str, at: At) -> object:
    descriptor = cast(Descriptor, value)
    if name in ("setter", "getter", "deleter"):
        return Builtin(name, lambda run, args, kwargs, at: descriptor, True)
    raise Missing(name)


_READ: dict[type, Callable[[Machine, object, str, At], object]] = {
    Unknown: _unknown,
    Instance: _instance,
    UserClass: _class,
    UserFunction: _function,
    BoundMethod: _method,
    Builtin: _native,
    BoundNative: _native,
    BuiltinType: _type,
    Partial: _partial,
    Descriptor: _descriptor,
    Super: _super,
}


def store_attribute(run: Machine, value: object, name: str, new: object, at: At) -> None:
    """`value.name = new`."""
    if isinstance(value, Instance):
        _store_instance(run, value, name, new, at)
    elif isinstance(value, Abstract):
        value.set(name, offered(run.meter, new), at)
    elif isinstance(value, (UserClass, UserFunction)):
        run.meter.take(100, "this attribute")
        value.fields[name] = new
    elif not isinstance(value, (Unknown, Lazy, Builtin, BoundMethod)):
        message = f"{describe(value)} takes no attribute `{name}`"
        raise ProgramError("AttributeError", message, at.line)


def _store_instance(run: Machine, instance: Instance, name: str, new: object, at: At) -> None:
    try:
        stored = instance.type.find(name)
    except Missing:
        stored = None
    if isinstance(stored, Descriptor) and stored.form == "property":
        if stored.setter is not None:
            run.call(stored.setter, [instance, new], {}, at)
        return
    run.meter.take(100, "this attribute")
    instance.fields[name] = new
    framework = instance.type.framework
    if framework is not None:
        framework.set_instance_attribute(instance, name, new, at)

"""Methods of text and of numbers, each priced before it is done; takes only what it lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from convwise.dialects.python.machine import Machine
from convwise.dialects.python.protocols import elements
from convwise.dialects.python.text import formatted, representation
from convwise.dialects.python.values import At, ProgramError, Unknown

Args = list[object]
Kwargs = dict[str, object]
Method = Callable[[Machine, object, Args, Kwargs, At], object]
# Text that is at most as long as what it is made from, times this.
_WIDEST = 3


def _simple(function: Callable[..., object], width: int = 4) -> Method:
    """A method whose result is no longer than the text (or a number)."""

    def method(run: Machine, value: object, args: Args, kwargs: Kwargs, at: At) -> object:
        for arg in args:
            if arg.__class__ is Unknown:
                return arg
        run.meter.take(width * _WIDEST * len(cast(str, value)), "this text")
        return function(value, *args, **kwargs)

    return method


def _split(function: Callable[..., object]) -> Method:
    """A method that cuts text into pieces, each an object of its own."""

    def method(run: Machine, value: object, args: Args, kwargs: Kwargs, at: At) -> object:
        for arg in args:
            if arg.__class__ is Unknown:
                return arg
        run.meter.take(34 * len(cast(str, value)), "these pieces of text")
        return function(value, *args, **kwargs)

    return method


def _padded(function: Callable[..., object]) -> Method:
    """A method whose first argument is the width to fill."""

    def method(run: Machine, value: object, args: Args, kwargs: Kwargs, at: At) -> object:
        for arg in (*args, *kwargs.values()):
            if arg.__class__ is Unknown:
                return arg
            if isinstance(arg, int):
                tabs = cast(str, value).count("\t") if function is str.expandtabs else 1
                run.meter.take(4 * max(arg, 0) * tabs, "this text")
        run.meter.take(4 * len(cast(str, value)), "this text")
        return function(value, *args, **kwargs)

    return method


def _join(run: Machine, value: object, args: Args, kwargs: Kwargs, at: At) -> object:
    parts = elements(run, args[0], at)
    if isinstance(parts, Unknown):
        return parts
    size = len(cast(str, value)) * len(parts)
    for part in parts:
        if part.__class__ is Unknown:
            return part
        if not isinstance(part, (str, bytes)):
            raise ProgramError("TypeError", "join takes text only", at.line)
        size += len(part)
    run.meter.take(4 * size, "this text")
    return cast(str, value).join(cast("list[str]", parts))


def _replace(run: Machine, value: object, args: Args, kwargs: Kwargs, at: At) -> object:
    for arg in args:
        if arg.__class__ is Unknown:
            return arg
    string, old, new = cast("tuple[str, str, str]", (value, *args[:2]))
    run.meter.step(len(string) >> 6)
    size = len(string) + string.count(old) * max(len(new) - len(old), 0)
    run.meter.take(4 * size, "this text")
    return string.replace(old, new, *cast("list[int]", args[2:]))


def _translate(run: Machine, value: object, args: Args, kwargs: Kwargs, at: At) -> object:
    return Unknown("translated text", at.line)


def _format(run: Machine, value: object, args: Args, kwargs: Kwargs, at: At) -> object:
    """`str.format`: fields are looked up by the reader, never by Python."""
    template = cast(str, value)
    run.meter.take(4 * len(template), "this text")
    return _fill(run, template, args, kwargs, at, [0])


def _fill(
    run: Machine, template: str, args: Args, kwargs: Kwargs, at: At, counter: list[int]
) -> str | Unknown:
    from string import Formatter

    pieces = []
    for literal, field, spec, conversion in Formatter().parse(template):
        pieces.append(literal)
        if field is None:
            continue
        run.meter.step(2)
        if field == "" or field[0] in ".[":
            field = f"{counter[0]}{field}"
            counter[0] += 1
        item = _field(field, args, kwargs, at)
        if conversion in ("r", "a"):
            item = representation(run, item, at)
        nested = _fill(run, spec or "", args, kwargs, at, counter)
        shown = nested if isinstance(nested, Unknown) else formatted(run, item, nested, at)
        if isinstance(shown, Unknown):
            return shown
        run.meter.take(4 * len(shown), "this text")
        pieces.append(shown)
    return "".join(pieces)


def _field(field: str, args: Args, kwargs: Kwargs, at: At) -> object:
    """The value of a field: an argument by position or name.

    Paths into it are not followed: Python would read real attributes there, and nothing that
    decides a network needs them.
    """
    if "." in field or "[" in field:
        return Unknown(f"the format field `{{{field}}}`", at.line)
    if field.isdecimal():
        position = int(field) if len(field) < 7 else len(args)
        if position < len(args):
            return args[position]
    elif field in kwargs:
        return kwargs[field]
    raise ProgramError("KeyError", f"the format has no value for `{{{field}}}`", at.line)


def _encode(run: Machine, value: object, args: Args, kwargs: Kwargs, at: At) -> object:
    """To UTF-8 only: any other codec would be a module that the source chose."""
    if args or kwargs:
        return Unknown("encoded text", at.line)
    run.meter.take(4 * len(cast(str, value)), "this text")
    return cast(str, value).encode()


def _decode(run: Machine, value: object, args: Args, kwargs: Kwargs, at: At) -> object:
    if args or kwargs:
        return Unknown("decoded text", at.line)
    run.meter.take(4 * len(cast(bytes, value)), "this text")
    return cast(bytes, value).decode()


STR_METHODS: dict[str, Method] = {
    "join": _join,
    "replace": _replace,
    "format": _format,
    "encode": _encode,
    "translate": _translate,
    **{
        function.__name__: _simple(function)
        for function in (
            str.capitalize,
            str.casefold,
            str.count,
            str.endswith,
            str.find,
            str.index,
            str.isalnum,
            str.isalpha,
            str.isdecimal,
            str.isdigit,
            str.isidentifier,
            str.islower,
            str.isnumeric,
            str.isspace,
            str.istitle,
            str.isupper,
            str.lower,
            str.lstrip,
            str.partition,
            str.removeprefix,
            str.removesuffix,
            str.rfind,
            str.rindex,
            str.rpartition,
            str.rstrip,
            str.startswith,
            str.strip,
            str.swapcase,
            str.title,
            str.upper,
        )
    },
    **{f.__name__: _split(f) for f in (str.split, str.rsplit, str.splitlines)},
    **{
        f.__name__: _padded(f)
        for f in (str.center, str.expandtabs, str.ljust, str.rjust, str.zfill)
    },
}
BYTES_METHODS: dict[str, Method] = {
    "decode": _decode,
    **{f.__name__: _simple(f) for f in (bytes.hex, bytes.startswith, bytes.endswith)},
}


def _number(function: Callable[..., object]) -> Method:
    def method(run: Machine, value: object, args: Args, kwargs: Kwargs, at: At) -> object:
        return function(value)

    return method


INT_METHODS: dict[str, Callable[..., object]] = {
    "bit_length": _number(int.bit_length),
    "conjugate": _number(int.conjugate),
    "real": lambda value: value,
    "imag": lambda value: 0,
    "numerator": lambda value: value,
    "denominator": lambda value: 1,
    # A size of a tensor is a plain number here, in TensorFlow 1 an object with a `value`.
    "value": lambda value: value,
}
FLOAT_METHODS: dict[str, Callable[..., object]] = {
    "is_integer": _number(float.is_integer),
    "item": _number(float),
    "as_integer_ratio": _number(float.as_integer_ratio),
    "real": lambda value: value,
    "imag": lambda value: 0.0,
}

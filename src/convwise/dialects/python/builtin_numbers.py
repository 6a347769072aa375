"""Builtin functions on numbers and text; knows only what it lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from convwise.dialects.python.arithmetic import binary
from convwise.dialects.python.machine import Machine, describe
from convwise.dialects.python.protocols import elements, truth
from convwise.dialects.python.text import formatted, representation, text
from convwise.dialects.python.values import Abstract, At, Builtin, Instance, ProgramError, Unknown

# More than Python itself converts from decimal text.
_MOST_DIGITS = 5000

Args = list[object]
Kwargs = dict[str, object]


def to_int(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    """`int(...)`; a framework's value is asked for "int"."""
    if not args:
        return 0
    value = args[0]
    if isinstance(value, Abstract):
        return value.unary("int", at)
    if isinstance(value, (str, bytes)):
        if len(value) > _MOST_DIGITS:
            raise ProgramError("ValueError", "an integer with too many digits", at.line)
        return int(value, *cast("list[int]", args[1:]))
    return int(_real(value, at))


def to_float(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    """`float(...)`; a framework's value is asked for "float"."""
    if not args:
        return 0.0
    value = args[0]
    if isinstance(value, Abstract):
        return value.unary("float", at)
    if isinstance(value, str):
        run.meter.take(len(value), "this text")
        return float(value)
    return float(_real(value, at))


def _real(value: object, at: At) -> float:
    if not isinstance(value, (int, float)):
        raise ProgramError("TypeError", f"{describe(value)} is not a number", at.line)
    return value


def to_bool(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    """`bool(...)`."""
    return truth(run, args[0], at) if args else False


def to_text(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    """`str(...)`."""
    return text(run, args[0], at) if args else ""


def _repr(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return representation(run, args[0], at)


def _format(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return formatted(run, args[0], cast(str, args[1]) if len(args) > 1 else "", at)


def _abs(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    value = args[0]
    if isinstance(value, Abstract):
        return value.unary("abs", at)
    if isinstance(value, complex):
        return abs(value)
    return abs(_real(value, at))


def _round(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    value = args[0]
    if isinstance(value, Abstract):
        return value.unary("round", at)
    digits = args[1] if len(args) > 1 else kwargs.get("ndigits")
    if digits is None:
        return round(_real(value, at))
    if not isinstance(digits, int) or abs(digits) > 1000:
        raise ProgramError("ValueError", f"cannot round to {describe(digits)} digits", at.line)
    return round(_real(value, at), digits)


def _pow(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    if len(args) == 3:
        base, exponent, modulus = cast("list[int]", args)
        bits = max(1, modulus.bit_length()) if isinstance(modulus, int) else 1
        run.meter.step(exponent.bit_length() * (1 + bits >> 5) ** 2)
        return pow(base, exponent, modulus)
    return binary(run, "**", args[0], args[1], at)


def _divmod(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return binary(run, "//", args[0], args[1], at), binary(run, "%", args[0], args[1], at)


def _sum(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    items = elements(run, args[0], at)
    if isinstance(items, Unknown):
        return items
    total: object = args[1] if len(args) > 1 else kwargs.get("start", 0)
    for item in items:
        run.meter.step(1)
        total = binary(run, "+", total, item, at)
    return total


def _any(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return _decide(run, args[0], True, at)


def _all(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    return _decide(run, args[0], False, at)


def _decide(run: Machine, value: object, deciding: bool, at: At) -> object:
    items = elements(run, value, at)
    if isinstance(items, Unknown):
        return items
    doubt: Unknown | None = None
    for item in items:
        run.meter.step(1)
        answer = truth(run, item, at)
        if isinstance(answer, Unknown):
            doubt = answer
        elif answer is deciding:
            return deciding
    return doubt if doubt is not None else not deciding


def _plain(function: Callable[..., object]) -> Callable[..., object]:
    """A function of one small plain value."""

    def call(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
        if isinstance(args[0], (Abstract, Instance)):
            return Unknown(f"`{function.__name__}` of {describe(args[0])}", at.line)
        if isinstance(args[0], int):
            run.meter.take(args[0].bit_length(), "this text")
        return function(args[0])

    return call


NUMBER_BUILTINS: dict[str, object] = {
    "repr": Builtin("repr", _repr),
    "format": Builtin("format", _format),
    "abs": Builtin("abs", _abs),
    "round": Builtin("round", _round),
    "pow": Builtin("pow", _pow),
    "divmod": Builtin("divmod", _divmod),
    "sum": Builtin("sum", _sum),
    "any": Builtin("any", _any),
    "all": Builtin("all", _all),
    "chr": Builtin("chr", _plain(chr)),
    "ord": Builtin("ord", _plain(ord)),
    "hex": Builtin("hex", _plain(hex)),
    "bin": Builtin("bin", _plain(bin)),
    "oct": Builtin("oct", _plain(oct)),
}

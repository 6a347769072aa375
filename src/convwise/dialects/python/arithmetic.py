"""Operators on plain values, each priced before it is done; knows no framework."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import cast

from convwise.dialects.python.equality import equal, less
from convwise.dialects.python.extent import offered
from convwise.dialects.python.machine import Machine, describe
from convwise.dialects.python.text import percent
from convwise.dialects.python.values import (
    Abstract,
    At,
    BuiltinType,
    Instance,
    ProgramError,
    Unknown,
    UserClass,
)
from convwise.errors import LimitError

_PLAIN: dict[str, Callable[[object, object], object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
}
_METHODS = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "@": "matmul",
    "<<": "lshift",
    ">>": "rshift",
    "&": "and",
    "|": "or",
    "^": "xor",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
}
_NUMBERS = frozenset((bool, int, float, complex))
_INTEGERS = frozenset((bool, int))
_SEQUENCES = frozenset((str, bytes, list, tuple))
_SETS = frozenset((set, frozenset))
_TYPES = frozenset((UserClass, BuiltinType))
_MAX_BITS = 64 * 1024


def binary(run: Machine, op: str, left: object, right: object, at: At) -> object:
    """`left op right`. Raises ProgramError where Python would raise, LimitError when too large."""
    kind, other = left.__class__, right.__class__
    if kind in _NUMBERS and other in _NUMBERS:
        if kind in _INTEGERS and other in _INTEGERS:
            _price_integers(run, op, cast(int, left), cast(int, right))
        return _plain(op, left, right, at)
    if kind is Unknown:
        return left
    if other is Unknown:
        return right
    if isinstance(left, Abstract):
        return left.binary(op, offered(run.meter, right), False, at)
    if isinstance(right, Abstract):
        return right.binary(op, offered(run.meter, left), True, at)
    if kind is Instance or other is Instance:
        return _by_method(run, op, left, right, at)
    if kind is str and op == "%":
        return percent(run, cast(str, left), right, at)
    _price_containers(run, op, left, right)
    if op == "|" and (kind in _TYPES or other in _TYPES):
        return Unknown("a union of types", at.line)
    return _plain(op, left, right, at)


def _plain(op: str, left: object, right: object, at: At) -> object:
    function = _PLAIN.get(op)
    try:
        if function is not None:
            return function(left, right)
    except (ArithmeticError, TypeError, ValueError) as error:
        if not isinstance(error, TypeError):
            raise ProgramError(type(error).__name__, str(error), at.line) from error
    message = f"`{op}` does not go with {describe(left)} and {describe(right)}"
    raise ProgramError("TypeError", message, at.line)


def _price_integers(run: Machine, op: str, left: int, right: int) -> None:
    a, b = left.bit_length(), right.bit_length()
    if op == "**":
        if right > 0 and a > 1:
            # |left| ** right has at most a * right bits, and nearly as many.
            _refuse_bits(run, (a - 1) * right)
            run.meter.step(((a * right) >> 10) ** 2)
    elif op == "<<":
        if left and right > 0:
            _refuse_bits(run, a + right)
    elif op == "*":
        _refuse_bits(run, a + b)
    if a + b > 2048:
        run.meter.step(4 * (a >> 10) * (b >> 10))
        run.meter.take((a + b) >> 3, "this integer")


def _refuse_bits(run: Machine, bits: int) -> None:
    if bits > _MAX_BITS:
        raise LimitError(
            f"this integer would have about {_short(bits)} bits, at most {_MAX_BITS:,} are made",
            line=run.meter.line,
            hint="is the exponent meant?",
        )


def _short(number: int) -> str:
    return f"{number:,}" if number < 10**15 else f"2^{number.bit_length() - 1}"


def _price_containers(run: Machine, op: str, left: object, right: object) -> None:
    kind, other = left.__class__, right.__class__
    if op == "*":
        if kind in _INTEGERS:
            left, right, kind, other = right, left, other, kind
        if kind in _SEQUENCES and other in _INTEGERS:
            width = 4 if kind is str else 1 if kind is bytes else 8
            repeated = width * len(cast(str, left)) * max(cast(int, right), 0)
            run.meter.take(repeated, f"this {kind.__name__}")
    elif kind in _SEQUENCES and kind is other:
        width = 4 if kind is str else 8
        size = width * (len(cast(str, left)) + len(cast(str, right)))
        run.meter.take(size, f"this {kind.__name__}")
    elif kind in _SETS or kind is dict:
        run.meter.take(70 * len(cast("set[object]", left)), f"this {kind.__name__}")
        if other in _SETS or other is dict:
            run.meter.take(70 * len(cast("set[object]", right)), f"this {kind.__name__}")


def _by_method(run: Machine, op: str, left: object, right: object, at: At) -> object:
    name = _METHODS[op]
    for instance, other, prefix in ((left, right, ""), (right, left, "r")):
        if isinstance(instance, Instance):
            if instance.unknown is not None:
                return instance.unknown
            method = instance.method(f"__{prefix}{name}__")
            if method is not None:
                return run.call(method, [other], {}, at)
            if instance.type.framework is not None or instance.type.unknown_base is not None:
                return Unknown(f"`{op}` on {instance.describe()}", at.line)
    message = f"`{op}` does not go with {describe(left)} and {describe(right)}"
    raise ProgramError("TypeError", message, at.line)


_COMPARE: dict[str, Callable[..., object]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_REAL = frozenset((bool, int, float))


def compare(run: Machine, op: str, left: object, right: object, at: At) -> object:
    """`left op right` for an operator of order or equality."""
    kind, other = left.__class__, right.__class__
    if kind in _REAL and other in _REAL:
        return _COMPARE[op](left, right)
    if kind is str and other is str:
        run.meter.steps_left -= len(cast(str, left)) >> 10
        return _COMPARE[op](left, right)
    if kind is Unknown:
        return left
    if other is Unknown:
        return right
    if isinstance(left, Abstract):
        return _compare_abstract(run, op, left, right, False, at)
    if isinstance(right, Abstract):
        return _compare_abstract(run, op, right, left, True, at)
    if op == "==":
        return equal(run, left, right, at)
    if op == "!=":
        return _negated(equal(run, left, right, at))
    if kind in _SETS and other in _SETS:
        run.meter.step(len(cast("set[object]", left)))
        return _COMPARE[op](left, right)
    return _ordered(run, op, left, right, at)


def _compare_abstract(
    run: Machine, op: str, value: Abstract, other: object, reflected: bool, at: At
) -> object:
    if other is None and op in ("==", "!="):
        return value.is_none(at) is (op == "==")
    return value.binary(op, offered(run.meter, other), reflected, at)


def _negated(answer: bool | Unknown) -> bool | Unknown:
    return answer if isinstance(answer, Unknown) else not answer


def _ordered(run: Machine, op: str, left: object, right: object, at: At) -> object:
    if isinstance(left, Instance):
        method = left.method(f"__{_METHODS[op]}__")
        if method is not None:
            return run.call(method, [right], {}, at)
    if op == "<":
        return less(run, left, right, at)
    if op == ">":
        return less(run, right, left, at)
    if op == "<=":
        return _negated(less(run, right, left, at))
    return _negated(less(run, left, right, at))


def unary(run: Machine, op: str, value: object, at: At) -> object:
    """`-value`, `+value`, `~value`."""
    kind = value.__class__
    if kind in _NUMBERS:
        number = cast(int, value)
        if op == "-":
            return -number
        if op == "+":
            return +number
        if kind in _INTEGERS:
            return ~number
    if kind is Unknown:
        return value
    if isinstance(value, Abstract):
        return value.unary(op, at)
    if isinstance(value, Instance):
        method = value.method({"-": "__neg__", "+": "__pos__", "~": "__invert__"}[op])
        if method is not None:
            return run.call(method, [], {}, at)
        if value.unknown or value.type.framework or value.type.unknown_base:
            return Unknown(f"`{op}` on {value.describe()}", at.line)
    raise ProgramError("TypeError", f"`{op}` does not go with {describe(value)}", at.line)

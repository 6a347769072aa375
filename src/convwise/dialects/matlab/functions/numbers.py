"""Functions of numbers: rounding, remainders, powers, logic; element by element."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from convwise.dialects.matlab.arithmetic import binary
from convwise.dialects.matlab.machine import Machine
from convwise.dialects.matlab.values import Array, Builtin, Call, array, elements, is_number, whole
from convwise.dialects.python.values import Unknown


def _rounded(value: Any) -> Any:
    """Halves go away from zero."""
    return math.floor(abs(value) + 0.5) * (1 if value >= 0 else -1)


def _finite(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Infinity and NaN stay what they are."""
    return lambda value: function(value) if math.isfinite(value) else value


def _log(base: float | None) -> Callable[[Any], Any]:
    def found(value: Any) -> Any:
        if value <= 0:
            return -math.inf if value == 0 else math.nan
        return math.log2(value) if base == 2 else math.log10(value) if base else math.log(value)

    return found


def _root(value: Any) -> Any:
    return math.sqrt(value) if value >= 0 else math.nan


def _exp(value: Any) -> Any:
    return math.exp(value) if value < 700 else math.inf


_EACH: Final[dict[str, Callable[[Any], Any]]] = {
    "floor": _finite(math.floor),
    "ceil": _finite(math.ceil),
    "fix": _finite(math.trunc),
    "abs": abs,
    "sqrt": _root,
    "exp": _exp,
    "log": _log(None),
    "log2": _log(2),
    "log10": _log(10),
    "sign": lambda value: (value > 0) - (value < 0),
    "isnan": lambda value: value != value,
    "not": lambda value: not value,
    "double": lambda value: value + 0,
    "single": lambda value: value + 0,
    "logical": bool,
    **dict.fromkeys(
        ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"), _rounded
    ),
}


def mapped(function: Callable[[Any], Any]) -> Builtin:
    """A function of each number of its first argument."""

    def run(machine: Machine, call: Call) -> Any:
        if not call.args:
            return Unknown("a function without its argument", call.line)
        value = call.args[0]
        found = elements(value)
        if type(value) is Unknown:
            return value
        if found is None or not all(is_number(one) for one in found):
            return Unknown("a function of what is no number", call.line)
        made = [whole(function(one)) for one in found]
        return array(value.shape, made) if type(value) is Array else made[0]

    return run


def _round(machine: Machine, call: Call) -> Any:
    """`round(x)`, `round(x, digits)`."""
    if len(call.args) < 2:
        return mapped(_finite(_rounded))(machine, call)
    digits = call.args[1]
    if type(digits) is not int:
        return Unknown("`round`", call.line)
    return mapped(lambda value: round(value, digits))(machine, call)


def _modulo(one: Any, two: Any) -> Any:
    return one if two == 0 else one - math.floor(one / two) * two


def _remainder(one: Any, two: Any) -> Any:
    return one if two == 0 else one - math.trunc(one / two) * two


def _of_two(function: Callable[[Any, Any], Any]) -> Builtin:
    def run(machine: Machine, call: Call) -> Any:
        if len(call.args) != 2:
            return Unknown("a function of two numbers", call.line)
        one, two = call.args
        if not is_number(one) or not is_number(two):
            many = one if not is_number(one) else two
            if type(many) is not Array or many.values is None:
                return (
                    many if type(many) is Unknown else Unknown("a function of numbers", call.line)
                )
            pairs = [(each, two) if many is one else (one, each) for each in many.values]
            return array(many.shape, [whole(function(*pair)) for pair in pairs])
        return whole(function(one, two))

    return run


def _operator(op: str) -> Builtin:
    """`plus(a, b)` is `a + b`."""

    def run(machine: Machine, call: Call) -> Any:
        if len(call.args) != 2:
            return Unknown(f"`{op}`", call.line)
        one, two = call.args
        return binary(op, one, two, call.line)

    return run


def _constant(value: Any) -> Builtin:
    return lambda machine, call: value


_OPERATORS: Final = {
    "plus": "+",
    "minus": "-",
    "times": ".*",
    "mtimes": "*",
    "rdivide": "./",
    "power": ".^",
    "mpower": "^",
    "eq": "==",
    "ne": "~=",
    "lt": "<",
    "gt": ">",
    "le": "<=",
    "ge": ">=",
    "and": "&",
    "or": "|",
}

FUNCTIONS: Final[dict[str, Builtin]] = {
    **{name: mapped(function) for name, function in _EACH.items()},
    **{name: _operator(op) for name, op in _OPERATORS.items()},
    "round": _round,
    "mod": _of_two(_modulo),
    "rem": _of_two(_remainder),
    "idivide": _of_two(lambda one, two: math.trunc(one / two) if two else 0),
    "gcd": _of_two(lambda one, two: math.gcd(int(one), int(two))),
    "pi": _constant(math.pi),
    "Inf": _constant(math.inf),
    "inf": _constant(math.inf),
    "NaN": _constant(math.nan),
    "nan": _constant(math.nan),
    "eps": _constant(2.0**-52),
}

"""The modules `math` and `operator`; numbers of a framework are asked by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

from convwise.dialects.python.arithmetic import binary, compare
from convwise.dialects.python.items import item
from convwise.dialects.python.machine import Machine, describe
from convwise.dialects.python.modules import Library, natives
from convwise.dialects.python.protocols import elements
from convwise.dialects.python.values import Abstract, At, Builtin, ProgramError, Unknown
from convwise.errors import LimitError

Args = list[object]
Kwargs = dict[str, object]
_MAX_BITS = 64 * 1024
_NUMBERS = (int, float)


def real_function(name: str, function: Callable[..., object]) -> Callable[..., object]:
    """A function of real numbers; a framework's number is asked for it by name."""

    def call(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
        if args and isinstance(args[0], Abstract):
            return args[0].unary(name, at)
        bits = 0
        for arg in args:
            if not isinstance(arg, _NUMBERS):
                raise ProgramError("TypeError", f"`{name}` of {describe(arg)}", at.line)
            bits += arg.bit_length() if isinstance(arg, int) else 0
        if bits > 1024:
            _refuse(run, bits, name)
            run.meter.step(4 * (bits >> 10) ** 2)
        return function(*args)

    return call


def _refuse(run: Machine, bits: float, name: str) -> None:
    if bits > _MAX_BITS:
        message = f"`{name}` would make an integer of more than {_MAX_BITS:,} bits"
        raise LimitError(message, line=run.meter.line)
    run.meter.step(int(bits) >> 4)


def _factorial(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    number = cast(int, args[0])
    _refuse(run, math.lgamma(max(number, 0) + 1.0) / math.log(2), "factorial")
    return math.factorial(number)


def _comb(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    n, k = cast("tuple[int, int]", args)
    _refuse(run, min(k, n - k) * max(n, 1).bit_length() if n >= k else 0, "comb")
    return math.comb(n, k)


def _perm(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    n, k = cast("tuple[int, int]", args if len(args) == 2 else (args[0], args[0]))
    _refuse(run, k * max(n, 1).bit_length(), "perm")
    return math.perm(n, k)


def product(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    """`math.prod`."""
    items = elements(run, args[0], at)
    if isinstance(items, Unknown):
        return items
    total: object = kwargs.get("start", 1)
    for value in items:
        run.meter.step(1)
        total = binary(run, "*", total, value, at)
    return total


def _fsum(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    items = elements(run, args[0], at)
    if isinstance(items, Unknown) or any(isinstance(x, Unknown) for x in items):
        return Unknown("a sum", at.line)
    return math.fsum(cast("list[float]", items))


_REAL = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "copysign",
    "cos",
    "cosh",
    "degrees",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "fabs",
    "floor",
    "fmod",
    "frexp",
    "gamma",
    "gcd",
    "hypot",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "isqrt",
    "lcm",
    "ldexp",
    "lgamma",
    "log",
    "log10",
    "log1p",
    "log2",
    "modf",
    "pow",
    "radians",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "trunc",
]
_FUNCTIONS = {name: function for name, function in vars(math).items() if name in _REAL}

MATH = Library(
    "math",
    {
        **natives({name: real_function(name, f) for name, f in _FUNCTIONS.items()}),
        **natives(
            {
                "factorial": _factorial,
                "comb": _comb,
                "perm": _perm,
                "prod": product,
                "fsum": _fsum,
            }
        ),
        "pi": math.pi,
        "e": math.e,
        "tau": math.tau,
        "inf": math.inf,
        "nan": math.nan,
    },
)

_OPERATORS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "pow": "**",
    "matmul": "@",
}
_COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def _operation(
    function: Callable[..., object], symbol: str
) -> Callable[[Machine, Args, Kwargs, At], object]:
    def call(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
        return function(run, symbol, args[0], args[1], at)

    return call


def _item_getter(run: Machine, args: Args, kwargs: Kwargs, at: At) -> object:
    def get(run: Machine, given: Args, kwargs: Kwargs, at: At) -> object:
        found = [item(run, given[0], index, at) for index in args]
        return found[0] if len(found) == 1 else tuple(found)

    return Builtin("itemgetter", get)


OPERATOR = Library(
    "operator",
    {
        **natives({name: _operation(binary, symbol) for name, symbol in _OPERATORS.items()}),
        **natives({name: _operation(compare, symbol) for name, symbol in _COMPARISONS.items()}),
        **natives({"itemgetter": _item_getter}),
    },
)

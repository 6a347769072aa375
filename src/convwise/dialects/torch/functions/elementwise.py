"""Functions of every single value, and arithmetic of tensors with each other and with numbers."""

from __future__ import annotations

from math import pi
from typing import Final

from convwise.dialects.torch.functions.call import Call, plain_number
from convwise.dialects.torch.symbols import Symbol
from convwise.errors import RuleError
from convwise.graph.axes import DTYPE_BYTES
from convwise.kinds.activation import Activation
from convwise.kinds.contract import Kind
from convwise.kinds.merge import Merge
from convwise.kinds.unary import Cast, Unary
from convwise.kinds.views import Identity

_INVERSES: Final = ("sin", "cos", "tan", "sinh", "cosh", "tanh")

#: PyTorch's name -> the kind's function.
_UNARY: Final[dict[str, str]] = {
    "abs": "abs",
    "absolute": "abs",
    "square": "square",
    "sqrt": "sqrt",
    "rsqrt": "rsqrt",
    "exp": "exp",
    "expm1": "expm1",
    "log": "log",
    "log1p": "log1p",
    "log2": "log2",
    "log10": "log10",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "erf": "erf",
    "sign": "sign",
    "sgn": "sign",
    "floor": "floor",
    "ceil": "ceil",
    "round": "round",
    "neg": "negative",
    "negative": "negative",
    "reciprocal": "reciprocal",
    "exp2": "exp2",
    "trunc": "truncate",
    "fix": "truncate",
    "frac": "fraction",
    **{f"{arc}{name}": f"arc{name}" for arc in ("a", "arc") for name in _INVERSES},
    **dict.fromkeys(("gammaln", "lgamma"), "lgamma"),
    **{name: name for name in ("sinh", "cosh", "erfc", "erfinv", "digamma", "sinc", "logit")},
    **{name: name for name in ("isnan", "isinf", "isfinite", "logical_not")},
}

_ACTIVATIONS: Final[dict[str, str]] = {
    "expit": "sigmoid",
}

#: PyTorch's name -> operator.
_BINARY: Final[dict[str, str]] = {
    "add": "+",
    "sub": "-",
    "subtract": "-",
    "mul": "*",
    "multiply": "*",
    "div": "/",
    "divide": "/",
    "true_divide": "/",
    "floor_divide": "//",
    "remainder": "%",
    "fmod": "%",
    "pow": "**",
    "float_power": "**",
    "maximum": "maximum",
    "fmax": "maximum",
    "minimum": "minimum",
    "fmin": "minimum",
    **dict.fromkeys(("atan2", "arctan2"), "arctan2"),
    "logaddexp": "logaddexp",
    "eq": "==",
    **dict.fromkeys(("ne", "not_equal"), "!="),
    **dict.fromkeys(("lt", "less"), "<"),
    **dict.fromkeys(("le", "less_equal"), "<="),
    **dict.fromkeys(("gt", "greater"), ">"),
    **dict.fromkeys(("ge", "greater_equal"), ">="),
    **{f"logical_{word}": f"logical_{word}" for word in ("and", "or", "xor")},
    "bitwise_and": "&",
    "bitwise_or": "|",
    "bitwise_xor": "^",
}

#: Operators on two tensors -> the kind's operation.
MERGES: Final[dict[str, str]] = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "maximum": "maximum",
    "minimum": "minimum",
    "**": "power",
    "%": "modulo",
    "//": "floor_divide",
    "arctan2": "arctan2",
    "logaddexp": "logaddexp",
    "==": "equal",
    "!=": "not_equal",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
    "logical_and": "logical_and",
    "logical_or": "logical_or",
    "logical_xor": "logical_xor",
    "&": "bitwise_and",
    "|": "bitwise_or",
    "^": "bitwise_xor",
}

#: `c op x` says the same as `x op c` with this operator.
_MIRRORED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def combined(call: Call, first: object, op: str, second: object) -> object:
    """`first op second`, at least one of which is a tensor."""
    one, two = plain_number(first), plain_number(second)
    if one is not None and two is None:
        return _with_value(call, second, op, first, True)
    if two is not None:
        return _with_value(call, first, op, second, False)
    return together(call, _tensor(call, first), op, _tensor(call, second))


def _with_value(call: Call, tensor: object, op: str, value: object, reflected: bool) -> Symbol:
    """A tensor and a number: a function of every value, or the number is a tensor too."""
    symbol, number = _tensor(call, tensor), plain_number(value)
    assert number is not None
    if op not in MERGES or _functions(op, number, reflected) is not None:
        return with_number(call, symbol, op, number, reflected)
    other = _tensor(call, value)
    return together(call, other, op, symbol) if reflected else together(call, symbol, op, other)


def together(call: Call, one: Symbol, op: str, two: Symbol) -> Symbol:
    """Arithmetic of two tensors, axes of size 1 repeated."""
    operation = MERGES.get(op)
    if operation is None or not (one.known and two.known):
        call.given = {"input": one, "other": two}
        return call.unknown()
    if operation.startswith("bitwise") and one.tensor.dtype == two.tensor.dtype == "bool":
        operation = operation.replace("bitwise", "logical")
    before = one.dims if call.in_place else ()
    made: Symbol = call.run(Merge(operation, keeps_batch=False), one, two)
    if call.in_place and made.dims != before:
        raise RuleError(
            f"{call.name} of {two.shown()} into a tensor of shape {before} would make it "
            f"{made.dims}",
            hint="an operation in place keeps the shape; write x = x + y",
        )
    return made


def with_number(
    call: Call, symbol: Symbol, op: str, number: float, reflected: bool = False
) -> Symbol:
    """Arithmetic with a number is one function, or two, of every value."""
    kinds = _functions(op, number, reflected) if symbol.known else None
    if kinds is None:
        call.given = {"input": symbol}
        return call.unknown()
    found: Symbol = call.run(kinds, symbol)
    return found


def _functions(op: str, c: float, reflected: bool) -> list[Kind] | None:
    """`x op c`, or `c op x` when reflected."""
    if op == "+":
        return [Unary("add", (c,))]
    if op == "*":
        return [Unary("scale", (c,))]
    if op == "-":
        return [Unary("negative"), Unary("add", (c,))] if reflected else [Unary("add", (-c,))]
    if op in ("maximum", "minimum"):
        return [Unary(op, (c,))]
    if op in _MIRRORED:
        return [Unary(MERGES[_MIRRORED[op] if reflected else op], (c,))]
    if reflected and op == "**":
        return [Unary("exponential", (c,))]
    if reflected:
        return [Unary("reciprocal"), Unary("scale", (c,))] if op == "/" else None
    return _unreflected(op, c)


def _unreflected(op: str, c: float) -> list[Kind] | None:
    if op == "/" and c:
        return [Unary("scale", (1 / c,))]
    if op == "**":
        return [Unary("square")] if c == 2 else [Unary("power", (c,))]
    if op == "%":
        return [Unary("modulo", (c,))]
    if op == "//" and c:
        return [Unary("floor_divide", (c,))]
    return None


def _tensor(call: Call, value: object) -> Symbol:
    return Call(call.context, call.name, {"input": value}, call.at).tensor()


def _unary(function: str) -> object:
    def run(call: Call) -> object:
        return call.run(Unary(function), call.tensor())

    return run


def _activation(function: str) -> object:
    def run(call: Call) -> object:
        return call.run(Activation(function), call.tensor())

    return run


def _binary(op: str) -> object:
    def run(call: Call) -> object:
        second = call.get("other")
        scale = call.number("alpha", 1.0)
        if scale != 1.0:
            second = combined(call, _tensor(call, second), "*", scale)
        if call.get("rounding_mode") in ("floor", "trunc"):
            return combined(call, call.get("input"), "//", second)
        return combined(call, call.get("input"), op, second)

    return run


def _clamp(call: Call) -> object:
    low, high = call.get("min"), call.get("max")
    symbol = call.tensor()
    least, most = plain_number(low), plain_number(high)
    if (low is not None and least is None) or (high is not None and most is None):
        return _between(call, symbol, low, high)
    if least is not None and most is not None:
        return call.run(Unary("clip", (least, most)), symbol)
    if least is None and most is None:
        raise RuleError("clamp needs min, max or both")
    kind = Unary("maximum", (least,)) if least is not None else Unary("minimum", (most or 0.0,))
    return call.run(kind, symbol)


def _between(call: Call, symbol: Symbol, low: object, high: object) -> object:
    """Bounds that are tensors."""
    found: object = symbol
    if low is not None:
        found = combined(call, found, "maximum", low)
    return found if high is None else combined(call, found, "minimum", high)


def inverted(call: Call) -> object:
    """`~x`: not, of truth values; every bit, of whole numbers."""
    symbol = call.tensor()
    word = "logical" if symbol.tensor.dtype == "bool" else "bitwise"
    return call.run(Unary(f"{word}_not"), symbol)


def _xlogy(call: Call) -> object:
    """input * log(other)."""
    second = call.run(Unary("log"), call.tensor("other"))
    return combined(call, call.get("input"), "*", second)


def _hypot(call: Call) -> object:
    """The root of both squares' sum."""
    squares = [call.run(Unary("square"), call.tensor(name)) for name in ("input", "other")]
    return call.run(Unary("sqrt"), together(call, squares[0], "+", squares[1]))


def _turned(factor: float) -> object:
    def run(call: Call) -> object:
        return call.run(Unary("scale", (factor,)), call.tensor())

    return run


def _lerp(call: Call) -> object:
    """start + weight * (end - start)."""
    start, end = call.tensor(), call.tensor("end")
    gap = together(call, end, "-", start)
    return combined(call, start, "+", combined(call, gap, "*", call.get("weight")))


def _addcmul(op: str) -> object:
    """input + value * tensor1 op tensor2."""

    def run(call: Call) -> object:
        product = together(call, call.tensor("tensor1"), op, call.tensor("tensor2"))
        value = call.number("value", 1.0)
        scaled = product if value == 1.0 else combined(call, product, "*", value)
        return combined(call, call.tensor(), "+", scaled)

    return run


def cast(call: Call, symbol: Symbol, dtype: str) -> Symbol:
    """The values as another type; the same tensor where it has it."""
    if dtype not in DTYPE_BYTES or symbol.tensor.dtype == dtype:
        return symbol
    found: Symbol = call.run(Cast(dtype), symbol)
    return found


def _to(call: Call) -> object:
    """`x.to(device)`, `x.to(torch.float16)`, `x.to(other)`."""
    symbol = call.tensor()
    for value in (call.get("dtype"), call.given.get("target"), call.given.get("second")):
        if type(value) is str and value in DTYPE_BYTES:
            return cast(call, symbol, value)
        if type(value) is Symbol and value.known:
            return cast(call, symbol, value.tensor.dtype)
    return symbol


def _type_as(call: Call) -> object:
    return cast(call, call.tensor(), call.tensor("other").tensor.dtype)


def _typed(dtype: str) -> object:
    def run(call: Call) -> object:
        return cast(call, call.tensor(), dtype)

    return run


def _identity(call: Call) -> object:
    return call.run(Identity(), call.tensor())


_TYPES: Final = {
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "bfloat16": "bfloat16",
    "int": "int32",
    "long": "int64",
    "short": "int16",
    "char": "int8",
    "byte": "uint8",
    "bool": "bool",
}

FUNCTIONS: Final = {
    **{name: ("input decimals", _unary(function)) for name, function in _UNARY.items()},
    **{name: ("input", _activation(function)) for name, function in _ACTIVATIONS.items()},
    **{name: ("input other alpha rounding_mode", _binary(op)) for name, op in _BINARY.items()},
    **{name: ("input memory_format", _typed(dtype)) for name, dtype in _TYPES.items()},
    "bitwise_not": ("input", inverted),
    "xlogy": ("input other", _xlogy),
    "hypot": ("input other", _hypot),
    "deg2rad": ("input", _turned(pi / 180)),
    "rad2deg": ("input", _turned(180 / pi)),
    "clamp": ("input min max", _clamp),
    "clip": ("input min max", _clamp),
    "clamp_min": ("input min", _clamp),
    "clamp_max": ("input max", _clamp),
    "lerp": ("input end weight", _lerp),
    "addcmul": ("input tensor1 tensor2 value", _addcmul("*")),
    "addcdiv": ("input tensor1 tensor2 value", _addcmul("/")),
    "to": ("input target second non_blocking copy dtype", _to),
    "type": ("input target", _to),
    "type_as": ("input other", _type_as),
    "nan_to_num": ("input nan posinf neginf", _identity),
}

"""Functions of every single value, and arithmetic of tensors with each other and with numbers."""

from __future__ import annotations

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
}

#: Operators on two tensors -> the kind's operation.
MERGES: Final[dict[str, str]] = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "maximum": "maximum",
    "minimum": "minimum",
}


def combined(call: Call, first: object, op: str, second: object) -> object:
    """`first op second`, at least one of which is a tensor."""
    one, two = plain_number(first), plain_number(second)
    if one is not None and two is None:
        return with_number(call, _tensor(call, second), op, one, True)
    if two is not None:
        return with_number(call, _tensor(call, first), op, two)
    return together(call, _tensor(call, first), op, _tensor(call, second))


def together(call: Call, one: Symbol, op: str, two: Symbol) -> Symbol:
    """Arithmetic of two tensors, axes of size 1 repeated."""
    operation = MERGES.get(op)
    if operation is None or not (one.known and two.known):
        call.given = {"input": one, "other": two}
        return call.unknown()
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
        return [Unary("scale", (1 / c,)), Unary("floor")]
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
        return call.unknown()
    if least is not None and most is not None:
        return call.run(Unary("clip", (least, most)), symbol)
    if least is None and most is None:
        raise RuleError("clamp needs min, max or both")
    kind = Unary("maximum", (least,)) if least is not None else Unary("minimum", (most or 0.0,))
    return call.run(kind, symbol)


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

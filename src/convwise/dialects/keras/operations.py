"""Functions on symbolic tensors by one name each: keras.ops, K, tf, tf.nn and NumPy share them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from convwise.dialects.keras.arithmetic import binary, operand
from convwise.dialects.keras.blocks import flat
from convwise.dialects.keras.products import PRODUCTS
from convwise.dialects.keras.rearranging import REARRANGING
from convwise.dialects.keras.rows import operate, unknown_operation
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.table import activations
from convwise.dialects.keras.weights import Weight
from convwise.dialects.python.calling import named
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.values import At, Unknown
from convwise.kinds.choose import Where
from convwise.kinds.merge import Concatenate, Merge, Stack
from convwise.kinds.ranking import Sort, TopK
from convwise.kinds.reduce import Reduce
from convwise.kinds.running import Running
from convwise.kinds.unary import Cast, Unary

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context

Arguments = dict[str, Any]
Run = Callable[["Context", list[Any], Arguments, At], object]

#: Elementwise functions: the name in code -> the kind's function and Keras's class.
_FUNCTIONS: Final[dict[str, tuple[str, str]]] = {
    "abs": ("abs", "Absolute"),
    "absolute": ("abs", "Absolute"),
    "square": ("square", "Square"),
    "sqrt": ("sqrt", "Sqrt"),
    "rsqrt": ("rsqrt", "Rsqrt"),
    "exp": ("exp", "Exp"),
    "expm1": ("expm1", "Expm1"),
    "log": ("log", "Log"),
    "log1p": ("log1p", "Log1p"),
    "log2": ("log2", "Log2"),
    "log10": ("log10", "Log10"),
    "sin": ("sin", "Sin"),
    "cos": ("cos", "Cos"),
    "tan": ("tan", "Tan"),
    "erf": ("erf", "Erf"),
    "sign": ("sign", "Sign"),
    "floor": ("floor", "Floor"),
    "ceil": ("ceil", "Ceil"),
    "round": ("round", "Round"),
    "negative": ("negative", "Negative"),
    "reciprocal": ("reciprocal", "Reciprocal"),
    "exp2": ("exp2", "Exp2"),
    "trunc": ("truncate", "Trunc"),
    "logical_not": ("logical_not", "LogicalNot"),
    "isnan": ("isnan", "Isnan"),
    "isinf": ("isinf", "Isinf"),
    "isfinite": ("isfinite", "Isfinite"),
    **{
        name: (name, name.capitalize())
        for name in (
            *("arcsin", "arccos", "arctan", "sinh", "cosh", "arcsinh", "arccosh", "arctanh"),
            *("erfinv", "logit"),
        )
    },
}

_BINARY: Final[dict[str, str]] = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "true_divide": "/",
    "truediv": "/",
    "power": "**",
    "pow": "**",
    "floor_divide": "//",
    "floordiv": "//",
    "mod": "%",
    "maximum": "maximum",
    "minimum": "minimum",
    "arctan2": "arctan2",
    "atan2": "arctan2",
    "logaddexp": "logaddexp",
    "equal": "==",
    "not_equal": "!=",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "logical_and": "and",
    "logical_or": "or",
    "logical_xor": "xor",
    "bitwise_and": "&",
    "bitwise_or": "|",
    "bitwise_xor": "^",
}

_REDUCTIONS: Final[dict[str, str]] = {
    "mean": "mean",
    "reduce_mean": "mean",
    "sum": "sum",
    "reduce_sum": "sum",
    "max": "max",
    "amax": "max",
    "reduce_max": "max",
    "min": "min",
    "amin": "min",
    "reduce_min": "min",
    "prod": "prod",
    "reduce_prod": "prod",
    "std": "std",
    "reduce_std": "std",
    "var": "var",
    "reduce_variance": "var",
    "logsumexp": "logsumexp",
    "reduce_logsumexp": "logsumexp",
    "any": "any",
    "reduce_any": "any",
    "all": "all",
    "reduce_all": "all",
    "argmax": "argmax",
    "argmin": "argmin",
    "count_nonzero": "count",
}

_SAME: Final = (
    "stop_gradient",
    "identity",
    "convert_to_tensor",
    "constant",
    "copy",
    "ensure_shape",
    "asarray",
    "array",
)


def families() -> dict[str, tuple[str, ...]]:
    """The names of all functions that are known to work on tensors, by family."""
    return {
        "activations": tuple(activations.NAMES),
        "one tensor": (*_FUNCTIONS, *_SAME),
        "two tensors": tuple(_BINARY),
        "reductions": tuple(_REDUCTIONS),
        "others": tuple(_SPECIAL),
    }


def is_operation(name: str) -> bool:
    """Whether a function of this name is known to work on tensors."""
    return (
        name in _FUNCTIONS
        or name in _BINARY
        or name in _REDUCTIONS
        or name in _SPECIAL
        or name in _SAME
        or name in activations.NAMES
    )


def run(context: Context, name: str, args: list[Any], kwargs: Arguments, at: At) -> object:
    """Call a function on symbolic tensors."""
    special = _SPECIAL.get(name)
    if special is not None:
        return special(context, args, kwargs, at)
    if name in _REDUCTIONS:
        return _reduce(context, _REDUCTIONS[name], args, kwargs, at)
    if name in _BINARY:
        return _binary(context, name, args, kwargs, at)
    given = named(args, kwargs, "x")
    symbol = operand(context, given.get("x"), at)
    if symbol is None:
        return Unknown(f"`{name}` of something unknown", at.line)
    if name in _SAME:
        return symbol
    if name in _FUNCTIONS:
        function, title = _FUNCTIONS[name]
        return operate(context, title, [Part(Unary(function))], [symbol], at)[0]
    if name in activations.NAMES:
        return _activation(context, name, symbol, args[1:], kwargs, at)
    return unknown_operation(context, name, tensors([*args, *kwargs.values()]), at)


def tensors(values: list[Any]) -> list[Symbol]:
    """All symbolic tensors among arguments."""
    found = []
    for one in flat(values):
        if type(one) is Symbol:
            found.append(one)
        elif type(one) is Weight:
            found.append(one.symbol())
    return found


def _titled(name: str) -> str:
    return "".join([word.capitalize() for word in name.split("_")])


def _activation(
    context: Context, name: str, symbol: Symbol, rest: list[Any], kwargs: Arguments, at: At
) -> Symbol:
    numbers = {key: value for key, value in kwargs.items() if key in activations.NUMBERS}
    axis = kwargs.get("axis", kwargs.get("dim"))
    if axis is not None:
        numbers["axis"] = axis
    if rest and type(rest[0]) in (int, float):
        first = {"leaky_relu": "alpha", "elu": "alpha", "relu": "negative_slope"}.get(name)
        numbers[first or "axis"] = rest[0]
    kind = activations.called(name, numbers) if numbers else activations.named(name)
    return operate(context, _titled(name), [Part(kind)], [symbol], at)[0]


def _binary(context: Context, name: str, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = named(args, kwargs, "x y")
    first, second = given.get("x"), given.get("y")
    symbol = first if type(first) is Symbol else None
    if symbol is not None:
        return binary(symbol, _BINARY[name], second, False, at)
    other = operand(context, second, at)
    if other is None:
        return Unknown(f"`{name}` of something unknown", at.line)
    return binary(other, _BINARY[name], first, True, at)


def _reduce(context: Context, op: str, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = named(args, kwargs, "x axis keepdims")
    symbol = operand(context, given.get("x"), at)
    if symbol is None:
        return Unknown(f"`{op}` of something unknown", at.line)
    if not symbol.known:
        return unknown_operation(context, op, [symbol], at)
    axis = given.get("axis")
    listed = flat(axis) if axis is not None else list(range(symbol.rank))
    if not all(type(one) is int for one in listed):
        return unknown_operation(context, op, [symbol], at)
    positions = tuple([symbol.tensor.locate(one) for one in listed])  # type: ignore[arg-type]
    kind = Reduce(op, positions, bool(given.get("keepdims")))
    return operate(context, op.capitalize(), [Part(kind)], [symbol], at)[0]


def _joined(
    context: Context, args: list[Any], kwargs: Arguments, at: At
) -> tuple[list[Symbol] | None, int]:
    """The tensors of a concat or stack, in TensorFlow 0's order too, and the axis."""
    given = named(args, kwargs, "x axis")
    values, axis = given.get("x"), given.get("axis")
    if type(values) is int:
        values, axis = axis, values
    if type(values) not in (list, tuple):
        return None, 0
    found = [operand(context, one, at) for one in values]  # type: ignore[union-attr]
    symbols = [one for one in found if one is not None]
    whole = bool(found) and len(symbols) == len(found)
    return (symbols if whole else None), axis if type(axis) is int else -1


def _concatenate(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    symbols, axis = _joined(context, args, kwargs, at)
    if symbols is None:
        return Unknown("a concatenation of something unknown", at.line)
    if len(symbols) == 1:
        return symbols[0]
    return operate(context, "Concatenate", [Part(Concatenate(axis))], symbols, at)[0]


def _stack(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = named(args, kwargs, "x axis")
    symbols, axis = _joined(context, args, {**kwargs, "axis": given.get("axis", 0)}, at)
    if symbols is None:
        return Unknown("a stack of something unknown", at.line)
    return operate(context, "Stack", [Part(Stack(axis))], symbols, at)[0]


def _add_n(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    found = tensors([*args, *kwargs.values()])
    return operate(context, "AddN", [Part(Merge("add"))], found, at)[0]


def _cast(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = named(args, kwargs, "x dtype")
    symbol = operand(context, given.get("x"), at)
    if symbol is None:
        return Unknown("a cast of something unknown", at.line)
    dtype = given.get("dtype")
    if type(dtype) is not str or dtype == symbol.tensor.dtype:
        return symbol
    return operate(context, "Cast", [Part(Cast(dtype))], [symbol], at)[0]


def _clip(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = named(args, kwargs, "x low high")
    low: Any = given.get(
        "low", given.get("min_value", given.get("clip_value_min", given.get("x_min")))
    )
    high: Any = given.get(
        "high", given.get("max_value", given.get("clip_value_max", given.get("x_max")))
    )
    symbol = operand(context, given.get("x"), at)
    if symbol is None or type(low) not in (int, float) or type(high) not in (int, float):
        return unknown_operation(context, "clip", tensors(args), at)
    kind = Unary("clip", (float(low), float(high)))
    return operate(context, "Clip", [Part(kind)], [symbol], at)[0]


def _along(context: Context, args: list[Any], kwargs: Arguments, at: At, names: str) -> Any:
    """The tensor and the axis of a function along one axis; None where they are not known."""
    given = named(args, kwargs, names)
    symbol = operand(context, given.get("x"), at)
    axis = given.get("axis", -1)
    if symbol is None or not symbol.known or type(axis) is not int:
        return None
    return symbol, symbol.tensor.locate(axis), given


def _cumulative(op: str) -> Run:
    def run(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
        found = _along(context, args, {"axis": None, **kwargs}, at, "x axis")
        if found is None:
            return unknown_operation(context, f"cum{op}", tensors([*args, *kwargs.values()]), at)
        kind = Running(op, found[1])
        return operate(context, f"Cum{op}", [Part(kind)], [found[0]], at)[0]

    return run


def _top_k(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """Along the last axis: values and places."""
    found = _along(context, args, kwargs, at, "x k sorted")
    count = None if found is None else found[2].get("k", 1)
    if type(count) is not int:
        return unknown_operation(context, "top_k", tensors([*args, *kwargs.values()]), at)
    return operate(context, "TopK", [Part(TopK(count))], [found[0]], at)


def _sort(which: int, title: str) -> Run:
    def run(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
        found = _along(context, args, kwargs, at, "x axis direction")
        if found is None:
            name = title.lower()
            return unknown_operation(context, name, tensors([*args, *kwargs.values()]), at)
        kind = Sort(found[1], found[2].get("direction") == "DESCENDING")
        return operate(context, title, [Part(kind)], [found[0]], at)[which]

    return run


def _where(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`where(condition)` alone lists places, whose number depends on the values."""
    given = named(args, kwargs, "condition x y")
    condition = operand(context, given.get("condition"), at)
    if condition is None or "x" not in given or "y" not in given:
        return unknown_operation(context, "where", tensors([*args, *kwargs.values()]), at)
    pair = (given["x"], given["y"])
    numbers = [one if type(one) in (int, float) else None for one in pair]
    found = [
        operand(context, one, at)
        for one, number in zip(pair, numbers, strict=True)
        if number is None
    ]
    symbols = [one for one in found if one is not None]
    if len(symbols) < len(found) or not all(one.known for one in (*symbols, condition)):
        return unknown_operation(context, "where", [*symbols, condition], at)
    part = Part(Where(numbers[0], numbers[1]))
    return operate(context, "Where", [part], [*symbols, condition], at)[0]


def _like(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """A constant of the same shape: zeros_like, ones_like."""
    from convwise.dialects.keras.arithmetic import constant

    symbol = operand(context, named(args, kwargs, "x").get("x"), at)
    if symbol is None or not symbol.known:
        return Unknown("a constant of unknown shape", at.line)
    return constant(context, symbol.tensor, at)


def _normalize(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    from convwise.kinds.layer_normalization import UnitNorm

    given = named(args, kwargs, "x axis")
    symbol = operand(context, given.get("x"), at)
    axis = given.get("axis", -1)
    if symbol is None or type(axis) is not int or not symbol.known:
        return unknown_operation(context, "normalize", tensors(args), at)
    kind = UnitNorm((symbol.tensor.locate(axis),))
    return operate(context, "Normalize", [Part(kind)], [symbol], at)[0]


_SPECIAL: Final[dict[str, Run]] = {
    "concat": _concatenate,
    "concatenate": _concatenate,
    "stack": _stack,
    "add_n": _add_n,
    "cast": _cast,
    "clip": _clip,
    "clip_by_value": _clip,
    "where": _where,
    "cumsum": _cumulative("sum"),
    "cumprod": _cumulative("prod"),
    "top_k": _top_k,
    "sort": _sort(0, "Sort"),
    "argsort": _sort(1, "Argsort"),
    "zeros_like": _like,
    "ones_like": _like,
    "l2_normalize": _normalize,
    "normalize": _normalize,
    **REARRANGING,
    **PRODUCTS,
}

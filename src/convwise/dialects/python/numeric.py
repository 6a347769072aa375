"""Functions on arrays and numbers: what NumPy and TensorFlow make before a network sees it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, Protocol

from convwise.dialects.python.arrays import (
    LONGEST,
    Array,
    as_array,
    broadcast,
    cast,
    reduced,
    reshaped,
)
from convwise.dialects.python.calling import named
from convwise.dialects.python.functions import Inert
from convwise.dialects.python.sizes import Size, TensorShape
from convwise.dialects.python.values import At, Unknown
from convwise.graph.axes import FREE_BATCH
from convwise.graph.dims import Dim

Arguments = dict[str, Any]


class Places(Protocol):
    """Where arrays as large as the batch go: into the network, as fixed values."""

    def fixed(self, dims: tuple[Dim, ...], at: At) -> object: ...


Body = Callable[[Places, list[Any], Arguments, At], object]


def is_numeric(name: str) -> bool:
    """Whether a function of this name is known to work on arrays or numbers."""
    return name in _FUNCTIONS or name in _REDUCTIONS or name in _NUMBERS


def numeric(context: Places, name: str, args: list[Any], kwargs: Arguments, at: At) -> object:
    """Call a function that gets no symbolic tensor."""
    if name.startswith("cast_"):
        array = as_array(args[0]) if args else None
        found = cast(array, name.removeprefix("cast_")) if array is not None else None
        return found.number if found is not None and found.number is not None else found
    body = _FUNCTIONS.get(name)
    if body is not None:
        return body(context, args, kwargs, at)
    if name in _REDUCTIONS:
        return _reduce(name.removeprefix("reduce_"), args, kwargs, at)
    if name in _NUMBERS:
        return _number(_NUMBERS[name], name, args, at)
    if name in _LAID_OUT:
        return _sized(kwargs.get("shape", kwargs.get("size", args[-1] if args else None)))
    return Inert(f"{name}(...)")


def _sized(shape: object) -> object:
    """An array of a given shape; a free size stays free."""
    if type(shape) is int:
        return Array((shape,))
    if type(shape) is TensorShape:
        shape = shape.dims
    if type(shape) in (tuple, list) and len(shape) <= LONGEST:  # type: ignore[arg-type]
        return Array(tuple([one if type(one) is int else None for one in shape]))  # type: ignore[attr-defined]
    if shape is None:
        return Array(())
    return Array(None)


def _filled(context: Places, args: list[Any], kwargs: Arguments, at: At) -> object:
    shape = args[0] if args else kwargs.get("shape")
    fixed = _random_shape(context, shape, at)
    return fixed if fixed is not None else _sized(shape)


def _random_shape(context: Places, shape: object, at: At) -> object:
    """Random numbers as many as the batch has examples are a tensor of the network."""
    listed = shape.dims if type(shape) is TensorShape else shape
    if type(listed) not in (tuple, list) or not listed:
        return None
    if not any(type(one) is Size or one is None for one in listed):  # type: ignore[attr-defined]
        return None
    dims = [FREE_BATCH if n is None else n.dim if type(n) is Size else n for n in listed]  # type: ignore[attr-defined]
    if any(type(one) is Unknown for one in dims):
        return None
    return context.fixed(tuple(dims), at)


def _random(context: Places, args: list[Any], kwargs: Arguments, at: At) -> object:
    """random.normal(shape) of TensorFlow and Keras, random.normal(loc, scale, size) of NumPy."""
    shape = kwargs.get("shape", kwargs.get("size"))
    if shape is None:
        listed = [one for one in args if type(one) in (tuple, list, TensorShape)]
        shape = listed[0] if listed else None
    fixed = _random_shape(context, shape, at)
    return fixed if fixed is not None else _sized(shape)


def _rand(context: Places, args: list[Any], kwargs: Arguments, at: At) -> object:
    return _sized(list(args)) if args else Array(())


def _array(context: Places, args: list[Any], kwargs: Arguments, at: At) -> object:
    value = args[0] if args else kwargs.get("value", kwargs.get("object"))
    if type(value) is TensorShape:
        return value
    found = as_array(value)
    return found if found is not None else Array(None)


def _arange(context: Places, args: list[Any], kwargs: Arguments, at: At) -> object:
    if not args or not all(type(one) in (int, float) for one in args):
        return Array((None,))
    start, stop = (0, args[0]) if len(args) == 1 else (args[0], args[1])
    step = args[2] if len(args) > 2 else 1
    if not step or not all(math.isfinite(one) for one in (start, stop, step)):
        return Array((None,))
    count = max(math.ceil((stop - start) / step), 0)
    values = tuple([start + step * n for n in range(count)]) if count <= LONGEST else None
    return Array((count,), values)


def _linspace(context: Places, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = named(args, kwargs, "start stop num")
    start: Any = given.get("start")
    stop: Any = given.get("stop")
    count = given.get("num", 50)
    if type(start) not in (int, float) or type(stop) not in (int, float) or type(count) is not int:
        return Array((None,))
    if count > LONGEST or count < 1:
        return Array((max(count, 0),))
    step = (stop - start) / (count - 1) if count > 1 else 0.0
    return Array((count,), tuple([start + step * index for index in range(count)]))


def _insert(context: Places, args: list[Any], kwargs: Arguments, at: At) -> object:
    array = as_array(args[0]) if args else None
    if array is None or array.values is None or len(args) < 3 or type(args[1]) is not int:
        return Array(None)
    if type(args[2]) not in (int, float):
        return Array(None)
    values = [*array.values]
    values.insert(args[1], args[2])
    return Array((len(values),), tuple(values))


def _reshape(context: Places, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = named(args, kwargs, "x shape")
    array = as_array(given.get("x"))
    return reshaped(array, given.get("shape")) if array is not None else Array(None)


def _expand(context: Places, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = named(args, kwargs, "x axis")
    array, axis = as_array(given.get("x")), given.get("axis", -1)
    if array is None or array.shape is None or type(axis) is not int:
        return Array(None)
    place = axis % (len(array.shape) + 1)
    return Array((*array.shape[:place], 1, *array.shape[place:]), None, array.dtype)


def _joined(context: Places, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = named(args, kwargs, "x axis")
    values, axis = given.get("x"), given.get("axis", 0)
    if type(values) not in (tuple, list) or not values or type(axis) is not int:
        return Array(None)
    arrays = [as_array(one) for one in values]
    first = arrays[0]
    if first is None or not first.shape:
        return Array(None)
    shapes = [one.shape for one in arrays if one is not None and one.shape]
    if len(shapes) < len(arrays) or not all(-len(one) <= axis < len(one) for one in shapes):
        return Array(None)
    total: int | None = 0
    for shape in shapes:
        size = shape[axis]
        total = total + size if total is not None and size is not None else None
    sizes = list(first.shape)
    sizes[axis] = total
    return Array(tuple(sizes))


def _same(context: Places, args: list[Any], kwargs: Arguments, at: At) -> object:
    array = as_array(args[0]) if args else None
    return array if array is not None else Unknown("an array", at.line)


def _cast(context: Places, args: list[Any], kwargs: Arguments, at: At) -> object:
    array = as_array(args[0]) if args else None
    dtype = args[1] if len(args) > 1 else kwargs.get("dtype")
    return cast(array, dtype) if array is not None else Unknown("a cast", at.line)


def _shape(context: Places, args: list[Any], kwargs: Arguments, at: At) -> object:
    array = as_array(args[0]) if args else None
    return array.get("shape", at) if array is not None else Unknown("a shape", at.line)


def _tensor_shape(context: Places, args: list[Any], kwargs: Arguments, at: At) -> object:
    value: Any = args[0] if args else None
    if type(value) in (tuple, list):
        return TensorShape(tuple(value))
    return value if value is not None else Unknown("a shape", at.line)


def _reduce(name: str, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = named(args, kwargs, "x axis")
    value: Any = given.get("x")
    if type(value) is TensorShape:
        value = value.dims
    if type(value) in (tuple, list) and any(type(one) is Size for one in value) and name == "prod":
        total: Any = 1
        for one in value:
            total = (
                one.binary("*", total, True, at) if type(one) is Size else _times(total, one, at)
            )
        return total
    array = as_array(value)
    if array is None:
        return Unknown(f"`{name}` of something unknown", at.line)
    return reduced(array, given.get("axis"), bool(given.get("keepdims")), name)


def _times(total: Any, one: Any, at: At) -> Any:
    if type(total) is Size:
        return total.binary("*", one, False, at)
    return total * one if type(one) is int and type(total) is int else Unknown("a product", at.line)


def _number(function: Callable[[float], float], name: str, args: list[Any], at: At) -> object:
    """A function of a number, or of every number of a small array."""
    array = as_array(args[0]) if args else None
    if array is None:
        return Unknown(f"`{name}` of something unknown", at.line)
    if array.values is None:
        return Array(array.shape)
    try:
        values = tuple([function(one) for one in array.values])
    except (ValueError, OverflowError):
        return Unknown(f"`{name}` of a number it does not take", at.line)
    return values[0] if array.shape == () else Array(array.shape, values)


def _extreme(pick: Callable[..., Any]) -> Body:
    def run(context: Places, args: list[Any], kwargs: Arguments, at: At) -> object:
        if len(args) == 2 and all(type(one) in (int, float) for one in args):
            return pick(args)
        one, two = (as_array(value) for value in (*args, None, None)[:2])
        if one is None or two is None:
            return Unknown("a maximum", at.line)
        return Array(broadcast(one.shape, two.shape))

    return run


_NUMBERS: Final[dict[str, Callable[[float], float]]] = {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "log1p": math.log1p,
    "floor": lambda x: float(math.floor(x)),
    "ceil": lambda x: float(math.ceil(x)),
    "round": lambda x: float(round(x)),
    "rint": lambda x: float(round(x)),
    "abs": abs,
    "absolute": abs,
    "square": lambda x: float(x) * float(x),
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "sign": lambda x: float((x > 0) - (x < 0)),
}
_REDUCTIONS: Final = frozenset(
    [
        "sum",
        "mean",
        "prod",
        "max",
        "min",
        "amax",
        "amin",
        "std",
        "var",
        "reduce_sum",
        "reduce_mean",
        "reduce_prod",
        "reduce_max",
        "reduce_min",
        "any",
        "all",
        "argmax",
    ]
)
_LAID_OUT: Final = frozenset(["placeholder"])

_FUNCTIONS: Final[dict[str, Body]] = {
    "zeros": _filled,
    "ones": _filled,
    "empty": _filled,
    "full": _filled,
    "fill": _filled,
    "eye": lambda context, args, kwargs, at: _sized([args[0], args[0]]) if args else Array(None),
    "normal": _random,
    "uniform": _random,
    "truncated_normal": _random,
    "random_normal": _random,
    "random_uniform": _random,
    "standard_normal": _random,
    "randint": _random,
    "random": _random,
    "binomial": _random,
    "random_sample": _random,
    "rand": _rand,
    "randn": _rand,
    "array": _array,
    "asarray": _array,
    "constant": _array,
    "convert_to_tensor": _array,
    "Variable": _array,
    "arange": _arange,
    "range": _arange,
    "linspace": _linspace,
    "insert": _insert,
    "reshape": _reshape,
    "expand_dims": _expand,
    "concatenate": _joined,
    "concat": _joined,
    "zeros_like": _same,
    "ones_like": _same,
    "copy": _same,
    "identity": _same,
    "stop_gradient": _same,
    "cast": _cast,
    "shape": _shape,
    "int_shape": _shape,
    "TensorShape": _tensor_shape,
    "maximum": _extreme(max),
    "minimum": _extreme(min),
}

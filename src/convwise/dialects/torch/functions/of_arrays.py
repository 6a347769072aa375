"""Functions on arrays that no network has seen: the same rules, in a network of their own."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from convwise.dialects.python.arrays import Array, as_array
from convwise.dialects.python.functions import Function, Inert
from convwise.dialects.python.numeric import is_numeric, numeric
from convwise.dialects.python.sizes import Size
from convwise.dialects.python.values import At, Unknown
from convwise.dialects.torch.context import Context
from convwise.dialects.torch.functions.call import Call
from convwise.dialects.torch.functions.returned import Returned
from convwise.dialects.torch.symbols import Symbol

#: Functions that no table has and that keep the shape of an array.
_SAME_SHAPE: Final = frozenset(
    (
        "softmax",
        "sigmoid",
        "tanh",
        "relu",
    )
)
#: Methods that fill a tensor and return it.
_FILLS: Final = frozenset(
    (
        "bernoulli_",
        "copy_",
        "exponential_",
        "fill_",
        "log_normal_",
        "masked_fill_",
        "normal_",
        "random_",
        "requires_grad_",
        "trunc_normal_",
        "uniform_",
        "zero_",
    )
)


def made(call: Call, body: Callable[[Call], object], leaves: list[object]) -> object:
    """What a function gives that gets no tensor of the network."""
    arrays = [one for one in leaves if type(one) is Array]
    if not arrays:
        numbers = _of_numbers(call, leaves)
        return as_tensors(body(call), call.context) if numbers is None else numbers
    if any(type(one) is Size for one in leaves):
        return as_tensors(body(call), call.context)
    if any(one.shape is None or None in one.shape for one in arrays):
        return as_tensors(Array(None), call.context)
    if _is_small(call, arrays, leaves):
        found = numeric(call.context, call.name, [arrays[0]], {}, call.at)
        return as_tensors(as_array(found) if type(found) is float else found, call.context)
    context = Context("", {}, True)
    given = {name: _placed(value, context, call.at) for name, value in call.given.items()}
    inner = Call(context, call.name, given, call.at, call.in_place)
    result = as_tensors(_shapes(body(inner)), call.context)
    if call.in_place and type(result) is Array:
        target = arrays[0]
        target.shape, target.values, target.dtype = result.shape, None, result.dtype
        return target
    return result


def _of_numbers(call: Call, leaves: list[object]) -> object | None:
    """torch.sqrt(2.0): a function of numbers."""
    if "input" not in call.given:
        return None
    if type(call.given["input"]) is Unknown:
        return call.given["input"]
    if type(call.given["input"]) in (int, float) and is_numeric(call.name):
        return numeric(call.context, call.name, [call.given["input"]], {}, call.at)
    return None


def _is_small(call: Call, arrays: list[Array], leaves: list[object]) -> bool:
    """Whether a function of one array can give its numbers."""
    others = [one for one in leaves if one is not arrays[0]]
    return arrays[0].values is not None and not others and is_numeric(call.name)


def _placed(value: object, context: Context, at: At) -> object:
    """Arrays as tensors of a network that is thrown away."""
    if type(value) is Array and (value.shape or value.values is None):
        return context.fixed(value.shape, at, value.dtype)  # type: ignore[arg-type]
    if type(value) in (list, tuple):
        return [_placed(one, context, at) for one in value]  # type: ignore[attr-defined]
    return value


def _shapes(value: object) -> object:
    """Tensors as arrays of their shapes again."""
    if type(value) is Symbol:
        if not value.known:
            return Array(None)
        sizes = [one if type(one) is int else None for one in value.dims]
        return Array(tuple(sizes), None, value.tensor.dtype)
    if type(value) is tuple:
        return tuple([_shapes(one) for one in value])
    if type(value) is Returned:
        return Returned({name: _shapes(one) for name, one in value.fields.items()})
    return value


def as_tensors(value: object, context: Context) -> object:
    """Arrays with the methods of tensors."""
    if type(value) is Array:
        value.methods = partial(tensor_method, context)
    elif type(value) is tuple:
        for one in value:
            as_tensors(one, context)
    elif type(value) is Returned:
        for one in value.fields.values():
            as_tensors(one, context)
    return value


def unlisted(call: Call) -> object:
    """A function that is not in the catalog, of arrays."""
    first = next((one for one in call.given.values() if type(one) is Array), None)
    if first is None:
        return Unknown(f"`{call.name}`", call.at.line)
    if call.name.endswith("_"):
        first.values = None
        return first
    if call.name in _SAME_SHAPE:
        return as_tensors(Array(first.shape, None, first.dtype), call.context)
    return as_tensors(Array(None), call.context)


def tensor_method(context: Context, array: Array, name: str, at: At) -> object:
    """An attribute or method of a tensor that no network has seen. Raises Missing."""
    plain = _ATTRIBUTES.get(name)
    if plain is not None:
        return plain(array, at)
    own = _METHODS.get(name)
    if own is not None:
        return Function(name, lambda args, kwargs, at: own(array, args, at))
    if name in _FILLS:
        return Function(name, lambda args, kwargs, at: _filled(array))
    from convwise.dialects.torch.functions.index import function

    run = function(name)
    if run is None:
        return array.plain(name, at)
    if name == "where":
        return Function(
            name, lambda args, kwargs, at: run(context, [*args[:1], array, *args[1:]], kwargs, at)
        )
    return Function(name, lambda args, kwargs, at: run(context, [array, *args], kwargs, at))


def _filled(array: Array) -> Array:
    array.values = None
    return array


def _shape(array: Array, at: At) -> object:
    return array.plain("shape", at)


def _rank(array: Array, at: At) -> object:
    return array.plain("ndim", at)


def _turned(array: Array, at: At) -> object:
    sizes = None if array.shape is None else array.shape[::-1]
    return array.alike(Array(sizes, None, array.dtype))


def _size(array: Array, args: list[Any], at: At) -> object:
    if array.shape is None or not args:
        return _shape(array, at)
    place = args[0]
    if type(place) is not int or not -len(array.shape) <= place < len(array.shape):
        return Unknown(f"size {place} of an array of shape {array.shape}", at.line)
    found = array.shape[place]
    return Unknown("the size of data", at.line) if found is None else found


def _numel(array: Array, args: list[Any], at: At) -> object:
    if array.shape is None or None in array.shape:
        return Unknown("the number of values of data", at.line)
    return math.prod([one for one in array.shape if one is not None])


def _item(array: Array, args: list[Any], at: At) -> object:
    if array.values is not None and len(array.values) == 1:
        return array.values[0]
    return Unknown("a value of data", at.line)


def _tolist(array: Array, args: list[Any], at: At) -> object:
    if array.values is not None and len(array.shape or ()) == 1:
        return list(array.values)
    return _item(array, args, at)


def _numpy(array: Array, args: list[Any], at: At) -> object:
    return Array(array.shape, array.values, array.dtype)


_ATTRIBUTES: Final[dict[str, Callable[[Array, At], object]]] = {
    "shape": _shape,
    "ndim": _rank,
    "dtype": lambda array, at: array.dtype,
    "device": lambda array, at: Inert("device"),
    "data": lambda array, at: array,
    "grad": lambda array, at: None,
    "requires_grad": lambda array, at: False,
    "is_cuda": lambda array, at: False,
    "T": _turned,
}

_METHODS: Final[dict[str, Callable[[Array, list[Any], At], object]]] = {
    "size": _size,
    "dim": lambda array, args, at: _rank(array, at),
    "ndimension": lambda array, args, at: _rank(array, at),
    "numel": _numel,
    "nelement": _numel,
    "item": _item,
    "tolist": _tolist,
    "numpy": _numpy,
    "is_floating_point": lambda array, args, at: array.dtype.startswith(("float", "bfloat")),
    "is_contiguous": lambda array, args, at: True,
}

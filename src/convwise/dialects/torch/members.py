"""Attributes and methods of tensors and of parameters; functions are in `functions`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from convwise.dialects.python.functions import Function, Inert
from convwise.dialects.python.sizes import Size, TensorShape, sized
from convwise.dialects.python.values import At, Missing, Unknown
from convwise.dialects.torch.functions.call import Call
from convwise.dialects.torch.functions.index import function
from convwise.dialects.torch.functions.shapes import swapped
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.values import tensor_of
from convwise.graph.dims import product
from convwise.kinds.views import Permute

Arguments = dict[str, Any]


def member(symbol: Symbol, name: str, at: At) -> object:
    """An attribute or method of a tensor. Raises Missing."""
    plain = _ATTRIBUTES.get(name)
    if plain is not None:
        return plain(symbol, at)
    sizes = _SIZES.get(name)
    if sizes is not None:
        return Function(name, lambda args, kwargs, at: sizes(symbol, args, kwargs, at))
    run = function(name)
    if run is None:
        raise Missing(name)
    context = symbol.context
    return Function(name, lambda args, kwargs, at: run(context, [symbol, *args], kwargs, at))


def _shape(symbol: Symbol, at: At) -> object:
    if not symbol.known:
        return Unknown("the shape of a tensor behind something unknown", at.line)
    return TensorShape(symbol.shape)


def _rank(symbol: Symbol, at: At) -> object:
    return symbol.rank if symbol.known else Unknown("the number of axes of a tensor", at.line)


def _turned(symbol: Symbol, at: At) -> object:
    """`x.T`: all axes in reverse."""
    call = Call(symbol.context, "t", {"input": symbol}, at)
    if not symbol.known:
        return call.unknown()
    return call.run(Permute(tuple(range(symbol.rank))[::-1]), symbol)


def _matrix_turned(symbol: Symbol, at: At) -> object:
    """`x.mT`: the last two axes exchanged."""
    call = Call(symbol.context, "mT", {"input": symbol}, at)
    return swapped(call, symbol, -2, -1) if symbol.known else call.unknown()


def _size(symbol: Symbol, args: list[Any], kwargs: Arguments, at: At) -> object:
    dim = args[0] if args else kwargs.get("dim")
    shape = _shape(symbol, at)
    if dim is None or type(shape) is not TensorShape:
        return shape
    call = Call(symbol.context, "size", {}, at)
    return symbol.shape[call.place(dim, symbol.rank)]


def _numel(symbol: Symbol, args: list[Any], kwargs: Arguments, at: At) -> object:
    if not symbol.known:
        return Unknown("the number of values of a tensor", at.line)
    return sized(product(symbol.dims), False)


def _dimensions(symbol: Symbol, args: list[Any], kwargs: Arguments, at: At) -> object:
    return _rank(symbol, at)


def _value(symbol: Symbol, args: list[Any], kwargs: Arguments, at: At) -> object:
    return Unknown("a value of a tensor", at.line)


def _applied(symbol: Symbol, args: list[Any], kwargs: Arguments, at: At) -> object:
    return None


def _copied(symbol: Symbol, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`x.copy_(y)`: the values of another tensor in the same shape."""
    if not args:
        return symbol
    given = {"input": symbol, "other": args[0]}
    return Call(symbol.context, "copy_", given, at, True).unknown()


def _where(symbol: Symbol, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`x.where(condition, other)`: the function takes the condition first."""
    run = function("where")
    assert run is not None
    return run(symbol.context, [*args[:1], symbol, *args[1:]], kwargs, at)


def _true(symbol: Symbol, args: list[Any], kwargs: Arguments, at: At) -> object:
    return True


def _floating(symbol: Symbol, args: list[Any], kwargs: Arguments, at: At) -> object:
    return "float" in symbol.tensor.dtype


_ATTRIBUTES: Final[dict[str, Callable[[Symbol, At], object]]] = {
    "shape": _shape,
    "ndim": _rank,
    "dtype": lambda symbol, at: symbol.tensor.dtype,
    "device": lambda symbol, at: Inert("device"),
    "data": lambda symbol, at: symbol,
    "grad": lambda symbol, at: None,
    "grad_fn": lambda symbol, at: None,
    "requires_grad": lambda symbol, at: True,
    "is_cuda": lambda symbol, at: False,
    "is_sparse": lambda symbol, at: False,
    "is_quantized": lambda symbol, at: False,
    "is_meta": lambda symbol, at: False,
    "is_nested": lambda symbol, at: False,
    "is_leaf": lambda symbol, at: False,
    "names": lambda symbol, at: Unknown("the names of axes", at.line),
    "T": _turned,
    "mT": _matrix_turned,
}

_SIZES: Final[dict[str, Callable[[Symbol, list[Any], Arguments, At], object]]] = {
    "size": _size,
    "numel": _numel,
    "nelement": _numel,
    "dim": _dimensions,
    "ndimension": _dimensions,
    "item": _value,
    "tolist": _value,
    "numpy": _value,
    "stride": _value,
    "storage_offset": _value,
    "element_size": _value,
    "data_ptr": _value,
    "get_device": _value,
    "backward": _applied,
    "register_hook": _applied,
    "retain_grad": _applied,
    "copy_": _copied,
    "where": _where,
    "is_contiguous": _true,
    "is_floating_point": _floating,
}


def assign_member(symbol: Symbol, name: str, value: object, at: At) -> None:
    """`x.data = y`: the tensor is another one; other attributes change no network."""
    if name == "data":
        found = tensor_of(value, symbol.context, at)
        if found is not None:
            symbol.replace(found.value())


#: Methods after which a parameter is still the same one.
_KEEPS: Final = frozenset(
    (
        "clamp_",
        "contiguous",
        "copy_",
        "cpu",
        "cuda",
        "detach",
        "detach_",
        "double",
        "fill_",
        "float",
        "half",
        "normal_",
        "to",
        "trunc_normal_",
        "uniform_",
        "xavier_normal_",
        "xavier_uniform_",
        "zero_",
        "exponential_",
        "mul_",
        "add_",
        "div_",
        "sub_",
        "erfinv_",
        "log_normal_",
        "random_",
        "bernoulli_",
        "pin_memory",
        "share_memory_",
        "retain_grad",
    )
)


def weight_member(weight: Weight, name: str, at: At) -> object:
    """An attribute or method of a parameter. Raises Missing."""
    if name == "data":
        return weight
    if name == "shape":
        return TensorShape(tuple([sized(one, False) for one in weight.shape]))
    if name == "ndim":
        return len(weight.shape)
    if name == "device":
        return Inert("device")
    if name == "dtype":
        return weight.dtype
    if name == "requires_grad":
        return weight.trainable
    if name == "grad":
        return None
    if name == "is_leaf":
        return True
    if name in _KEEPS:
        return Function(name, lambda args, kwargs, at: weight)
    method = _WEIGHT_METHODS.get(name)
    if method is not None:
        return Function(name, lambda args, kwargs, at: method(weight, args, kwargs, at))
    return _of_value(weight, name, at)


def _of_value(weight: Weight, name: str, at: At) -> object:
    """What any tensor can do; the parameter becomes a value when it is done."""
    if name in _ATTRIBUTES:
        return member(weight.symbol(), name, at)
    if name in _SIZES:
        return Function(
            name, lambda args, kwargs, at: _SIZES[name](weight.symbol(), args, kwargs, at)
        )
    run = function(name)
    if run is None:
        raise Missing(name)
    context = weight.context
    return Function(name, lambda args, kwargs, at: run(context, [weight, *args], kwargs, at))


def _weight_size(weight: Weight, args: list[Any], kwargs: Arguments, at: At) -> object:
    dim = args[0] if args else kwargs.get("dim")
    sizes = tuple([sized(one, False) for one in weight.shape])
    if dim is None:
        return TensorShape(sizes)
    return sizes[Call(weight.context, "size", {}, at).place(dim, len(sizes))]


def _weight_rank(weight: Weight, args: list[Any], kwargs: Arguments, at: At) -> object:
    return len(weight.shape)


def _weight_elements(weight: Weight, args: list[Any], kwargs: Arguments, at: At) -> object:
    total = weight.elements
    return total if type(total) is int else Size(total, False)


def _requires_grad(weight: Weight, args: list[Any], kwargs: Arguments, at: At) -> object:
    wanted = args[0] if args else kwargs.get("requires_grad", True)
    weight.trainable = wanted is not False
    return weight


_WEIGHT_METHODS: Final[dict[str, Callable[[Weight, list[Any], Arguments, At], object]]] = {
    "size": _weight_size,
    "dim": _weight_rank,
    "ndimension": _weight_rank,
    "numel": _weight_elements,
    "nelement": _weight_elements,
    "requires_grad_": _requires_grad,
}

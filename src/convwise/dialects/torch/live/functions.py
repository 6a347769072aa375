"""Which function of the code reader says what a function of PyTorch does to tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import torch
from convwise.dialects.python.functions import Function as Called
from convwise.dialects.python.values import At
from convwise.dialects.torch import members, operators
from convwise.dialects.torch.context import Context
from convwise.dialects.torch.functions.index import function as reader_function
from convwise.dialects.torch.indexing import assign_item, item
from convwise.dialects.torch.layers import call_function
from convwise.dialects.torch.live.names import PROPERTIES, Function, is_functional, is_method, said
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.table import index as table
from convwise.dialects.torch.values import tensor_of

Told = Callable[[Context, list[Any], dict[str, Any], At], object]

#: Methods behind operators -> the operator, and whether the tensor stands on its right.
_OPERATORS: Final[dict[str, tuple[str, bool]]] = {
    "__rsub__": ("-", True),
    "__rdiv__": ("/", True),
    "__rtruediv__": ("/", True),
    "__rpow__": ("**", True),
    "__rfloordiv__": ("//", True),
    "__rmod__": ("%", True),
    "__rmatmul__": ("@", True),
    "__radd__": ("+", True),
    "__rmul__": ("*", True),
    "__add__": ("+", False),
    "__sub__": ("-", False),
    "__mul__": ("*", False),
    "__truediv__": ("/", False),
    "__div__": ("/", False),
    "__pow__": ("**", False),
    "__floordiv__": ("//", False),
    "__mod__": ("%", False),
    "__matmul__": ("@", False),
    "__eq__": ("==", False),
    "__ne__": ("!=", False),
    "__lt__": ("<", False),
    "__gt__": (">", False),
    "__le__": ("<=", False),
    "__ge__": (">=", False),
    "__and__": ("&", False),
    "__or__": ("|", False),
    "__xor__": ("^", False),
    "__rand__": ("&", True),
    "__ror__": ("|", True),
    "__rxor__": ("^", True),
}
_UNARY: Final = {"__neg__": "-", "__pos__": "+", "__invert__": "~"}
_IN_PLACE: Final = {
    "__iadd__": "add_",
    "__isub__": "sub_",
    "__imul__": "mul_",
    "__itruediv__": "div_",
    "__idiv__": "div_",
    "__ipow__": "pow_",
    "__ifloordiv__": "floor_divide_",
    "__imod__": "remainder_",
    "__iand__": "bitwise_and_",
    "__ior__": "bitwise_or_",
    "__ixor__": "bitwise_xor_",
    "__abs__": "abs",
}
#: Operators of ATen whose arguments come in another order than the function's of that name.
_ATEN_ORDER: Final = {
    "batch_norm": "input weight bias running_mean running_var training momentum eps",
    "instance_norm": "input weight bias running_mean running_var use_input_stats momentum eps",
}
_INDICES: Final = "_with_indices"


def told(
    context: Context, function: Function, name: str, args: list[Any], kwargs: dict[str, Any], at: At
) -> object:
    """What the code reader makes of a call, its arguments being the code reader's values."""
    kwargs = said(function, kwargs)
    if name.endswith(_INDICES):
        name = name[: -len(_INDICES)]
        kwargs = {**kwargs, "return_indices": True}
    if name.startswith("get "):
        return _attribute(context, name[len("get ") :], args[0], at)
    if name in _OPERATORS:
        return _binary(context, *_OPERATORS[name], args, at)
    if name in _UNARY:
        return operators.unary(_symbol(context, args[0], at), _UNARY[name], at)
    if name == "__getitem__":
        return item(_symbol(context, args[0], at), args[1], at)
    name = _IN_PLACE.get(name, name)
    if name in _ATEN_ORDER and isinstance(function, torch._ops.OpOverload):
        names = _ATEN_ORDER[name].split()
        args, kwargs = [], {**dict(zip(names, args, strict=False)), **kwargs}
    if is_functional(function):
        entry = table.find_function(name)
        if entry is not None:
            return call_function(context, entry, args, kwargs, at)
    return _by_name(context, name, is_method(function), args, kwargs, at)


def stored(context: Context, target: object, index: object, value: object, at: At) -> Symbol:
    """`x[index] = value`; returns what x is from now on."""
    symbol = _symbol(context, target, at)
    assign_item(symbol, index, value, at)
    return symbol


def _attribute(context: Context, name: str, owner: object, at: At) -> object:
    if name == "H":
        name = "T"
    if type(owner) is Weight and name == "data":
        return owner
    if name not in PROPERTIES:
        raise LookupError(name)
    return members.member(_symbol(context, owner, at), name, at)


def _binary(context: Context, op: str, reflected: bool, args: list[Any], at: At) -> object:
    return operators.binary(_symbol(context, args[0], at), op, args[1], reflected, at)


def _by_name(
    context: Context, name: str, method: bool, args: list[Any], kwargs: dict[str, Any], at: At
) -> object:
    """A method, or a function of torch itself."""
    if method and type(args[0]) in (Symbol, Weight):
        owner = args[0]
        found = owner.get(name, at)
        if isinstance(found, Called):
            return found.call(args[1:], kwargs, at)
    run = reader_function(name)
    if run is None:
        raise LookupError(name)
    return run(context, args, kwargs, at)


def _symbol(context: Context, value: object, at: At) -> Symbol:
    found = tensor_of(value, context, at)
    if found is None:
        raise LookupError("no tensor")
    return found

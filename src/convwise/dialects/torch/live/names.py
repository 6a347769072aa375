"""What PyTorch calls the functions that a running forward uses; must never call one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import Parameter, isfunction, signature
from typing import Any, Final

import torch

Function = Callable[..., Any]

#: Attributes of tensors that are tensors.
PROPERTIES: Final = frozenset(("T", "mT", "H", "mH", "data", "real", "imag"))

#: Calls that ask for the numbers in a tensor.
VALUES: Final = frozenset(
    (
        "__array__",
        "__bool__",
        "__complex__",
        "__contains__",
        "__float__",
        "__index__",
        "__int__",
        "allclose",
        "equal",
        "is_nonzero",
        "item",
        "numpy",
        "tolist",
    )
)

#: Functions whose numbers are drawn.
_DRAWN: Final = frozenset(
    (
        "alpha_dropout",
        "bernoulli",
        "bernoulli_",
        "cauchy_",
        "dropout",
        "exponential_",
        "gumbel_softmax",
        "log_normal_",
        "multinomial",
        "normal",
        "normal_",
        "poisson",
        "random_",
        "trunc_normal_",
        "uniform_",
    )
)
#: PyTorch's names of functions -> the names under which torch.nn.functional has them.
_OTHER_NAMES: Final = {
    "log_sigmoid": "logsigmoid",
    "_threshold": "threshold",
    "_threshold_": "threshold_",
}
_ATEN: Final = "aten::"
_PREFIXES: Final = ("linalg_", "special_", "fft_")


def name_of(function: Function) -> str:
    """A function's name; of an attribute its name with "get " or "set " before it."""
    if isinstance(function, torch._ops.OpOverload):
        return str(function._schema.name).removeprefix(_ATEN)
    name: str = getattr(function, "__name__", type(function).__name__)
    if name in ("__get__", "__set__", "__delete__"):
        owner = getattr(function, "__self__", None)
        return f"{name.strip('_')} {getattr(owner, '__name__', '')}"
    if name in _OTHER_NAMES:
        return _OTHER_NAMES[name]
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


def is_drawn(name: str) -> bool:
    """Whether a function draws numbers."""
    return name in _DRAWN or name.startswith("rand")


@cache
def makers() -> frozenset[Function]:
    """Functions that make tensors on a device of their choice."""
    from torch.utils._device import _device_constructors

    return frozenset(_device_constructors())


@cache
def is_functional(function: Function) -> bool:
    """Whether it belongs to torch.nn.functional, which has other functions than torch.

    Operators of ATen, which exported programs call, count with them.
    """
    if isinstance(function, torch._ops.OpOverload):
        return bool(function._schema.name.startswith(_ATEN))
    return getattr(function, "__module__", "") in ("torch.nn.functional", "torch._C._nn")


@cache
def is_method(function: Function) -> bool:
    """Whether it is a method of tensors."""
    sort = type(function).__name__
    return sort in ("method_descriptor", "wrapper_descriptor") or (
        getattr(function, "__module__", "") == "torch._tensor"
    )


@cache
def _defaults(function: Function) -> dict[str, object]:
    if not isfunction(function):
        return {}
    parameters = signature(function).parameters.values()
    return {one.name: one.default for one in parameters if one.default is not Parameter.empty}


def said(function: Function, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The named arguments that say something: those that are not the function's own defaults."""
    if not kwargs:
        return kwargs
    usual = _defaults(function)
    return {
        name: value
        for name, value in kwargs.items()
        if not (name in usual and _same(value, usual[name]))
    }


def _same(value: object, usual: object) -> bool:
    if isinstance(value, torch.Tensor):
        return False
    return value is usual or (type(value) is type(usual) and value == usual)

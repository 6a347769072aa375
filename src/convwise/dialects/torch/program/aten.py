"""ATen's operations as the code reader's functions; the same words as in PyTorch's code."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, Final

from convwise.dialects.torch.functions.index import parameters_of
from convwise.dialects.torch.program.told import QUIET, Told, UntranslatedError
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.table import index as table

Translate = Callable[[Told], object]

_FAMILIES: Final = ("aten_layers", "aten_views", "aten_values")
#: Operations under ATen's name -> the same function under PyTorch's.
_SAME: Final = {
    "_adaptive_avg_pool2d": "adaptive_avg_pool2d",
    "_adaptive_avg_pool3d": "adaptive_avg_pool3d",
    "_log_softmax": "log_softmax",
    "_softmax": "softmax",
    "_unsafe_view": "view",
    "alias": "clone",
    "detach_": "detach",
    "im2col": "unfold",
    "lift_fresh": "clone",
    "lift_fresh_copy": "clone",
    "linalg_vector_norm": "vector_norm",
    "log_sigmoid": "logsigmoid",
    "_reshape_copy": "reshape",
    "special_expit": "sigmoid",
    "view_copy": "view",
    "permute_copy": "permute",
    "squeeze_copy": "squeeze",
    "unsqueeze_copy": "unsqueeze",
    "expand_copy": "expand",
    "transpose_copy": "transpose",
    "_conj": "clone",
}
#: Names that torch.nn.functional uses for something else.
_NOT_FUNCTIONAL: Final = frozenset(("unfold",))
#: ATen's names of arguments -> those of torch.nn.functional.
_NAMES: Final = {"self": "input", "train": "training"}
#: Arguments that are sizes: an empty list of them says something.
_SIZES: Final = frozenset(("size", "shape", "normalized_shape"))


@cache
def _translations() -> dict[str, Translate]:
    found: dict[str, Translate] = {}
    for family in _FAMILIES:
        module = import_module(f"convwise.dialects.torch.program.{family}")
        found.update(module.OPERATIONS)
    return found


def translated(told: Told) -> object:
    """What the code reader makes of an operation. Raises UntranslatedError, ConvwiseError."""
    found = _translations().get(told.name)
    if found is not None:
        return found(told)
    name = _SAME.get(told.name, told.name)
    if told.name == "im2col" or _is_functional(name):
        return _functional(told, name)
    if parameters_of(name):
        return _plain(told, name)
    return _in_place(told)


def _is_functional(name: str) -> bool:
    return name not in _NOT_FUNCTIONAL and table.find_function(name) is not None


def _in_place(told: Told) -> object:
    """`hardswish_`: the same as without the underscore, and its input becomes the result."""
    base = told.name.removesuffix("_")
    if base == told.name:
        raise UntranslatedError(base)
    target = told.given.get("self")
    found = translated(told._replace(name=base))
    if type(target) is Symbol and type(found) is Symbol:
        target.replace(found.value())
        return target
    return found


def _functional(told: Told, name: str) -> object:
    given = {_NAMES.get(key, key): one for key, one in told.given.items() if key not in QUIET}
    return told.as_function(name, **given)


def _plain(told: Told, name: str) -> object:
    """By the function's own names where they are ATen's, by position where they are not."""
    parameters = [one.lstrip("*") for one in parameters_of(name)]
    if not parameters:
        raise UntranslatedError(name)
    given: dict[str, Any] = {}
    for place, (key, value) in enumerate(told.given.items()):
        if key in QUIET or value is None or (value == [] and key not in _SIZES):
            continue
        if key in parameters:
            given[key] = value
        elif place < len(parameters):
            given[parameters[place]] = value
        else:
            raise UntranslatedError(f"{name} with {key}")
    return told.as_operation(name, **given)

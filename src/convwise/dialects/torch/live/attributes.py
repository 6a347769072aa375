"""What a live module of PyTorch's own was made with, from its attributes; it calls nothing."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import torch
from convwise.dialects.python.binding import Bound, bind
from convwise.dialects.torch.table import index
from convwise.dialects.torch.table.entry import Entry
from convwise.errors import ConvwiseError
from torch import nn

_ABSENT: Final = object()

#: Parameters of constructors -> attributes of another name.
_OTHER: Final = {"PairwiseDistance": {"p": "norm"}}
_STORED: Final = frozenset(("device", "dtype", "_freeze", "process_group", "inplace"))
#: What a class derived from one of PyTorch's may not define, to be that one.
_BODIES: Final = ("forward", "__call__", "_conv_forward", "_output_padding", "_check_input_dim")


class Sort(NamedTuple):
    """What a module is: the table's entry, the class of PyTorch's own, its class's name.

    `own`: a class derived from PyTorch's computes something else, or more.
    """

    entry: Entry
    base: type[nn.Module]
    name: str
    own: bool


def sort_of(module: nn.Module) -> Sort | None:
    """What a module of PyTorch's, or one derived from it, is; None for all others."""
    sort = type(module)
    if _is_parametrized(module):
        sort = sort.__mro__[1]
    for one in sort.__mro__:
        if one.__module__.startswith("torch.nn.modules.") and getattr(nn, one.__name__, 0) is one:
            # A lazy layer without weights never learns its number of channels.
            lazy = "Lazy" if getattr(module, "num_features", None) == 0 else ""
            entry = index.find(lazy + one.__name__.removeprefix("Lazy"))
            own = any(getattr(sort, name, 0) is not getattr(one, name, 0) for name in _BODIES)
            own = own or "forward" in vars(module)
            return Sort(entry, one, sort.__name__, own) if entry is not None else None
    return None


def _is_parametrized(module: nn.Module) -> bool:
    return "parametrizations" in module._modules and type(module).__name__.startswith(
        "Parametrized"
    )


def bound_arguments(entry: Entry, class_name: str, module: nn.Module) -> Bound | None:
    """The arguments of the constructor; None where the table does not take them."""
    given: dict[str, Any] = {}
    names = _OTHER.get(entry.name, {})
    for parameter in entry.parameters:
        if parameter.name in _STORED and parameter.name != "inplace":
            continue
        value = _value(entry, module, names.get(parameter.name, parameter.name))
        if value is not _ABSENT:
            given[parameter.name] = value
    if entry.rewrite is not None:
        given = {}
    try:
        return bind(entry, class_name, (), given)
    except ConvwiseError:
        return None


def _value(entry: Entry, module: nn.Module, name: str) -> object:
    if name in ("bias", "add_bias_kv"):
        return _has_bias(entry, module, name)
    if name in ("kdim", "vdim"):
        found = getattr(module, name)
        return None if found == getattr(module, "embed_dim", None) else found
    found = getattr(module, name, _ABSENT)
    return _ABSENT if isinstance(found, torch.Tensor) else _plain(found)


def _has_bias(entry: Entry, module: nn.Module, name: str) -> object:
    if entry.name == "MultiheadAttention":
        attribute = "in_proj_bias" if name == "bias" else "bias_k"
        return getattr(module, attribute) is not None
    if (
        getattr(module, "affine", True) is False
        or getattr(module, "elementwise_affine", 1) is False
    ):
        return _ABSENT
    found = getattr(module, name, _ABSENT)
    return found if found is _ABSENT or isinstance(found, bool) else found is not None


def _plain(value: Any) -> Any:
    """Numbers of other libraries as Python's; lists and sizes as tuples."""
    if isinstance(value, tuple | list):
        return tuple([_plain(one) for one in value])
    if value is _ABSENT or value is None or type(value) in (bool, int, float, str):
        return value
    item = getattr(value, "item", None)
    return item() if callable(item) else value

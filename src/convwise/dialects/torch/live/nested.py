"""Structures of tensors and numbers: walked and rebuilt; must never know what a tensor is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import torch
from convwise.dialects.torch.live.sizes import Sized


def rebuilt(value: Any, change: Callable[[torch.Tensor], object]) -> Any:
    """The same structure with other tensors; sizes become plain numbers."""
    if isinstance(value, torch.Tensor):
        return change(value)
    sort = type(value)
    if sort is Sized:
        return int(value)
    if sort in (list, tuple):
        return sort([rebuilt(one, change) for one in value])
    if sort is torch.Size:
        return torch.Size([int(one) for one in value])
    if sort is dict:
        return {key: rebuilt(one, change) for key, one in value.items()}
    if sort is slice:
        ends = (value.start, value.stop, value.step)
        return slice(*[rebuilt(one, change) for one in ends])
    if isinstance(value, tuple) and type(getattr(sort, "_fields", None)) is tuple:
        return sort(*[rebuilt(one, change) for one in value])
    if isinstance(value, tuple) and sort.__module__ == "torch.return_types":
        return sort([rebuilt(one, change) for one in value])
    return value


def tensors_of(value: Any) -> list[torch.Tensor]:
    """All tensors in a structure, in order: lists, dicts and data classes are looked into."""
    found: list[torch.Tensor] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, torch.Tensor):
            found.append(one)
        elif isinstance(one, list | tuple):
            waiting.extend(reversed(one))
        elif isinstance(one, Mapping):
            waiting.extend(reversed(list(one.values())))
        elif isinstance(one, slice):
            waiting.extend((one.step, one.stop, one.start))
        elif is_dataclass(one) and not isinstance(one, type):
            waiting.extend([getattr(one, each.name) for each in reversed(fields(one))])
    return found

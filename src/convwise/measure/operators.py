"""One call of one operator, as a key of the cost store and as arguments to run it again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import torch
from torch.utils._pytree import tree_map


class Shape(NamedTuple):
    """A tensor without its numbers."""

    size: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: torch.dtype

    @property
    def bytes(self) -> int:
        """Bytes of the memory it needs, gaps of its strides included."""
        if 0 in self.size:
            return 0
        last = sum([(n - 1) * step for n, step in zip(self.size, self.stride, strict=True)])
        return (last + 1) * int(self.dtype.itemsize)


@dataclass(frozen=True, slots=True, eq=False)
class Operator:
    """A function of PyTorch with the shapes and options of one call; equal by `key`.

    `hot`: whether the memory of its tensors, in order, was used so lately that a cache still holds
    it, and the same of the memory that its new results get.
    """

    function: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    hot: tuple[tuple[bool, ...], tuple[bool, ...]]
    key: str

    @property
    def name(self) -> str:
        """As PyTorch calls it: aten.convolution.default."""
        return str(self.function)

    @property
    def short_name(self) -> str:
        """Without its library and its variant: convolution."""
        return self.name.split(".")[1]

    @property
    def shape_key(self) -> str:
        """The key without what caches hold, on which memory does not depend."""
        return self.key.rpartition(",")[0]

    @property
    def moves_nothing(self) -> bool:
        """Whether it only looks at memory in another way."""
        return looks_only(self.function)


@cache
def looks_only(function: Any) -> bool:
    """Whether a function only looks at memory in another way."""
    schema = function._schema
    if any(a.alias_info is not None and a.alias_info.is_write for a in schema.arguments):
        return False
    return any(r.alias_info is not None for r in schema.returns)


def operator_of(
    function: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    hot: tuple[tuple[bool, ...], tuple[bool, ...]],
) -> Operator:
    """The operator of a call, its tensors replaced by their shapes."""
    shaped, named = tree_map(_shape, (args, kwargs))
    warm = " ".join(["".join(["h" if one else "c" for one in part]) for part in hot])
    written = [str(function), _written(shaped), _written(named), warm]
    return Operator(function, shaped, named, hot, json.dumps(written, separators=(",", ":")))


def _shape(leaf: Any) -> Any:
    if isinstance(leaf, torch.Tensor):
        return Shape(tuple(leaf.shape), leaf.stride(), leaf.dtype)
    return leaf


def _written(value: Any) -> Any:
    if isinstance(value, Shape):
        return [list(value.size), list(value.stride), str(value.dtype)]
    if isinstance(value, dict):
        return {name: _written(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_written(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)

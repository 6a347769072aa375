"""Layers that are made alike and see tensors alike give tensors alike: each runs only once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, final

import torch
from convwise.dialects.torch.live.called import Called
from torch import nn

Likeness = Callable[[nn.Module], Hashable | None]


@final
class Alike:
    """What came out of layers, as size, strides and type.

    `likeness(layer)`: equal for layers of the same class, arguments and types of weights; None for
    layers that are not compared.
    """

    def __init__(self, likeness: Likeness) -> None:
        self._likeness = likeness
        self._known: dict[Hashable, tuple[Any, ...]] = {}

    def key(self, call: Called) -> Hashable | None:
        """What decides on the result of a layer called on one tensor; None for all other calls."""
        if len(call.args) != 1 or call.kwargs or not isinstance(call.args[0], torch.Tensor):
            return None
        assert call.module is not None
        likeness = self._likeness(call.module)
        if likeness is None:
            return None
        source = call.args[0]
        return likeness, source.size(), source.stride(), source.dtype

    def recall(self, key: Hashable | None) -> torch.Tensor | None:
        """A new tensor as the one that came out before; None where none is known."""
        known = self._known.get(key) if key is not None else None
        if known is None:
            return None
        size, strides, dtype = known
        return torch.empty_strided(size, strides, dtype=dtype, device="meta")

    def keep(self, key: Hashable | None, call: Called) -> None:
        """Remember a result that is one tensor, of a layer that overwrites nothing."""
        found = call.result
        if key is not None and not call.changed and isinstance(found, torch.Tensor):
            self._known[key] = (found.size(), found.stride(), found.dtype)

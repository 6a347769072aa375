"""What every tensor of a run is: part of the network, a weight, or data; it computes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, final

import torch
from convwise.dialects.python.arrays import Array
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.symbols import Symbol

#: Numbers of data are kept while they are few: masks, grids and sizes that forward asks for.
MOST_VALUES = 4096


@final
class Data:
    """Marks a tensor that depends on no input and no weight."""

    __slots__ = ()


DATA: Final = Data()


@final
class Held:
    """One tensor: the object that forward has, what computes in its place, and what it is.

    `real`: its numbers, where they are few and depend on no input and no weight. `sources`: the
    names of the network's inputs that are part of it. `written`: a view of it was overwritten, and
    nobody has looked at it since.
    """

    __slots__ = ("meaning", "meta", "real", "seen", "sources", "written")

    def __init__(
        self,
        seen: torch.Tensor,
        meta: torch.Tensor,
        meaning: Symbol | Weight | Data | None,
        real: torch.Tensor | None = None,
        sources: frozenset[str] = frozenset(),
    ) -> None:
        self.seen = seen
        self.meta = meta
        self.meaning = meaning
        self.real = real
        self.sources = sources
        self.written: Held | None = None


@final
class Ledger:
    """Every tensor of one run by identity; what it holds stays alive, so that identity is safe.

    `weight_of(parameter)`: the weight that a parameter of the module is. `data`: tensors that were
    there before the run and are no weights.
    """

    def __init__(
        self, weight_of: Callable[[torch.Tensor], Weight | None], data: Iterable[torch.Tensor]
    ) -> None:
        self._weight_of = weight_of
        self._held: dict[int, Held] = {}
        self._places: dict[object, Held] = {}
        for one in data:
            if one.is_meta:
                self._held[id(one)] = Held(one, empty(one), DATA)

    def of(self, tensor: torch.Tensor) -> Held:
        """What a tensor is; one that no call has given is a weight, data, or not known."""
        found = self._held.get(id(tensor))
        if found is None:
            found = self._new(tensor)
            self._held[id(tensor)] = found
        return found

    def _new(self, tensor: torch.Tensor) -> Held:
        weight = self._weight_of(tensor)
        if weight is not None:
            return Held(tensor, empty(tensor), weight)
        if not tensor.is_meta:
            few = tensor.numel() <= MOST_VALUES
            return Held(tensor, empty(tensor), DATA, tensor.detach().cpu() if few else None)
        same = self._places.get(place(tensor))
        if same is not None:
            return Held(tensor, tensor, same.meaning, same.real, same.sources)
        return Held(tensor, tensor, None)

    def hold(self, tensor: torch.Tensor, meaning: Symbol | Weight | Data) -> Held:
        """From now on this object is this."""
        found = self._held.get(id(tensor))
        if found is None:
            found = Held(tensor, tensor, meaning)
            self._held[id(tensor)] = found
            self._places[place(tensor)] = found
        found.meaning = meaning
        return found

    def whole(self, held: Held) -> Held | None:
        """The tensor that this one shows a part of; None when it shows itself."""
        base = held.meta._base if held.meta._is_view() else None
        return None if base is None else self._held.get(id(base))


def empty(tensor: torch.Tensor) -> torch.Tensor:
    """A tensor of the same shape, type and order in memory, without memory."""
    return torch.empty_strided(
        tensor.size(), tensor.stride(), dtype=tensor.dtype, device="meta", requires_grad=False
    )


def place(tensor: torch.Tensor) -> object:
    """Where a tensor lies in memory and how: equal for two objects that are the same values."""
    storage = tensor.untyped_storage()._cdata
    return storage, tensor.storage_offset(), tuple(tensor.size()), tuple(tensor.stride())


def told_data(held: Held) -> Array:
    """Data as the code reader sees it: a shape, and numbers where they are few and in a row."""
    values = None
    real = held.real
    if real is not None and real.dim() < 2 and not real.is_complex() and real.numel() <= 1000:
        listed = real.tolist()
        values = tuple(listed) if real.dim() else (listed,)
    return Array(tuple(held.meta.size()), values, dtype_name(held.meta.dtype))


def dtype_name(dtype: Any) -> str:
    """An element type as the network's tensors name it."""
    return str(dtype).removeprefix("torch.")

"""The first run, at another batch: what is called on what, to compare the real run with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, final

import torch
from convwise.dialects.torch.live.called import Called
from convwise.dialects.torch.live.ledger import Data, Held, Ledger
from convwise.dialects.torch.live.nested import tensors_of
from convwise.dialects.torch.live.run import Witness
from convwise.dialects.torch.live.sizes import Sized, number_of
from convwise.dialects.torch.symbols import Symbol
from convwise.graph.dims import symbol
from torch import nn


class Step(NamedTuple):
    """One call: its name, its arguments with tensors as shapes, and the shapes that came out."""

    name: str
    said: object
    shapes: tuple[tuple[int, ...], ...]


class NotFreeError(Exception):
    """What forward does depends on the sizes that were to be left open."""


@final
class Rehearsal(Witness):
    """Notes every call of a run."""

    def __init__(self, ledger: Ledger, layers: Callable[[nn.Module], bool]) -> None:
        self.ledger = ledger
        self.layers = layers
        self.steps: list[Step] = []

    def sizes(self, held: Held) -> tuple[int, ...]:
        return tuple(held.meta.size())

    def called(self, call: Called) -> None:
        self._note(call)

    def stored(self, call: Called) -> None:
        self._note(call)

    def layer(self, call: Called) -> None:
        self._note(call)

    def entered(self, module: nn.Module, forward: Callable[[], Any]) -> Any:
        return forward()

    def is_layer(self, module: nn.Module) -> bool:
        return self.layers(module)

    def _note(self, call: Called) -> None:
        shapes = tuple([tuple(one.size()) for one in tensors_of(call.result)])
        given = (call.args, call.kwargs)
        said = spoken(given, lambda one: tuple(one.size()))
        self.steps.append(Step(call.name, said, shapes))
        if any(type(self.ledger.of(one).meaning) is not Data for one in tensors_of(given)):
            # What an input or a weight is part of is no data.
            for one in (*tensors_of(call.result), *[held.seen for held in call.changed]):
                self.ledger.of(one).meaning = None


def spoken(value: Any, shape: Callable[[torch.Tensor], object]) -> object:
    """A structure of arguments as plain values: tensors as their shapes."""
    if isinstance(value, torch.Tensor):
        return shape(value)
    if isinstance(value, list | tuple):
        return tuple([spoken(one, shape) for one in value])
    if isinstance(value, Mapping):
        return tuple([(key, spoken(one, shape)) for key, one in value.items()])
    if isinstance(value, slice):
        return ("slice", *[spoken(one, shape) for one in (value.start, value.stop, value.step)])
    return value if type(value) in (int, bool, float, str, Sized) else type(value).__name__


@final
class Reconciled:
    """Arguments of the real run beside those of the rehearsal.

    A number that is no size to Python any more and grows as an open size does is one again.
    """

    def __init__(self, ledger: Ledger, now: Mapping[str, int], before: Mapping[str, int]) -> None:
        self.ledger = ledger
        self.now = now
        self.before = before

    def value(self, value: Any, said: object) -> Any:
        """The value, sizes found again; NotFreeError where the rehearsal had another."""
        if isinstance(value, torch.Tensor):
            self._shape(value, said)
            return value
        sort = type(value)
        if isinstance(value, list | tuple | Mapping | slice):
            return self._inside(value, said)
        if sort is int and value != said:
            return self._size(value, said)
        plain = value if sort in (int, bool, float, str) else sort.__name__
        if sort is Sized:
            plain = number_of(value.dim, self.before)
        if plain != said:
            raise NotFreeError(f"{plain} and {said}")
        return value

    def _inside(self, value: Any, said: object) -> Any:
        if type(said) is not tuple:
            raise NotFreeError(f"{said}")
        if isinstance(value, slice):
            ends = (value.start, value.stop, value.step)
            return slice(*self._each(ends, said[1:]))
        if isinstance(value, Mapping):
            names, inner = [one[0] for one in said], [one[1] for one in said]
            if names != list(value):
                raise NotFreeError(f"{names}")
            return dict(zip(names, self._each(list(value.values()), inner), strict=True))
        found = self._each(value, said)
        return found if isinstance(value, list) else tuple(found)

    def _each(self, values: Any, said: Any) -> list[Any]:
        if len(values) != len(said):
            raise NotFreeError(f"{len(values)} and {len(said)} values")
        return [self.value(one, two) for one, two in zip(values, said, strict=True)]

    def _shape(self, tensor: torch.Tensor, said: object) -> None:
        meaning = self.ledger.of(tensor).meaning
        shape = tuple(tensor.size())
        if type(meaning) is Symbol:
            shape = tuple([number_of(one, self.before) for one in exact_sizes(meaning)])
        if shape != said:
            raise NotFreeError(f"the shapes {shape} and {said}")

    def _size(self, value: int, said: object) -> int:
        for name, number in self.now.items():
            whole, rest = divmod(value, number)
            if whole and not rest and said == whole * self.before[name]:
                return Sized(value, symbol(name) * whole)
        raise NotFreeError(f"{value} and {said}")


def exact_sizes(symbol: Symbol) -> tuple[Any, ...]:
    """The exact sizes of a tensor of the network, an input that nothing has seen yet included."""
    waiting = symbol.waiting
    return symbol.dims if waiting is None else waiting.shape

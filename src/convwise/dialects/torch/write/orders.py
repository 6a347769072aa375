"""In which order a written value has its axes; must never know a kind.

An order lists, for every axis of the value in PyTorch, the position this axis has in the graph:
(0, 3, 1, 2) is an image (batch, height, width, channel) that is kept channels first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from convwise.graph.axes import BATCH, CHANNEL, SPATIAL, Tensor

Order = tuple[int, ...]

#: Dialects that lay images out as PyTorch does: their own order is PyTorch's.
CHANNELS_FIRST: Final = ("torch", "onnx")


def same(rank: int) -> Order:
    """The graph's own order."""
    return tuple(range(rank))


def usual(value: Tensor, dialect: str) -> Order:
    """PyTorch's usual order: batch, channel, then space, where a value has channels and space.

    A network that was PyTorch's, or exported from it, keeps the order that its author chose.
    """
    roles = value.roles
    if dialect in CHANNELS_FIRST:
        return same(value.rank)
    if roles.count(CHANNEL) != 1 or not any(role in SPATIAL for role in roles):
        return same(value.rank)
    channel = roles.index(CHANNEL)
    rest = [place for place in range(value.rank) if place != channel]
    first = 1 if rest and roles[rest[0]] == BATCH else 0
    return (*rest[:first], channel, *rest[first:])


def steps(now: Order, wanted: Order) -> tuple[int, ...]:
    """The argument of `permute` that turns one order into the other."""
    places = {axis: place for place, axis in enumerate(now)}
    return tuple([places[axis] for axis in wanted])


def without(order: Order, gone: Iterable[int]) -> Order:
    """The order that stays when axes of the graph are removed, the others renumbered."""
    left = set(gone)
    kept = sorted([axis for axis in order if axis not in left])
    number = {axis: place for place, axis in enumerate(kept)}
    return tuple([number[axis] for axis in order if axis not in left])


def with_new(order: Order, axis: int, place: int) -> Order:
    """The order with a new axis of the graph at `axis`, standing at `place` in PyTorch."""
    moved = [old + 1 if old >= axis else old for old in order]
    return (*moved[:place], axis, *moved[place:])


def alike(value: Tensor, one: Sequence[int], two: Sequence[int]) -> bool:
    """Whether both orders lay the values out alike: they differ by axes of size 1 only."""
    sizes = value.shape
    return [axis for axis in one if sizes[axis] != 1] == [axis for axis in two if sizes[axis] != 1]

"""Which values a normalisation measures together, and what it measures; writes nothing down."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from convwise.graph.axes import BATCH, CHANNEL
from convwise.kinds.named_axes import located
from convwise.reference.by_hand.places import Place, shape_of
from convwise.reference.by_hand.sheet import numbers
from convwise.reference.contract import Array, Use

_MOVING = ("mean", "variance")
Index = tuple[Any, ...]


class Group(NamedTuple):
    """The values that share a mean: where they are, their axes, and the place in them."""

    where: Index
    axes: tuple[str, ...]
    mine: Place

    def of(self, values: Array) -> Array:
        """Their values, or those of an array of the same shape."""
        return numbers(values[self.where])


def group(use: Use[Any], place: Place) -> Group:
    """The group that a place belongs to."""
    source = use.source
    slices: dict[int, slice] = {axis: slice(None) for axis in _together(use)}
    if use.kind.name == "group_norm":
        channel = source.locate(use.kind.axis)
        channels = shape_of(source)[channel]
        size = channels // (use.kind.groups or channels)
        first = place[channel] // size * size
        slices[channel] = slice(first, first + size)
    axes = sorted(slices)
    names = [source.axes[axis].role or f"axis {axis}" for axis in axes]
    mine = tuple([place[axis] - (slices[axis].start or 0) for axis in axes])
    index = tuple([slices.get(axis, at) for axis, at in enumerate(place)])
    return Group(index, tuple(["example" if one == BATCH else one for one in names]), mine)


def _together(use: Use[Any]) -> list[int]:
    """Axes over which the mean is taken, channels of a group aside."""
    source, kind = use.source, use.kind
    match kind.name:
        case "batch_norm":
            alone = {source.locate(kind.axis)}
        case "group_norm":
            alone = {source.locate(kind.axis)} | _examples(use)
        case "instance_norm":
            alone = {source.position(CHANNEL)} | _examples(use)
        case _:
            return list(located(source, kind.axes))
    return [axis for axis in range(source.rank) if axis not in alone]


def _examples(use: Use[Any]) -> set[int]:
    return {axis for axis, role in enumerate(use.source.roles) if role == BATCH}


def given(use: Use[Any], name: str, which: int) -> Array | None:
    """The scale (`which` 1) or the centre (2): a weight, a value of the network, or none."""
    if len(use.inputs) > which:
        return numbers(use.inputs[which])
    return use.weights.get(name)


def moving(use: Use[Any]) -> bool:
    """Whether statistics kept from training are used instead of those of the data."""
    return "moving_mean" in use.weights and not use.training


def own(use: Use[Any], place: Place) -> Place:
    """The place in a weight that belongs to a place of the input."""
    return tuple([place[axis] for axis in use.kind.weighted(use.source)])


def normalised(use: Use[Any]) -> Array:
    """The whole input, normalised, before scale and centre."""
    x, kind = numbers(use.x), use.kind
    if moving(use):
        (axis,) = kind.weighted(use.source)
        shape = [-1 if place == axis else 1 for place in range(x.ndim)]
        mean, variance = [use.weights[f"moving_{one}"].reshape(shape) for one in _MOVING]
        return numbers((x - mean) / np.sqrt(variance + kind.epsilon))
    axes = _together(use)
    if kind.name == "group_norm":
        channel = use.source.locate(kind.axis)
        groups = kind.groups or x.shape[channel]
        x = x.reshape(*x.shape[:channel], groups, -1, *x.shape[channel + 1 :])
        axes = [axis + (axis > channel) for axis in axes] + [channel + 1]
    found = _divided(kind, x, tuple(axes))
    return found.reshape(use.x.shape)


def _divided(kind: Any, x: Array, axes: tuple[int, ...]) -> Array:
    squares = numbers((x**2).mean(axis=axes, keepdims=True))
    match kind.name:
        case "unit_norm":
            length = np.sqrt((x**2).sum(axis=axes, keepdims=True))
            return numbers(x / np.maximum(length, kind.epsilon))
        case "rms_norm":
            return numbers(x / np.sqrt(squares + kind.epsilon))
        case _:
            mean, variance = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
            return numbers((x - mean) / np.sqrt(variance + kind.epsilon))

"""Layouts of multi-head attention, of weights and of axes; must never know any scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from convwise.graph.axes import BATCH, Tensor
from convwise.kinds.multi_head import MultiHeadAttention
from convwise.kinds.multi_head_weights import Projections
from convwise.reference.contract import Array

#: The projections of the input in the order in which a packed kernel has them.
_PACKED = ("query", "key", "value")


def by_head(weights: Mapping[str, Array], widths: Projections) -> dict[str, Array]:
    """Kernels (heads, size, features), biases (heads, size), output (out, heads, size), (out).

    Extra keys and values come as (heads, size).
    """
    found: dict[str, Array] = {}
    flat = {**weights, **_split(weights, widths)}
    for one in widths.inputs:
        found[f"{one.name}_kernel"] = flat[f"{one.name}_kernel"].reshape(one.heads, one.size, -1)
        if widths.bias:
            found[f"{one.name}_bias"] = flat[f"{one.name}_bias"].reshape(one.heads, one.size)
    found["output_kernel"] = weights["output_kernel"].reshape(-1, widths.heads, widths.value_size)
    if widths.bias:
        found["output_bias"] = weights["output_bias"].reshape(-1)
    if widths.extra_key:
        for name in ("extra_key", "extra_value"):
            found[name] = weights[name].reshape(widths.heads, -1)
    return found


def _split(weights: Mapping[str, Array], widths: Projections) -> dict[str, Array]:
    """Packed kernels and biases, cut into those of queries, keys and values."""
    ends = np.cumsum([one.width for one in widths.inputs])[:-1]
    found = {}
    for what in ("kernel", "bias"):
        if f"input_{what}" in weights:
            parts = np.split(weights[f"input_{what}"], ends)
            found.update({f"{name}_{what}": one for name, one in zip(_PACKED, parts, strict=True)})
    return found


def as_layout(found: Mapping[str, Array], weights: Mapping[str, Array]) -> dict[str, Array]:
    """The inverse of `by_head`: gradients under the roles and in the shapes of the weights."""
    flat = dict(found)
    for what in ("kernel", "bias"):
        if f"input_{what}" in weights:
            parts = [found[f"{name}_{what}"] for name in _PACKED]
            rows = [one.reshape(prod(one.shape[:2]), *one.shape[2:]) for one in parts]
            flat[f"input_{what}"] = np.concatenate(rows)
    return {role: flat[role].reshape(one.shape) for role, one in weights.items()}


class Frame(NamedTuple):
    """Positions of the axes that hold examples, and of those that are attended over."""

    free: tuple[int, ...]
    lengths: tuple[int, ...]

    def laid(self, x: Array) -> Array:
        """(examples, length, features): the axes of each put in one."""
        turned = x.transpose(*self.free, *self.lengths, x.ndim - 1)
        examples = prod([x.shape[axis] for axis in self.free])
        return turned.reshape(examples, -1, x.shape[-1])

    def back(self, x: Array, shape: Sequence[Any]) -> Array:
        """The inverse, to a shape that may have several axes of features at its end."""
        order = [*self.free, *self.lengths]
        order += range(len(order), len(shape))
        return x.reshape([shape[axis] for axis in order]).transpose(np.argsort(order))


def frame_of(kind: MultiHeadAttention, query: Tensor) -> Frame:
    """Attended are the named axes, or all but the batch and the features."""
    places = range(query.rank - 1)
    if kind.axes:
        lengths = tuple(sorted([query.locate(axis) for axis in kind.axes]))
    else:
        lengths = tuple([place for place in places if query.roles[place] != BATCH])
    return Frame(tuple([place for place in places if place not in lengths]), lengths)

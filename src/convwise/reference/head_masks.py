"""Masks of multi-head attention, laid out for all scores; must never know weights or values."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np

from convwise.graph.axes import BATCH
from convwise.kinds.multi_head import MultiHeadAttention
from convwise.reference.arrays import summed_to
from convwise.reference.attending import out_of_sight
from convwise.reference.contract import Array, Use
from convwise.reference.heads import Frame


class Mask(NamedTuple):
    """One of both, (examples, heads, queries, keys), an axis of size 1 where it does not matter."""

    hidden: Array | None = None
    added: Array | None = None


def fitted(use: Use[MultiHeadAttention], frame: Frame, which: int) -> Mask:
    """A mask as its framework reads it.

    Layout "heads", Keras: (examples..., [heads], queries..., keys...), yes or above 0.5 is seen.
    Else PyTorch: (queries, keys), or the same for every example and head on one axis, or
    (examples, keys), or (keys) of the only example; yes is hidden, and numbers are added.
    """
    mask = use.inputs[which]
    if use.kind.layout == "heads":
        seen = mask if mask.dtype == bool else mask > 0.5
        return Mask(hidden=~_by_axes(seen, use, frame))
    laid = _by_examples(mask, use, which)
    return Mask(hidden=laid) if mask.dtype == bool else Mask(added=laid)


def _by_axes(seen: Array, use: Use[MultiHeadAttention], frame: Frame) -> Array:
    """Keras: what a mask has less than the scores is heads first, then axes of examples."""
    query, key = use.inputs[:2]
    rows = [query.shape[axis] for axis in frame.lengths]
    columns = [key.shape[axis] for axis in frame.lengths]
    free = [query.shape[axis] for axis in frame.free]
    count = len(rows) + len(columns)
    front, tail = seen.shape[: max(seen.ndim - count, 0)], seen.shape[-count:]
    front = (*front, *[1] * (len(free) + 1 - len(front)))
    tail = (*[1] * (count - len(tail)), *tail)
    full = np.broadcast_to(seen.reshape(*front, *tail), (*free, front[-1], *rows, *columns))
    return full.reshape(prod(free), front[-1], prod(rows), prod(columns))


def _by_examples(mask: Array, use: Use[MultiHeadAttention], which: int) -> Array:
    """PyTorch: a mask of two axes is one of examples if it begins with the batch."""
    match mask.ndim:
        case 3:
            return mask.reshape(-1, use.kind.heads, *mask.shape[1:])
        case 2 if _is_padding(use, which):
            return mask[:, None, None, :]
        case _:
            return mask.reshape([1] * (4 - mask.ndim) + list(mask.shape))


def _is_padding(use: Use[MultiHeadAttention], which: int) -> bool:
    """Of two masks the first is; a single one is told by the role of its first axis."""
    if len(use.operands) > 4:
        return which == 3
    return use.operands[which].roles[0] == BATCH


def masked(use: Use[MultiHeadAttention], scores: Array, masks: list[Mask]) -> Array:
    """-inf for what is hidden; keys behind those of the input are always seen."""
    queries, keys = scores.shape[-2:]
    own = keys - int(use.kind.extra_key) - int(use.kind.zero_key)
    hidden = out_of_sight(queries, own, use.kind.causal, use.kind.window)
    found = scores[..., :own]
    for mask in masks:
        if mask.hidden is not None:
            hidden = hidden | mask.hidden
        if mask.added is not None:
            found = found + mask.added
    seen = np.where(hidden, -np.inf, found)
    return np.concatenate([seen, scores[..., own:]], axis=-1)


def of_mask(ds: Array, mask: Mask, given: Array, own: int) -> Array | None:
    """The gradient of a mask added to the scores of `own` keys; None for one that hides."""
    if mask.added is None:
        return None
    return summed_to(ds[..., :own], mask.added.shape).reshape(given.shape)

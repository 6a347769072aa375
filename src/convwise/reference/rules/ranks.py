"""Values found by their rank along one axis, and the places where they stood."""

from __future__ import annotations

import numpy as np

from convwise.kinds.ranking import Extreme, Sort, TopK
from convwise.reference.contract import Array, Gradients, Pass, Use


def extreme(use: Use[Extreme]) -> Pass:
    """y = x[place], one place along the axis: of the largest, smallest, middle, commonest or kth.

    Of an even number of values the lower middle one, of equally common ones the smallest. Backward:
    dx[place] = dy, so of equal values only the one that was found has a gradient.
    """
    axis = use.source.locate(use.kind.axis)
    last = np.moveaxis(use.x, axis, -1)  # (..., n)
    places = np.moveaxis(_place(last, use.kind), -1, axis)  # 1 along the axis
    return _found(use, places, axis, keep=use.kind.keep_axis)


def _place(x: Array, kind: Extreme) -> Array:
    """Where along the last axis the value stands, as an axis of size 1."""
    found: Array
    match kind.op:
        case "max" | "min":
            found = (x.argmax if kind.op == "max" else x.argmin)(axis=-1, keepdims=True)
            return found
        case "mode":
            return _commonest(x)
        case "kth":
            return _order(x)[..., kind.rank - 1 : kind.rank]
    middle = (x.shape[-1] - 1) // 2
    broken = x != x  # what is not a number is the middle of everything
    found = np.where(
        broken.any(axis=-1, keepdims=True),
        broken.argmax(axis=-1, keepdims=True),
        _order(x)[..., middle : middle + 1],
    )
    return found


def _commonest(x: Array) -> Array:
    """The last place of the value that is there most often, of several such the smallest."""
    same = x[..., :, None] == x[..., None, :]  # (..., n, n)
    count = same.sum(axis=-1)  # (..., n)
    order = _order(x)
    first = np.take_along_axis(count, order, axis=-1).argmax(axis=-1, keepdims=True)
    value = np.take_along_axis(x, np.take_along_axis(order, first, axis=-1), axis=-1)
    there: Array = (x == value)[..., ::-1].argmax(axis=-1, keepdims=True)
    place: Array = x.shape[-1] - 1 - there
    return place


def top_k(use: Use[TopK]) -> Pass:
    """The first `count` of the values in order, the largest first, or the smallest first.

    Backward: dx[place] = dy; the others have none.
    """
    axis = use.source.locate(use.kind.axis)
    count = int(use.outputs[0].shape[axis])  # type: ignore[arg-type]
    places = _order(np.moveaxis(use.x, axis, -1), use.kind.largest)[..., :count]
    return _found(use, np.moveaxis(places, -1, axis), axis)


def sort(use: Use[Sort]) -> Pass:
    """All values in order. Backward: dx[place] = dy."""
    axis = use.source.locate(use.kind.axis)
    places = _order(np.moveaxis(use.x, axis, -1), use.kind.descending)
    return _found(use, np.moveaxis(places, -1, axis), axis)


def _order(x: Array, descending: bool = False) -> Array:
    """Places along the last axis by value, equal ones as they stood; what is no number is largest.

    Descending is ascending from the other end: so that equal values still keep their order.
    """
    if not descending:
        found: Array = x.argsort(axis=-1, kind="stable")
        return found
    found = x.shape[-1] - 1 - x[..., ::-1].argsort(axis=-1, kind="stable")
    return found[..., ::-1]


def _found(use: Use[Extreme | TopK | Sort], places: Array, axis: int, keep: bool = True) -> Pass:
    """Values and places, the axis dropped when it is not kept; the way back to the places."""
    x = use.x
    values = np.take_along_axis(x, places, axis)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        if x.dtype != np.float64:
            return Gradients((None,))
        dx = np.zeros_like(x)
        np.put_along_axis(dx, places, grads[0].reshape(places.shape), axis)
        return Gradients((dx,))

    if keep:
        return Pass((values, places), backward)
    return Pass((values.squeeze(axis), places.squeeze(axis)), backward)

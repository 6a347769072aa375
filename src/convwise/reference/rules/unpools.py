"""Unpooling: values back at the places where a pooling found them."""

from __future__ import annotations

import numpy as np

from convwise.errors import RuleError
from convwise.kinds.unpooling import MaxUnpool
from convwise.reference.arrays import moved_back, moved_last
from convwise.reference.contract import Array, Gradients, Pass, Use


def max_unpool(use: Use[MaxUnpool]) -> Pass:
    """y[i[k]] = x[k], all else 0; i counts through the unpooled axes of the output in order.

    Of several values for one place the last stays. Backward: dx[k] = dy[i[k]], as PyTorch has it:
    also of the values that did not stay. Source: Zeiler and Fergus (arXiv:1311.2901).
    """
    places = use.source.spatial(len(use.kind.window))
    x, index = [moved_last(one, places) for one in use.inputs]  # (..., *space)
    front = x.shape[: x.ndim - len(places)]
    sizes = [use.outputs[0].axes[place].dim for place in places]
    y = np.zeros((*front, *sizes))
    flat = index.reshape(*front, -1)
    pixels = y.reshape(*front, -1)  # a view
    _must_be_inside(flat, pixels.shape[-1], str(tuple(sizes)))
    np.put_along_axis(pixels, flat, x.reshape(flat.shape), axis=-1)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dy = moved_last(grads[0], places).reshape(pixels.shape)
        dx = np.take_along_axis(dy, flat, axis=-1).reshape(x.shape)
        return Gradients((moved_back(dx, places), None))

    return Pass((moved_back(y, places),), backward)


def _must_be_inside(index: Array, count: int, shape: str) -> None:
    outside = index[(index < 0) | (index >= count)]
    if outside.size:
        raise RuleError(
            f"the index {outside[0]} is outside of the {count} pixels of an output of {shape}",
            hint="indices as the pooling returns them, and `sizes` as of its input",
        )

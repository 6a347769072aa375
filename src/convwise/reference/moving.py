"""What only moves values: the gradient of each goes back to where it came from; knows no kind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from convwise.reference.contract import Array, Gradients, Pass

Move = Callable[[Array], Array]


def moved(x: Array, move: Move) -> Pass:
    """y = move(x), where every value of y is one of x; dx gathers dy over all copies of a value.

    Which one is found by moving the numbers 0, 1, 2, ... in the place of the values.
    """
    y = move(x)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients((gathered(grads[0], move, x.shape),))

    return Pass((y,), backward)


def gathered(dy: Array, move: Move, shape: tuple[int, ...]) -> Array:
    """The gradient of what was moved, for an input of this shape."""
    count = int(np.prod(shape))
    places = move(np.arange(count).reshape(shape))
    found: Array = np.bincount(places.ravel(), dy.ravel(), count).reshape(shape)
    return found

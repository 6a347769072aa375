"""Values joined to places of an array, several perhaps to one place; must never know a kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from convwise.reference.contract import Array

#: How values join what is there, one after the other.
_JOINS: Final[dict[str, Any]] = {
    "add": np.add,
    "mean": np.add,
    "prod": np.multiply,
    "max": np.maximum,
    "min": np.minimum,
}


class Joined(NamedTuple):
    """What was joined: y came of x and the values v, each at its place."""

    x: Array
    v: Array
    y: Array
    places: tuple[Array, ...]  # one array per axis of x, together of the shape of v

    def counted(self, which: Array) -> Array:
        """At each place of x, how many of its values are in the given yes-or-no choice."""
        found = np.zeros(self.x.shape)
        np.add.at(found, self.places, which.astype(np.float64))
        return found


def scattered(op: str, x: Array, v: Array, places: tuple[Array, ...]) -> Array:
    """x with the values set, or joined by `op`, at their places; of several set the last stays."""
    y = x.copy()
    if op == "set":
        y[places] = v
        return y
    _JOINS[op].at(y, places, v)
    if op == "mean":
        y = y / (1 + Joined(x, v, y, places).counted(np.ones(v.shape, dtype=bool)))
    return y


def scattered_back(op: str, dy: Array, joined: Joined) -> tuple[Array, Array]:
    """The gradients of x and of v."""
    return _BACK[op](dy, joined)


def _set(dy: Array, joined: Joined) -> tuple[Array, Array]:
    """dv[k] = dy[p(k)] of the value that stayed, 0 of those it replaced; dx = dy elsewhere."""
    places, v = joined.places, joined.v
    number = np.arange(v.size).reshape(v.shape)
    stayed = np.full(joined.x.shape, -1)
    stayed[places] = number
    return np.where(stayed < 0, dy, 0.0), np.where(stayed[places] == number, dy[places], 0.0)


def _add(dy: Array, joined: Joined) -> tuple[Array, Array]:
    """dx = dy, dv[k] = dy[p(k)]."""
    return dy, dy[joined.places]


def _mean(dy: Array, joined: Joined) -> tuple[Array, Array]:
    """As of a sum, divided by how many were joined, x itself among them."""
    shared = dy / (1 + joined.counted(np.ones(joined.v.shape, dtype=bool)))
    return shared, shared[joined.places]


def _prod(dy: Array, joined: Joined) -> tuple[Array, Array]:
    """dx = dy * product of all v, dv[k] = dy[p(k)] * x[p(k)] * product of the other v there.

    Of the others: all that are not 0, divided by v[k] itself, and 0 when one of the others is.
    """
    places, v = joined.places, joined.v
    zero = v == 0
    finite = np.where(zero, 1.0, v)
    product = np.ones(joined.x.shape)
    np.multiply.at(product, places, finite)
    zeros = joined.counted(zero)
    dx = np.where(zeros == 0, dy * product, 0.0)
    others = (dy * joined.x * product)[places] / finite
    return dx, np.where(zeros[places] == zero, others, 0.0)


def _extreme(dy: Array, joined: Joined) -> tuple[Array, Array]:
    """dy goes to what is the extreme; equal ones share it evenly."""
    own, theirs = joined.x == joined.y, joined.v == joined.y[joined.places]
    shared = dy / np.maximum(own + joined.counted(theirs), 1.0)
    return np.where(own, shared, 0.0), np.where(theirs, shared[joined.places], 0.0)


_BACK: Final[dict[str, Callable[[Array, Joined], tuple[Array, Array]]]] = {
    "set": _set,
    "add": _add,
    "mean": _mean,
    "prod": _prod,
    "max": _extreme,
    "min": _extreme,
}

"""Small moves of arrays that many rules share; must never know a kind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from convwise.reference.contract import Array


def summed_to(gradient: Array, shape: Sequence[int]) -> Array:
    """The gradient of an array that was broadcast: sums over every axis that was stretched."""
    extra = gradient.ndim - len(shape)
    summed = gradient.sum(axis=tuple(range(extra))) if extra else gradient
    stretched = tuple([i for i, size in enumerate(shape) if size == 1 and summed.shape[i] != 1])
    return summed.sum(axis=stretched, keepdims=True) if stretched else summed


def moved_last(values: Array, positions: Sequence[int]) -> Array:
    """A view with these axes at the end, in this order; the others keep theirs in front."""
    count = len(positions)
    return np.moveaxis(values, list(positions), list(range(-count, 0)))


def moved_back(values: Array, positions: Sequence[int]) -> Array:
    """The inverse of `moved_last`."""
    count = len(positions)
    return np.moveaxis(values, list(range(-count, 0)), list(positions))


def along(vector: Array, position: int, rank: int) -> Array:
    """A vector seen as an array of `rank` axes that varies along one of them, to be broadcast."""
    return vector.reshape([-1 if axis == position else 1 for axis in range(rank)])

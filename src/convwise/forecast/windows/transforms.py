"""Transforms of amounts such as rain, with their inverses; knows nothing of records."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from convwise.errors import UsageError

Array = NDArray[Any]


class Transform(ABC):
    """A function of a value and its inverse. NaN stays NaN."""

    #: Values below this have no transform.
    lowest: float

    @abstractmethod
    def forward(self, values: Array) -> Array:
        """Of values of the file."""

    @abstractmethod
    def backward(self, values: Array) -> Array:
        """Back to values of the file."""


@final
class Identity(Transform):
    """The value itself."""

    lowest = -np.inf

    def forward(self, values: Array) -> Array:
        return values

    def backward(self, values: Array) -> Array:
        return values


@final
class Log1p(Transform):
    """log(1 + value); back never below zero."""

    lowest = 0.0

    def forward(self, values: Array) -> Array:
        return np.asarray(np.log1p(values))

    def backward(self, values: Array) -> Array:
        return np.asarray(np.maximum(np.expm1(values), 0))


@final
class SquareRoot(Transform):
    """The square root; back from negative numbers is zero."""

    lowest = 0.0

    def forward(self, values: Array) -> Array:
        return np.asarray(np.sqrt(values))

    def backward(self, values: Array) -> Array:
        return np.asarray(np.maximum(values, 0) ** 2)


TRANSFORMS: dict[str, Transform] = {"none": Identity(), "log1p": Log1p(), "sqrt": SquareRoot()}


def transformed(values: Array, name: str, channel: str) -> Array:
    """Values of one channel transformed. Raises UsageError where the transform has no value."""
    transform = TRANSFORMS[name]
    if transform.lowest > -np.inf:
        low = np.min(values, initial=np.inf, where=~np.isnan(values))
        if low < transform.lowest:
            raise UsageError(
                f"{channel} goes down to {low:g}: {name} takes values from {transform.lowest:g} on",
                hint=f"another transform, or missing=({low:g},) if that number means no value",
            )
    return transform.forward(values)

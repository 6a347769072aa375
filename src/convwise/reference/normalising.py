"""Values shifted and scaled to mean 0 and variance 1, and the way back; knows no kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from convwise.reference.contract import Array

#: The normalised values, and dx from the gradient of the normalised values.
Normalised = tuple[Array, Callable[[Array], Array]]


def centred(x: Array, axes: tuple[int, ...], epsilon: float) -> Normalised:
    """n = (x - m)/s with the mean m over the axes and s = sqrt(mean of (x - m)^2 + epsilon).

    Backward: dx = (dn - mean of dn - n mean of (dn n))/s: a gradient that would shift or scale all
    values alike changes nothing.
    """
    m = x.mean(axis=axes, keepdims=True)
    s = np.sqrt(((x - m) ** 2).mean(axis=axes, keepdims=True) + epsilon)
    n = (x - m) / s

    def back(dn: Array) -> Array:
        along = (dn * n).mean(axis=axes, keepdims=True)
        dx: Array = (dn - dn.mean(axis=axes, keepdims=True) - n * along) / s
        return dx

    return n, back


def scaled(x: Array, axes: tuple[int, ...], epsilon: float) -> Normalised:
    """n = x/s with s = sqrt(mean of x^2 + epsilon), no mean subtracted."""
    s = np.sqrt((x**2).mean(axis=axes, keepdims=True) + epsilon)
    n = x / s

    def back(dn: Array) -> Array:
        dx: Array = (dn - n * (dn * n).mean(axis=axes, keepdims=True)) / s
        return dx

    return n, back


def fixed(x: Array, mean: Array, variance: Array, epsilon: float) -> Normalised:
    """The same with a mean and a variance that are remembered: dx = dn/s."""
    s = np.sqrt(variance + epsilon)

    def back(dn: Array) -> Array:
        return dn / s

    return (x - mean) / s, back


def spread(weight: Array, places: Sequence[int], rank: int) -> Array:
    """A weight with one axis per place, seen as an array of all axes, to be broadcast."""
    order = np.argsort(places)
    sizes = [1] * rank
    for place, size in zip(places, weight.shape, strict=True):
        sizes[place] = size
    return weight.transpose(order).reshape(sizes)


def gathered(gradient: Array, places: Sequence[int]) -> Array:
    """The gradient of such a weight: summed over all other axes, its own axes in their order."""
    others = tuple([axis for axis in range(gradient.ndim) if axis not in places])
    order = np.argsort(np.argsort(places))
    found: Array = gradient.sum(axis=others).transpose(order)
    return found

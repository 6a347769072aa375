"""Normalisation over chosen axes, to unit length, and by neighbouring channels."""

from __future__ import annotations

import numpy as np

from convwise.graph.axes import CHANNEL
from convwise.kinds.layer_normalization import LayerNorm, LocalResponseNorm, RMSNorm, UnitNorm
from convwise.kinds.named_axes import located
from convwise.reference.contract import Array, Gradients, Pass, Use
from convwise.reference.normalising import centred, scaled
from convwise.reference.rules.norms import affine


def layer_norm(use: Use[LayerNorm]) -> Pass:
    """y = gamma n + beta, n normalised over the axes at every other position (arXiv:1607.06450)."""
    places = located(use.source, use.kind.axes)
    return affine(use, centred(use.x, tuple(sorted(places)), use.kind.epsilon), places)


def rms_norm(use: Use[RMSNorm]) -> Pass:
    """y = gamma x/sqrt(mean of x^2 + epsilon) (arXiv:1910.07467)."""
    places = located(use.source, use.kind.axes)
    return affine(use, scaled(use.x, tuple(sorted(places)), use.kind.epsilon), places)


def unit_norm(use: Use[UnitNorm]) -> Pass:
    """y = x/max(|x|, epsilon), with the length |x| = (sum of |x|^p)^(1/p), or the largest |x|.

    Backward: dx = (dy - (sum of dy y) d|x|/dx)/|x|, and dy/epsilon where the length is below it.
    """
    axes = tuple(sorted(located(use.source, use.kind.axes)))
    size = np.abs(use.x)
    if isinstance(use.kind.order, str):
        length = size.max(axis=axes, keepdims=True)
        most = size == length
        slope = np.sign(use.x) * most / most.sum(axis=axes, keepdims=True)
    else:
        p = use.kind.order
        length = (size**p).sum(axis=axes, keepdims=True) ** (1 / p)
        safe = np.where(length == 0, 1.0, length)
        slope = np.sign(use.x) * (size / safe) ** (p - 1)
    over = np.maximum(length, use.kind.epsilon)
    y = use.x / over

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        along = (dy * y).sum(axis=axes, keepdims=True) * (length > use.kind.epsilon)
        return Gradients(((dy - along * slope) / over,))

    return Pass((y,), backward)


def local_response_norm(use: Use[LocalResponseNorm]) -> Pass:
    """y = x (offset + alpha sum of x^2 over the nearest channels)^-beta.

    Krizhevsky, Sutskever and Hinton (2012), section 3.3. Backward: dx = dy s^-beta - 2 alpha beta x
    times the sum, over the channels that see it, of dy x s^(-beta - 1).
    """
    kind = use.kind
    place = use.source.position(CHANNEL)
    before = kind.size // 2

    def near(values: Array, first: int) -> Array:
        """Sums over `size` channels, beginning so many before each one."""
        widths = [(0, 0)] * values.ndim
        widths[place] = (first, kind.size - 1 - first)
        wide = np.pad(values, widths)
        count = values.shape[place]
        parts = [wide.take(range(j, j + count), axis=place) for j in range(kind.size)]
        found: Array = np.sum(parts, axis=0)
        return found

    s = kind.offset + kind.alpha * near(use.x**2, before)
    y = use.x * s**-kind.beta

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        seen = near(dy * use.x * s ** (-kind.beta - 1), kind.size - 1 - before)
        return Gradients((dy * s**-kind.beta - 2 * kind.alpha * kind.beta * use.x * seen,))

    return Pass((y,), backward)

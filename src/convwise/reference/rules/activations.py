"""Functions of single values, gates, learned slopes, and softmax."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from convwise.graph.axes import BATCH
from convwise.kinds.activation import GLU, Activation, PReLU
from convwise.kinds.given_weights import GivenPReLU
from convwise.kinds.softmax import Softmax
from convwise.reference.arrays import along, summed_to
from convwise.reference.contract import Array, Gradients, Pass, Use
from convwise.reference.functions import sigmoid, value_and_slope


def activation(use: Use[Activation]) -> Pass:
    """y = f(x) value by value; backward: dx = dy f'(x)."""
    y, slope = value_and_slope(use.kind.function, dict(use.kind.resolved()), use.x)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients((grads[0] * slope,))

    return Pass((y,), backward)


def glu(use: Use[GLU]) -> Pass:
    """y = a sigmoid(b), with a and b the two halves of an axis.

    Backward: da = dy sigmoid(b); db = dy a sigmoid(b) (1 - sigmoid(b)).
    """
    axis = use.source.locate(use.kind.axis)
    a, b = np.split(use.x, 2, axis=axis)
    gate = sigmoid(b)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        halves = (dy * gate, dy * a * gate * (1 - gate))
        return Gradients((np.concatenate(halves, axis=axis),))

    return Pass((a * gate,), backward)


def prelu(use: Use[PReLU]) -> Pass:
    """y = x where x > 0, alpha x elsewhere; dalpha gathers dy x over the negative x."""
    alpha = use.weights["alpha"]
    shared = {use.source.locate(ref) for ref in use.kind.shared}
    shape = [
        1 if axis.role == BATCH or place in shared else use.x.shape[place]
        for place, axis in enumerate(use.source.axes)
    ]
    y, back = _sloped(use.x, alpha.reshape(shape))

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dx, dalpha = back(grads[0])
        return Gradients((dx,), {"alpha": dalpha.reshape(alpha.shape)})

    return Pass((y,), backward)


def given_prelu(use: Use[GivenPReLU]) -> Pass:
    """The same with slopes that are values: one, or one for each channel (axis 1)."""
    slopes = use.inputs[1]
    wide = slopes.reshape(-1) if slopes.size > 1 else slopes.reshape(1)
    rank = use.x.ndim
    y, back = _sloped(use.x, along(wide, min(1, rank - 1), rank) if rank else wide.reshape(()))

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dx, dalpha = back(grads[0])
        return Gradients((dx, dalpha.reshape(slopes.shape)))

    return Pass((y,), backward)


def _sloped(x: Array, alpha: Array) -> tuple[Array, Callable[[Array], tuple[Array, Array]]]:
    positive = x > 0

    def back(dy: Array) -> tuple[Array, Array]:
        dalpha = np.where(positive, 0.0, dy * x)
        return dy * np.where(positive, 1.0, alpha), summed_to(dalpha, alpha.shape)

    return np.where(positive, x, alpha * x), back


def softmax(use: Use[Softmax]) -> Pass:
    """y = exp(x)/sum of exp(x), the largest x subtracted first; its logarithm when `log`.

    Backward: dx = y (dy - sum of dy y); for the logarithm dx = dy - softmax(x) sum of dy.
    """
    axes = tuple(sorted({use.source.locate(ref) for ref in use.kind.axes}))
    if use.kind.sparse:
        return _sparsemax(use, axes)
    shifted = use.x - use.x.max(axis=axes, keepdims=True)
    total = np.exp(shifted).sum(axis=axes, keepdims=True)
    shares = np.exp(shifted) / total

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        if use.kind.log:
            return Gradients((dy - shares * dy.sum(axis=axes, keepdims=True),))
        return Gradients((shares * (dy - (dy * shares).sum(axis=axes, keepdims=True)),))

    return Pass((shifted - np.log(total) if use.kind.log else shares,), backward)


def _sparsemax(use: Use[Softmax], axes: tuple[int, ...]) -> Pass:
    """The nearest point of the simplex: max(x - tau, 0) with the tau that makes the sum 1.

    Martins and Astudillo (arXiv:1602.02068), algorithm 1. Backward: within the support the
    gradient minus its mean there, elsewhere 0.
    """
    (axis,) = axes
    x = np.moveaxis(use.x, axis, -1)
    sorted_x = -np.sort(-x, axis=-1)
    sums = sorted_x.cumsum(axis=-1) - 1
    rank = np.arange(1, x.shape[-1] + 1)
    count = (rank * sorted_x > sums).sum(axis=-1, keepdims=True)
    tau = np.take_along_axis(sums, count - 1, axis=-1) / count
    y = np.maximum(x - tau, 0)
    support = y > 0

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dy = np.moveaxis(grads[0], axis, -1) * support
        mean = dy.sum(axis=-1, keepdims=True) / support.sum(axis=-1, keepdims=True)
        return Gradients((np.moveaxis((dy - mean) * support, -1, axis),))

    return Pass((np.moveaxis(y, -1, axis),), backward)

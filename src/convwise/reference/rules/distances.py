"""Distances and similarities of vectors, pair by pair and all with all."""

from __future__ import annotations

from math import inf

import numpy as np

from convwise.kinds.distance import CosineSimilarity, CrossDistance, Order, PairwiseDistance
from convwise.reference.arrays import summed_to
from convwise.reference.contract import Array, Gradients, Pass, Use


def cosine_similarity(use: Use[CosineSimilarity]) -> Pass:
    """y = sum along the axis of u v, where u = a / max(|a|, epsilon) and v = b / max(|b|, epsilon).

    Backward: da = (dy v - u sum(dy v u)) / |a|, without the second term where |a| < epsilon, and
    divided by epsilon there; db likewise.
    """
    a, b = np.broadcast_arrays(*use.inputs)
    axis, epsilon = use.kind.place(use.operands), use.kind.epsilon
    one, two = _length(a, axis), _length(b, axis)  # the axis stays, with size 1
    u, v = a / np.maximum(one, epsilon), b / np.maximum(two, epsilon)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dy = np.expand_dims(grads[0], axis)
        across = dy * (u * v).sum(axis=axis, keepdims=True)
        da = (dy * v - u * np.where(one > epsilon, across, 0.0)) / np.maximum(one, epsilon)
        db = (dy * u - v * np.where(two > epsilon, across, 0.0)) / np.maximum(two, epsilon)
        shapes = [given.shape for given in use.inputs]
        return Gradients((summed_to(da, shapes[0]), summed_to(db, shapes[1])))

    return Pass(((u * v).sum(axis=axis),), backward)


def pairwise_distance(use: Use[PairwiseDistance]) -> Pass:
    """y = norm along the last axis of d = a - b + epsilon: (sum of |d|^p)^(1/p), p the order.

    Backward: with n the gradient of the norm, da = dy n and db = -dy n.
    """
    a, b = use.inputs
    kind = use.kind
    d = a - b + kind.epsilon  # (..., n)
    y = _norm(d, kind.order)  # (..., 1)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dy = grads[0].reshape(y.shape)
        slope = _slope(d, y, kind.order)
        if kind.order == "max":  # values that are the largest together share the gradient
            slope = slope / np.maximum(np.abs(slope).sum(axis=-1, keepdims=True), 1.0)
        return Gradients((summed_to(dy * slope, a.shape), summed_to(-dy * slope, b.shape)))

    return Pass((y if kind.keep_axis else y[..., 0],), backward)


def cross_distance(use: Use[CrossDistance]) -> Pass:
    """y[..., r, c] = norm of d[..., r, c, :] = a[..., r, :] - b[..., c, :].

    Backward: with n the gradient of the norm, da[r] = sum over c of dy[r, c] n[r, c], and
    db[c] = -(sum over r of dy[r, c] n[r, c]). `by_product` says how frameworks get to the same
    distances; differences are exact where that rounds.
    """
    a, b = use.inputs  # (..., rows, n), (..., columns, n)
    one, two = a[..., :, None, :], b[..., None, :, :]
    d = one - two  # (..., rows, columns, n)
    y = _norm(d, use.kind.order)  # (..., rows, columns, 1)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        passed = grads[0][..., None] * _slope(d, y, use.kind.order)
        da = summed_to(passed, one.shape).reshape(a.shape)
        db = summed_to(-passed, two.shape).reshape(b.shape)
        return Gradients((da, db))

    return Pass((y[..., 0],), backward)


def _length(x: Array, axis: int) -> Array:
    """The root of the sum of squares along an axis that stays."""
    return np.asarray(np.sqrt((x * x).sum(axis=axis, keepdims=True)))


def _power(order: Order) -> float:
    return inf if order == "max" else float(order)


def _norm(d: Array, order: Order) -> Array:
    """(sum of |d|^p)^(1/p) along the last axis, which stays; p = 0 counts what is not zero."""
    return np.asarray(np.linalg.norm(d, _power(order), axis=-1, keepdims=True))


def _slope(d: Array, norm: Array, order: Order) -> Array:
    """sign(d) (|d| / norm)^(p - 1): the gradient of the norm; zero where d or the norm is zero.

    p = 0: zero everywhere. p = "max": the sign of each of the largest values.
    """
    power = _power(order)
    if power == 0:
        return np.zeros_like(d)
    if power == inf:
        return np.where(np.abs(d) == norm, np.sign(d), 0.0)
    share = np.abs(d) / np.where(norm == 0, 1.0, norm)
    share = np.where(d == 0, 1.0, share)  # the sign is zero: a power below zero has no value
    return np.asarray(np.sign(d) * share ** (power - 1))

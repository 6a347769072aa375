"""Weighted sums over a whole axis, with learned or computed weights."""

from __future__ import annotations

import numpy as np

from convwise.kinds.dense import Dense
from convwise.kinds.given_weights import GivenDense
from convwise.reference.contract import Array, Gradients, Pass, Use


def dense(use: Use[Dense]) -> Pass:
    """y[..., o] = sum over i of x[..., i] w[o, i] + b[o].

    Backward: dx[..., i] = sum over o of dy[..., o] w[o, i]; dw[o, i] = sum over all positions of
    dy[..., o] x[..., i]; db[o] = sum over all positions of dy[..., o].
    """
    x, w = use.x, use.weights["kernel"]  # (..., in), (out, in)
    y = np.einsum("...i,oi->...o", x, w)
    if use.kind.bias:
        y = y + use.weights["bias"]

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        positions = tuple(range(dy.ndim - 1))
        dw = np.tensordot(dy, x, axes=(positions, positions))  # (out, in)
        found = {"kernel": dw}
        if use.kind.bias:
            found["bias"] = dy.sum(axis=positions)
        return Gradients((dy @ w,), found)

    return Pass((y,), backward)


def given_dense(use: Use[GivenDense]) -> Pass:
    """y[..., o] = sum over i of x[..., i] w[o, i] + b[o], where w and b are operands.

    Backward: as of `dense`, the gradients of w and b going to operands. Weights of one axis are
    those of a single sum, whose axis o is gone.
    """
    x, given, *biases = use.inputs  # (..., in), (out, in) or (in,), perhaps (out,)
    w = given.reshape(-1, x.shape[-1])  # (out, in)
    y = np.einsum("...i,oi->...o", x, w)
    for bias in biases:
        y = y + bias.reshape(-1)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dy = grads[0].reshape(y.shape)  # (..., out)
        positions = tuple(range(dy.ndim - 1))
        dw = np.tensordot(dy, x, axes=(positions, positions))  # (out, in)
        db = dy.sum(axis=positions)  # (out,)
        return Gradients((dy @ w, dw.reshape(given.shape), *[db.reshape(b.shape) for b in biases]))

    return Pass((y.reshape(use.outputs[0].shape),), backward)

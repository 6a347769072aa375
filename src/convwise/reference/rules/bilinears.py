"""Bilinear maps of two tensors, with learned or computed weights."""

from __future__ import annotations

import numpy as np

from convwise.kinds.bilinear import Bilinear, GivenBilinear
from convwise.reference.contract import Array, Gradients, Pass, Use


def bilinear(use: Use[Bilinear]) -> Pass:
    """y[..., o] = sum over i and j of u[..., i] w[o, i, j] v[..., j] + b[o].

    Backward: du[..., i] = sum over o and j of dy[..., o] w[o, i, j] v[..., j], dv likewise;
    dw[o, i, j] = sum over all positions of dy[..., o] u[..., i] v[..., j]; db[o] = sum over all
    positions of dy[..., o].
    """
    u, v = use.inputs  # (..., in), (..., second)
    w = use.weights["kernel"]  # (out, in, second)
    y = _mapped(u, w, v)
    if use.kind.bias:
        y = y + use.weights["bias"]

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        du, dv, dw = _passed(dy, u, w, v)
        found = {"kernel": dw}
        if use.kind.bias:
            found["bias"] = dy.sum(axis=tuple(range(dy.ndim - 1)))
        return Gradients((du, dv), found)

    return Pass((y,), backward)


def given_bilinear(use: Use[GivenBilinear]) -> Pass:
    """y[..., o] = sum over i and j of u[..., i] w[o, i, j] v[..., j] + b[o]; w, b are operands.

    Backward: as of `bilinear`, the gradients of w and b going to operands.
    """
    u, v, w, *biases = use.inputs  # (..., in), (..., second), (out, in, second), perhaps (out,)
    y = _mapped(u, w, v)
    for bias in biases:
        y = y + bias.reshape(-1)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        db = dy.sum(axis=tuple(range(dy.ndim - 1)))  # (out,)
        return Gradients((*_passed(dy, u, w, v), *[db.reshape(bias.shape) for bias in biases]))

    return Pass((y,), backward)


def _mapped(u: Array, w: Array, v: Array) -> Array:
    """sum over i and j of u[..., i] w[o, i, j] v[..., j]: (..., out)."""
    y: Array = np.einsum("...i,oij,...j->...o", u, w, v, optimize=True)
    return y


def _passed(dy: Array, u: Array, w: Array, v: Array) -> tuple[Array, Array, Array]:
    """The gradients of u, v and w."""
    du = np.einsum("...o,oij,...j->...i", dy, w, v, optimize=True)
    dv = np.einsum("...o,oij,...i->...j", dy, w, u, optimize=True)
    dw = np.einsum(
        "po,pi,pj->oij",
        dy.reshape(-1, dy.shape[-1]),
        u.reshape(-1, u.shape[-1]),
        v.reshape(-1, v.shape[-1]),
        optimize=True,
    )
    return du, dv, dw

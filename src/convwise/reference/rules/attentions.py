"""Attention without projections: values averaged by the likeness of keys to a query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from typing import NamedTuple

import numpy as np

from convwise.kinds.attention import Attention
from convwise.reference.arrays import summed_to
from convwise.reference.attending import (
    for_heads,
    out_of_sight,
    shares,
    survivors,
    to_groups,
    to_scores,
)
from convwise.reference.contract import Array, Gradients, Pass, Use


class _Compared(NamedTuple):
    """Scores (..., queries, keys), and from their gradient those of q, k and what is learned."""

    scores: Array
    backward: Callable[[Array], tuple[Array, Array, Mapping[str, Array]]]


def attention(use: Use[Attention]) -> Pass:
    """y = p v with p = softmax(s), s[..., q, k] how much key k is like query q.

    Vaswani et al., arXiv:1706.03762. A mask of yes and no hides the keys of no, one of numbers is
    added to s. Backward: dv = p^T dy, dp = dy v^T, ds = p (dp - sum over keys of dp p), which goes
    on to q and k as `_products` and `_comparisons` say, and to a mask of numbers.
    """
    kind = use.kind
    query, key, value = use.inputs[:3]
    q, k, v = _fitted(query, key, value, kind.grouped)
    compared = (_products if kind.scores == "dot" else _comparisons)(use, q, k)
    p = shares(_masked(use, compared.scores))  # (..., queries, keys)
    factors = survivors(p, kind.dropout if use.training else 0.0, use.random)
    kept = p * factors
    outputs = (kept @ v, kept) if kind.returns_weights else (kept @ v,)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dy, *returned = grads  # (..., queries, values), perhaps (..., queries, keys)
        dp = (dy @ v.swapaxes(-2, -1) + sum(returned)) * factors
        ds = to_scores(dp, p)
        dq, dk, learned = compared.backward(ds)
        dv = kept.swapaxes(-2, -1) @ dy
        if kind.grouped:
            dk, dv = [_regrouped(one, of) for one, of in ((dk, key), (dv, value))]
        pairs = ((dq, query), (dk, key), (dv, value))
        found = [summed_to(one, of.shape) for one, of in pairs]
        return Gradients((*found, *[_of_mask(ds, one) for one in use.inputs[3:]]), learned)

    return Pass(outputs, backward)


def _fitted(query: Array, key: Array, value: Array, grouped: bool) -> tuple[Array, Array, Array]:
    """Keys and values for every head; the query with the leading axes of all three."""
    if grouped and query.ndim > 2:
        heads = query.shape[-3]
        key, value = [for_heads(one, heads) if one.ndim > 2 else one for one in (key, value)]
    leading = np.broadcast_shapes(*[one.shape[:-2] for one in (query, key, value)])
    return np.broadcast_to(query, (*leading, *query.shape[-2:])), key, value


def _regrouped(gradient: Array, given: Array) -> Array:
    return to_groups(gradient, given.shape[-3]) if given.ndim > 2 else gradient


def _masked(use: Use[Attention], scores: Array) -> Array:
    """-inf for keys that are hidden by the order or by a mask; a mask of numbers is added."""
    hidden = out_of_sight(scores.shape[-2], scores.shape[-1], use.kind.causal)
    for mask in use.inputs[3:]:
        if mask.dtype == bool:
            hidden = hidden | ~mask
        else:
            scores = scores + mask
    return np.where(hidden, -np.inf, scores)


def _of_mask(ds: Array, mask: Array) -> Array | None:
    return None if mask.dtype == bool else summed_to(ds, mask.shape)


def _products(use: Use[Attention], q: Array, k: Array) -> _Compared:
    """s = w c q k^T, with c = 1 / sqrt(features) or as given, and w = 1 or learned.

    Backward: dq = w c ds k, dk = w c ds^T q, dw = sum of ds c q k^T.
    """
    scale = use.kind.scale
    c = 1 / sqrt(q.shape[-1]) if scale is None else scale
    w = use.weights.get("scale", 1.0)
    alike = c * (q @ k.swapaxes(-2, -1))

    def backward(ds: Array) -> tuple[Array, Array, Mapping[str, Array]]:
        passed = w * c * ds
        learned = {"scale": np.asarray((ds * alike).sum())} if use.weights else {}
        return passed @ k, passed.swapaxes(-2, -1) @ q, learned

    return _Compared(w * alike, backward)


def _comparisons(use: Use[Attention], q: Array, k: Array) -> _Compared:
    """s[q, k] = f sum over features of v t, t = tanh(w h), h = q + k: Bahdanau et al., 1409.0473.

    Learned are, or else 1: v one number per feature, or w and f one number each. Backward:
    df = sum of ds s / f; dt = f ds v; dv = sum of f ds t over all pairs; dh = dt (1 - t^2) w,
    summed over keys for q and over queries for k; dw = sum of dt (1 - t^2) h.
    """
    learned = use.weights
    per_feature = use.kind.learned == "vector"
    v = learned["scale"] if per_feature else np.ones(q.shape[-1])
    w = 1.0 if per_feature else learned.get("scale", 1.0)
    f = learned.get("factor", 1.0)
    h = q[..., :, None, :] + k[..., None, :, :]  # (..., queries, keys, features)
    t = np.tanh(w * h)
    summed = (v * t).sum(axis=-1)

    def backward(ds: Array) -> tuple[Array, Array, Mapping[str, Array]]:
        inside = f * ds[..., None]
        through = inside * v * (1 - t * t)
        pairs = tuple(range(t.ndim - 1))
        scale = (inside * t).sum(axis=pairs) if per_feature else np.asarray((through * h).sum())
        found = {"scale": scale, "factor": np.asarray((ds * summed).sum())}
        dh = through * w
        return dh.sum(axis=-2), dh.sum(axis=-3), {role: found[role] for role in learned}

    return _Compared(f * summed, backward)

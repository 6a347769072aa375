"""Multi-head attention: projections into heads, attention of each head, projection back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from convwise.kinds.multi_head import MultiHeadAttention
from convwise.reference.attending import (
    for_heads,
    shares,
    survivors,
    to_groups,
    to_scores,
)
from convwise.reference.contract import Array, Gradients, Pass, Use
from convwise.reference.head_masks import Mask, fitted, masked, of_mask
from convwise.reference.heads import as_layout, by_head, frame_of

#: What is projected, and from which operand.
_SOURCES = {"query": 0, "key": 1, "value": 2, "gate": 0}

_Named = Mapping[str, Array]


class _Projected(NamedTuple):
    """By name (examples, heads, length, size); back to the operands, and to kernels and biases."""

    made: _Named
    backward: Callable[[_Named], tuple[list[Array], dict[str, Array]]]


class _Attended(NamedTuple):
    """What the heads return (examples, heads, queries, value_size) and their shares.

    Back from the gradients of both to those of the projections, of further keys and values, and of
    the scores.
    """

    values: Array
    shown: Array
    backward: Callable[[Array, Array | None], tuple[_Named, _Named, Array]]


def multi_head_attention(use: Use[MultiHeadAttention]) -> Pass:
    """y = b + sum over heads h of W_h (p_h v_h), with p_h = softmax(q_h k_h^T / sqrt(key_size)).

    Vaswani et al., arXiv:1706.03762. q_h, k_h and v_h are projections of query, key and value.
    Backward: db = sum of dy over all queries, dW_h = dy (p_h v_h)^T, and W_h^T dy goes on to the
    heads and from there to the projections.
    """
    kind = use.kind
    frame = frame_of(kind, use.source)
    w = by_head(use.weights, kind.projections(use.operands))
    projected = _projected([frame.laid(one) for one in use.inputs[:3]], w)
    masks = [fitted(use, frame, which) for which in range(3, len(use.inputs))]
    attended = _attended(use, projected.made, w, masks)
    y = np.einsum("nhqv,ohv->nqo", attended.values, w["output_kernel"], optimize=True)
    y = y + w.get("output_bias", 0.0)
    outputs = [frame.back(y, use.outputs[0].shape)]
    if kind.returns_weights:
        outputs.append(_returned(attended.shown, use))

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dy = frame.laid(grads[0].reshape(*use.x.shape[:-1], -1))  # (examples, queries, out)
        do = np.einsum("nqo,ohv->nhqv", dy, w["output_kernel"], optimize=True)
        more = _of_returned(grads[1], attended.shown, use) if kind.returns_weights else None
        slopes, extra, ds = attended.backward(do, more)
        operands, found = projected.backward(slopes)
        found.update(extra)
        found["output_kernel"] = np.einsum("nhqv,nqo->ohv", attended.values, dy, optimize=True)
        found["output_bias"] = dy.sum(axis=(0, 1))
        inputs = [
            frame.back(one, given.shape) for one, given in zip(operands, use.inputs, strict=False)
        ]
        pairs = zip(masks, use.inputs[3:], strict=True)
        keys = projected.made["key"].shape[2]
        of_masks = [of_mask(ds, mask, given, keys) for mask, given in pairs]
        return Gradients((*inputs, *of_masks), as_layout(found, use.weights))

    return Pass(tuple(outputs), backward)


def _projected(operands: list[Array], w: _Named) -> _Projected:
    """q[n, h, l, d] = sum over e of x[n, l, e] w[h, d, e] + b[h, d]; keys, values, gates likewise.

    Backward: dx[n, l, e] = sum over h and d of dq w; dw = sum over n and l of dq x; db = sum of dq.
    """
    names = [name for name in _SOURCES if f"{name}_kernel" in w]
    made = {}
    for name in names:
        x = operands[_SOURCES[name]]
        q = np.einsum("nle,hde->nhld", x, w[f"{name}_kernel"], optimize=True)
        made[name] = q + w[f"{name}_bias"][:, None, :] if f"{name}_bias" in w else q

    def backward(slopes: _Named) -> tuple[list[Array], dict[str, Array]]:
        inputs = [np.zeros_like(one) for one in operands]
        found = {}
        for name in names:
            dq, x, kernel = slopes[name], operands[_SOURCES[name]], w[f"{name}_kernel"]
            inputs[_SOURCES[name]] += np.einsum("nhld,hde->nle", dq, kernel, optimize=True)
            found[f"{name}_kernel"] = np.einsum("nhld,nle->hde", dq, x, optimize=True)
            found[f"{name}_bias"] = dq.sum(axis=(0, 2))
        return inputs, found

    return _Projected(made, backward)


def _attended(
    use: Use[MultiHeadAttention], made: _Named, w: _Named, masks: list[Mask]
) -> _Attended:
    """o = g p v, p = softmax(c q k^T), c = 1 / sqrt(key_size), head by head; g = 1 without gates.

    Heads of one group share keys and values (arXiv:2305.13245). Gates are g = sigmoid(z), z one
    more projection of the query (arXiv:2505.06708).

    Backward: dv = p^T (g do), dp = (g do) v^T, ds = p (dp - sum over keys of dp p), dq = c ds k,
    dk = c ds^T q, dz = do (p v) g (1 - g).
    """
    kind = use.kind
    q, scale = made["query"], 1 / sqrt(kind.key_size)
    k, v = [for_heads(_longer(made[one], one, use, w), kind.heads) for one in ("key", "value")]
    scores = masked(use, scale * (q @ k.swapaxes(-2, -1)), masks)
    # A softmax over nothing is 0 / 0, but zeros in PyTorch's fused function.
    fused = kind.layout != "heads" and not kind.returns_weights
    p = shares(scores, 0.0 if fused else np.nan)
    factors = survivors(p, kind.dropout if use.training else 0.0, use.random)
    pv = (p * factors) @ v
    g = 1 / (1 + np.exp(-made["gate"])) if kind.gated else np.ones(())
    before = kind.layout == "heads"  # Keras returns the shares without, PyTorch with dropout

    def backward(do: Array, returned: Array | None) -> tuple[_Named, _Named, Array]:
        dp = ((do * g) @ v.swapaxes(-2, -1)) * factors
        if returned is not None:
            dp = dp + (returned if before else returned * factors)
        ds = np.where(scores == -np.inf, 0.0, to_scores(dp, p))
        dk = scale * (ds.swapaxes(-2, -1) @ q)
        dv = (p * factors).swapaxes(-2, -1) @ (do * g)
        slopes = {"query": scale * (ds @ k), "gate": do * pv * g * (1 - g)}
        extra = {}
        for name, one in (("key", dk), ("value", dv)):
            groups, own = made[name].shape[1:3]
            of_group = to_groups(one, groups)
            slopes[name] = of_group[:, :, :own]
            if kind.extra_key:
                extra[f"extra_{name}"] = of_group[:, :, own].sum(axis=0)
        return slopes, extra, ds

    return _Attended(pv * g, p if before else p * factors, backward)


def _longer(values: Array, name: str, use: Use[MultiHeadAttention], w: _Named) -> Array:
    """Keys or values, a learned one behind them and then one of zeros, where the kind has them."""
    examples, groups, _, size = values.shape
    parts = [values]
    if use.kind.extra_key:
        parts.append(np.broadcast_to(w[f"extra_{name}"][:, None], (examples, groups, 1, size)))
    if use.kind.zero_key:
        parts.append(np.zeros((examples, groups, 1, size)))
    return np.concatenate(parts, axis=2)


def _returned(shown: Array, use: Use[MultiHeadAttention]) -> Array:
    """The shares in the shape of the second output, averaged over the heads if asked for."""
    made = shown.mean(axis=1) if use.kind.returns_weights == "average" else shown
    shape: Any = use.outputs[1].shape
    return made.reshape(shape)


def _of_returned(gradient: Array, shown: Array, use: Use[MultiHeadAttention]) -> Array:
    """The gradient of all shares, of the average the same part to every head."""
    if use.kind.returns_weights != "average":
        return gradient.reshape(shown.shape)
    examples, heads, queries, keys = shown.shape
    each = gradient.reshape(examples, 1, queries, keys) / heads
    return np.broadcast_to(each, shown.shape)

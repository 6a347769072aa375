"""The softmax of attention, what it may not see, and its gradient; must never know a kind."""

from __future__ import annotations

import numpy as np

from convwise.reference.contract import Array


def out_of_sight(queries: int, keys: int, causal: bool, window: int | None = None) -> Array:
    """Whether a key is hidden from a query: (queries, keys), both counted from the first.

    causal: keys behind the query's own place are. window: keys so many places away and more are.
    """
    ahead = np.arange(keys)[None, :] - np.arange(queries)[:, None]
    hidden = np.zeros((queries, keys), dtype=bool)
    if causal:
        hidden |= ahead > 0
    if window is not None:
        hidden |= np.abs(ahead) >= window
    return hidden


def shares(scores: Array, empty: float = 0.0) -> Array:
    """p[..., k] = exp(s[..., k]) / sum over j of exp(s[..., j]); hidden keys have a score of -inf.

    The largest score is subtracted before, which changes nothing but keeps exp in range. `empty`:
    the shares of a query that sees nothing.
    """
    largest = scores.max(axis=-1, keepdims=True)
    blind = largest == -np.inf
    powers = np.exp(scores - np.where(blind, 0.0, largest))
    total = powers.sum(axis=-1, keepdims=True)
    return np.where(blind, empty, powers / np.where(blind, 1.0, total))


def to_scores(dp: Array, p: Array) -> Array:
    """The gradient of `shares`: ds[k] = p[k] (dp[k] - sum over j of dp[j] p[j])."""
    return np.asarray(p * (dp - (dp * p).sum(axis=-1, keepdims=True)))


def survivors(p: Array, rate: float, random: np.random.Generator) -> Array:
    """Dropout's factors: 0 with probability `rate`, else 1 / (1 - rate)."""
    if not rate:
        return np.ones_like(p)
    return np.where(random.random(p.shape) < rate, 0.0, 1.0 / max(1.0 - rate, 1e-300))


def for_heads(values: Array, heads: int) -> Array:
    """(..., groups, length, features): each group as often as there are heads that share it."""
    return np.repeat(values, heads // values.shape[-3], axis=-3)


def to_groups(gradient: Array, groups: int) -> Array:
    """The inverse: gradients of all heads of a group are added."""
    *leading, heads, length, features = gradient.shape
    split = gradient.reshape(*leading, groups, heads // groups, length, features)
    return np.asarray(split.sum(axis=-3))

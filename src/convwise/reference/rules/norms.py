"""Normalisation by the statistics of a batch, of an example, or of groups of channels."""

from __future__ import annotations

import numpy as np

from convwise.graph.axes import BATCH, CHANNEL
from convwise.kinds.normaliser import Normaliser
from convwise.kinds.normalization import BatchNorm, GroupNorm, InstanceNorm
from convwise.reference.contract import Array, Gradients, Pass, Use
from convwise.reference.normalising import Normalised, centred, fixed, gathered, spread


def batch_norm(use: Use[BatchNorm]) -> Pass:
    """y = gamma n + beta, n normalised per channel: by the batch in training, else as remembered.

    Ioffe and Szegedy (arXiv:1502.03167).
    """
    place = use.source.locate(use.kind.axis)
    if use.kind.statistics and not use.training:
        return affine(use, _remembered(use, place, use.kind.epsilon), (place,))
    others = tuple([axis for axis in range(use.x.ndim) if axis != place])
    return affine(use, centred(use.x, others, use.kind.epsilon), (place,))


def _remembered(use: Use[Normaliser], place: int, epsilon: float) -> Normalised:
    """By the moving mean and variance."""
    moving = [use.weights[role] for role in use.kind.tracked()]
    mean, variance = [spread(one, (place,), use.x.ndim) for one in moving]
    return fixed(use.x, mean, variance, epsilon)


def instance_norm(use: Use[InstanceNorm]) -> Pass:
    """The same for every channel of every example by itself (arXiv:1607.08022)."""
    place = use.source.position(CHANNEL)
    if use.kind.statistics and not use.training:
        return affine(use, _remembered(use, place, use.kind.epsilon), (place,))
    kept = {place, *[axis for axis, one in enumerate(use.source.axes) if one.role == BATCH]}
    others = tuple([axis for axis in range(use.x.ndim) if axis not in kept])
    return affine(use, centred(use.x, others, use.kind.epsilon), (place,))


def group_norm(use: Use[GroupNorm]) -> Pass:
    """The same for groups of neighbouring channels of every example (arXiv:1803.08494)."""
    place = use.source.locate(use.kind.axis)
    channels = use.x.shape[place]
    groups = channels if use.kind.groups is None else use.kind.groups
    split = (*use.x.shape[:place], groups, channels // groups, *use.x.shape[place + 1 :])
    batch = [axis for axis, one in enumerate(use.source.axes) if one.role == BATCH]
    kept = {place, *[axis if axis < place else axis + 1 for axis in batch]}
    others = tuple([axis for axis in range(len(split)) if axis not in kept])
    n, back = centred(use.x.reshape(split), others, use.kind.epsilon)

    def joined(dn: Array) -> Array:
        return back(dn.reshape(split)).reshape(use.x.shape)

    return affine(use, (n.reshape(use.x.shape), joined), (place,))


def affine(use: Use[Normaliser], normalised: Normalised, places: tuple[int, ...]) -> Pass:
    """y = gamma n + beta, with those that are learned or given as further operands.

    Backward: dgamma gathers dy n, dbeta gathers dy, over all places that share them.
    """
    n, back = normalised
    gammas = [use.weights["gamma"]] if "gamma" in use.weights else list(use.inputs[1:2])
    betas = [use.weights["beta"]] if "beta" in use.weights else list(use.inputs[2:3])
    y, scale = n, np.ones(())
    for one in gammas:
        scale = spread(one, places, n.ndim)
        y = y * scale
    for one in betas:
        y = y + spread(one, places, n.ndim)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        sums = {"gamma": gathered(dy * n, places), "beta": gathered(dy, places)}
        given = tuple(sums.values())[: len(use.inputs) - 1]
        learned = {role: sums[role] for role in sums if role in use.weights}
        return Gradients((back(dy * scale), *given), learned)

    return Pass((y,), backward)

"""The same values under other axes: no arithmetic, and a gradient that goes back the same way."""

from __future__ import annotations

import numpy as np

from convwise.kinds.broadcast import Broadcast
from convwise.kinds.contract import Kind
from convwise.kinds.views import Permute
from convwise.reference.arrays import summed_to
from convwise.reference.contract import Array, Gradients, Pass, Use


def in_order(use: Use[Kind]) -> Pass:
    """The values, in order, under the output's sizes; gradients under the input's."""

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients((grads[0].reshape(use.x.shape),))

    return Pass((use.x.reshape(use.outputs[0].shape),), backward)  # type: ignore[arg-type]


identity = flatten = squeeze = unsqueeze = reshape = time_to_batch = batch_to_time = in_order


def permute(use: Use[Permute]) -> Pass:
    """y's axis i is x's axis order[i]; the gradient takes the inverse order."""
    order = use.kind.order

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients((grads[0].transpose(np.argsort(order)),))

    return Pass((use.x.transpose(order),), backward)


def broadcast(use: Use[Broadcast]) -> Pass:
    """One value shown many times: its gradient is the sum over all of them."""

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients((summed_to(grads[0], use.x.shape),))

    return Pass((np.broadcast_to(use.x, use.outputs[0].shape),), backward)  # type: ignore[arg-type]

"""Multiply-adds of a training step: closed forms, first layers, and scaling with the batch."""

from __future__ import annotations

from convwise.graph.axes import FREE_BATCH, tensor
from convwise.kinds.convolution import Convolution
from convwise.kinds.source import Input
from convwise.network import Network, sequential


def network() -> Network:
    image = Input(tensor((FREE_BATCH, 8, 8, 2), ("batch", "height", "width", "channel")))
    layer = Convolution((3, 3), 4, (1, 1), (1, 1))
    return sequential(image, layer, layer)


def test_first_layers_have_no_input_gradient() -> None:
    _, first, second = network().summary().answer.rows
    assert first.cost[:3] == (6 * 6 * 4 * 18, 0, 6 * 6 * 4 * 18)
    assert second.cost[:3] == (4 * 4 * 4 * 36,) * 3


def test_costs_scale_with_the_batch() -> None:
    one, eight = network().summary().answer.totals, network().summary(batch=8).answer.totals
    assert tuple(eight.cost) == tuple(8 * part for part in one.cost)
    assert eight.parameters == one.parameters

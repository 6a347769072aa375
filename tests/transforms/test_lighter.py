"""Changes that need less memory are real networks, or say why they are none."""

from __future__ import annotations

import pytest
import torch

import convwise
from convwise.analyses.summary import summarise
from convwise.errors import RuleError
from convwise.network import Network
from convwise.transforms.lighter import lighter
from convwise.transforms.resized import resized
from tests.engine.networks import UNet, chain, residual


@pytest.mark.parametrize("name", ["separable", "half the channels", "stride earlier"])
def test_changes_are_networks_that_run(name: str) -> None:
    net = convwise.read(UNet(4), (2, 16, 16))
    made = {one.name: one for one in lighter(net.graph)}[name].graph
    assert made is not None
    out = Network(made).to_torch()(torch.zeros(1, 2, 16, 16))
    assert tuple(out.shape[1:]) == made.tensor(made.outputs[0]).shape[1:]
    before, after = [summarise(one).totals.cost.forward for one in (net.graph, made)]
    assert int(str(after)) < int(str(before))


def test_volumes_are_factorised_first() -> None:
    changes = lighter(convwise.read("example:conv3d").graph)
    assert changes[0].name == "(2+1)D"
    assert {one.name: one.why_not for one in changes}["half the channels"]


def test_the_output_keeps_its_channels() -> None:
    net = convwise.read(residual(), (3, 16, 16))
    for change in lighter(net.graph):
        assert change.graph is not None
        assert change.graph.tensor(change.graph.outputs[0]).shape[1:] == (3,)


def test_networks_without_convolutions_have_none() -> None:
    net = convwise.read(torch.nn.Sequential(torch.nn.Linear(4, 2)), (4,))
    assert lighter(net.graph) == ()


def test_an_image_of_another_size() -> None:
    net = convwise.read(chain(), (3, 16, 16))
    other = resized(net.graph, {"height": 20, "width": 30})
    assert other.tensor(other.outputs[0]).shape[1:] == (1, 20, 30)
    assert other.weights == net.graph.weights


def test_weights_for_one_size_are_named() -> None:
    net = convwise.read(residual(), (3, 16, 16))
    with pytest.raises(RuleError, match="one size") as caught:
        resized(net.graph, {"height": 32, "width": 32})
    assert caught.value.where.layer == "5"

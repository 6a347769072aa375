"""Recomputing changes nothing but memory: outputs, gradients, statistics and random numbers."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import convwise
from convwise.engine.recompute import recomputing
from convwise.errors import UsageError

from .networks import UNet, chain, residual
from .same import drawn_segments, parting

NETWORKS = {
    "chain": (chain, (3, 16, 16)),
    "residual": (residual, (3, 16, 16)),
    "unet": (lambda: UNet(4), (2, 16, 16)),
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("seed", range(3))
def test_training_is_the_same(name: str, seed: int) -> None:
    make, shape = NETWORKS[name]
    net = convwise.read(make(), shape)
    torch.manual_seed(seed)
    plain = net.to_torch().double()
    torch.manual_seed(seed)
    other = recomputing(net.graph, drawn_segments(net.graph, seed)).double()
    assert list(other.state_dict()) == list(plain.state_dict())
    assert parting(plain, other, (torch.randn(2, *shape, dtype=torch.float64),)) == ""


def test_weights_are_started_and_loaded_alike() -> None:
    net = convwise.read(residual(), (3, 16, 16))
    torch.manual_seed(3)
    plain = net.to_torch()
    torch.manual_seed(3)
    other = recomputing(net.graph, drawn_segments(net.graph, 1))
    pairs = zip(plain.state_dict().values(), other.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    other.load_state_dict(plain.state_dict())


def test_the_difference_is_seen_when_statistics_move_twice() -> None:
    net = convwise.read(residual(), (3, 16, 16))
    torch.manual_seed(0)
    plain = net.to_torch().double()
    torch.manual_seed(0)
    other = net.to_torch().double()
    x = torch.randn(2, 3, 16, 16, dtype=torch.float64)
    with torch.no_grad():
        other.train()(x)
    assert "buffer" in parting(plain, other, (x,))


def test_only_what_goes_in_is_kept() -> None:
    """Of a recomputed chain autograd holds what goes into its parts and what comes out."""
    net = convwise.read(chain(8, 4), (3, 16, 16))
    names = [layer.name for layer in net.graph.layers if layer.name != "input"]
    module = recomputing(net.graph, [names[2:6], names[6:10]])
    kept: dict[int, int] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        if tensor.numel() == 2 * 8 * 16 * 16:
            kept[tensor.data_ptr()] = tensor.numel()
        return tensor

    x = torch.randn(2, 3, 16, 16)
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        plain_out = net.to_torch()(x)
        plain = len(kept)
        kept.clear()
        out = module(x)
    assert (plain, len(kept)) == (5, 3)
    assert out.shape == plain_out.shape


def test_without_gradients_nothing_is_kept() -> None:
    net = convwise.read(chain(), (3, 16, 16))
    names = [layer.name for layer in net.graph.layers if layer.name != "input"]
    module = recomputing(net.graph, [names[1:4]])
    with torch.no_grad():
        out = module(torch.randn(1, 3, 16, 16))
    assert not out.requires_grad


@pytest.mark.parametrize("segments", [[("0", "2")], [("2", "3"), ("0", "1")], [()], [("none",)]])
def test_layers_that_do_not_follow_each_other(segments: list[tuple[str, ...]]) -> None:
    net = convwise.read(chain(), (3, 16, 16))
    with pytest.raises(UsageError, match="do not follow each other"):
        recomputing(net.graph, segments)


class Reused(nn.Module):
    """One block called three times: its layers have several calls."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for _ in range(3):
            x = self.norm(self.conv(x)).relu() + x
        return x


def test_a_layer_that_is_called_several_times() -> None:
    net = convwise.read(Reused(), (4, 8, 8))
    torch.manual_seed(0)
    plain = net.to_torch().double()
    torch.manual_seed(0)
    other = recomputing(net.graph, drawn_segments(net.graph, 5)).double()
    assert parting(plain, other, (torch.randn(2, 4, 8, 8, dtype=torch.float64),)) == ""

"""The roles that PyTorch's modules give the axes of their inputs, with and without a batch."""

from __future__ import annotations

from convwise.dialects.python.parameters import Inputs
from convwise.dialects.torch.conventions import IMAGE
from convwise.graph.axes import BATCH, FEATURE, Tensor, tensor
from convwise.graph.builder import Roles


def image(rank: int, inputs: Inputs) -> Roles:
    """Channels first over `rank` spatial axes; one axis less is a single example."""
    if inputs and inputs[0].rank == rank + 1:
        return IMAGE[rank][1:]
    return IMAGE[rank]


def sample(rank: int, channels: int, sizes: tuple[int, ...]) -> tuple[Tensor, ...]:
    """A batch of one as a module that is never called may see it."""
    return (tensor((1, channels, *sizes), IMAGE[rank]),)


def row(features: int) -> tuple[Tensor, ...]:
    """One example of that many features."""
    return (tensor((1, features), (BATCH, FEATURE)),)

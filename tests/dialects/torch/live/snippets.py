"""Small live networks, and what a reading of them says; must never hold a test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from convwise.dialects.torch.read_live import read_live
from convwise.graph.nodes import Graph


class Small(nn.Module):
    """Layers, functions, operators, a free parameter, a shortcut and a flattening."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(True))
        self.gain = nn.Parameter(torch.ones(1, 8, 1, 1))
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(8 * 4 * 4, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.stem(x)
        y = y * self.gain + functional.relu(y)
        y = self.drop(functional.max_pool2d(y, 2))
        return self.head(y.view(y.size(0), -1))


def graph(module: nn.Module, given: Any = None, **inputs: Any) -> Graph:
    """The graph of a module on one input, or on inputs by name."""
    found: Mapping[str | None, Any] = inputs if given is None else {None: given, **inputs}
    return read_live(module, inputs=found)


def kinds(found: Graph) -> list[str]:
    """The kinds of all nodes but inputs, in order."""
    return [node.kind.name for node in found.nodes if node.kind.name != "input"]


def rows(found: Graph) -> list[str]:
    return [layer.name for layer in found.layers]


def shapes(found: Graph) -> list[str]:
    """The shapes of the outputs."""
    return [
        "(" + ", ".join([str(dim) for dim in found.tensor(one).shape]) + ")"
        for one in found.outputs
    ]


def live_shapes(module: nn.Module, *tensors: torch.Tensor) -> list[tuple[int, ...]]:
    """What PyTorch itself gives on tensors of the meta device."""
    result = module.to("meta").eval()(*[one.to("meta") for one in tensors])
    return [tuple(one.shape) for one in (result if isinstance(result, tuple) else (result,))]

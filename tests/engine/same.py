"""Trains two modules of one network side by side and says where they part."""

from __future__ import annotations

import random
from itertools import pairwise

import torch
from torch import nn

from convwise.analyses.recomputation import layer_calls
from convwise.graph.nodes import Graph

Segments = tuple[tuple[str, ...], ...]


def drawn_segments(graph: Graph, seed: int, parts: int = 4) -> Segments:
    """Runs of layers between random places, one of them left out."""
    names = [name for name, _, _ in layer_calls(graph)]
    draw = random.Random(seed)
    count = min(parts, len(names))
    cuts = [0, *sorted(draw.sample(range(1, len(names)), count - 1)), len(names)]
    runs = [tuple(names[a:b]) for a, b in pairwise(cuts)]
    runs.pop(draw.randrange(len(runs)))
    return tuple(runs)


def parting(
    plain: nn.Module, other: nn.Module, inputs: tuple[torch.Tensor, ...], tolerance: float = 1e-12
) -> str:
    """Two steps of training each; "" where outputs, gradients, buffers and dice stay the same."""
    for _ in range(2):
        first, second = (_step(module, inputs) for module in (plain, other))
        if first[1] != second[1]:
            return f"random numbers: {first[1]} and {second[1]}"
        for name, value in first[0].items():
            there = second[0][name]
            if (value is None) != (there is None):
                return f"{name}: only one has a gradient"
            if value is not None and not _close(value, there, tolerance):
                return f"{name}: {value.sub(there).abs().max()}"
    return ""


def _close(a: torch.Tensor, b: torch.Tensor | None, tolerance: float) -> bool:
    assert b is not None
    if not a.is_floating_point():
        return torch.equal(a, b)
    scale = float(a.detach().abs().max()) if a.numel() else 0.0
    return torch.allclose(a, b, rtol=tolerance, atol=tolerance * max(scale, 1e-30), equal_nan=True)


def _step(
    module: nn.Module, inputs: tuple[torch.Tensor, ...]
) -> tuple[dict[str, torch.Tensor | None], float]:
    """What one step makes, by name, and the random number drawn behind it."""
    torch.manual_seed(7)
    module.zero_grad()
    outputs = module(*inputs)
    found = outputs if isinstance(outputs, tuple) else (outputs,)
    loss = sum([out.square().mean() for out in found if out.is_floating_point()])
    assert isinstance(loss, torch.Tensor)
    if loss.requires_grad:
        loss.backward()
    seen: dict[str, torch.Tensor | None] = {f"output {n}": out for n, out in enumerate(found)}
    seen |= {f"gradient of {name}": value.grad for name, value in module.named_parameters()}
    seen |= {f"buffer {name}": value for name, value in module.named_buffers()}
    return seen, float(torch.rand(1))

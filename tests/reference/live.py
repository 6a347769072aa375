"""Holds a graph in NumPy to what a live framework computed of the same network, in float64."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from convwise.graph.nodes import Graph
from convwise.kinds.contract import BATCH_STATISTICS, STOCHASTIC
from convwise.reference.contract import Array
from convwise.reference.run import Gradients, backward, forward
from convwise.reference.weights import Weights
from tests.reference.torch_agreement import apart, closeness

#: Types that hold fewer digits than are compared.
LOW = ("float16", "bfloat16")


class RefusedError(Exception):
    """A framework does not run the code, or convwise does not read it: nothing to compare."""


@dataclass(frozen=True, slots=True)
class Live:
    """A network that a framework has run: what went in, what came out, and its weights.

    `leaves` are the inputs as tensors that may have a gradient, `results` the tensors that came
    out, `learned` the framework's own weights by the graph's names, axes as in the graph's dialect.
    `training`: batch statistics instead of moving ones. `backward`: gradients are compared too.
    """

    graph: Graph
    inputs: Sequence[Array]
    weights: Weights
    leaves: Sequence[torch.Tensor]
    results: Sequence[torch.Tensor]
    learned: Mapping[str, torch.Tensor]
    training: bool = False
    backward: bool = True


def differences(live: Live, seed: int = 0) -> list[str]:
    """Outputs, gradients of inputs and gradients of weights that differ by more than rounding."""
    trace = forward(live.graph, live.inputs, live.weights, training=live.training, keep=True)
    if len(trace.outputs) != len(live.results):
        return [f"{len(trace.outputs)} outputs, the framework {len(live.results)}"]
    close = max([closeness(node.kind) for node in live.graph.nodes])
    found: list[str] = []
    for number, (ours, theirs) in enumerate(zip(trace.outputs, live.results, strict=True)):
        found += apart(f"output {number}", tensor(ours), theirs.detach(), close)
    random = np.random.default_rng(seed)
    upstream = [random.normal(0, 1, ours.shape) for ours in trace.outputs]
    if found or not live.backward or not _pushed(live.results, upstream):
        return found
    gradients = backward(trace, upstream)
    return _of_inputs(live, gradients, close) + _of_weights(live, gradients, close)


def _pushed(results: Sequence[torch.Tensor], upstream: Sequence[Array]) -> bool:
    """Pass gradients back through the framework; False when nothing there has a gradient.

    RefusedError where PyTorch cannot: gradients of kernels that are views with axes of size 1.
    """
    pairs = [
        (result, tensor(one))
        for result, one in zip(results, upstream, strict=True)
        if result.requires_grad
    ]
    try:
        if pairs:
            torch.autograd.backward([one for one, _ in pairs], [one for _, one in pairs])
    except RuntimeError as error:
        if "contiguous" not in str(error):
            raise
        raise RefusedError(str(error)) from None
    return bool(pairs)


def _of_inputs(live: Live, gradients: Gradients, close: float) -> list[str]:
    found = []
    for number, (value, leaf) in enumerate(zip(live.graph.inputs, live.leaves, strict=True)):
        if leaf.is_floating_point():
            mine = gradients.values.get(value, np.zeros(leaf.shape))
            theirs = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
            found += apart(f"gradient of input {number}", tensor(mine), theirs, close)
    return found


def _of_weights(live: Live, gradients: Gradients, close: float) -> list[str]:
    """Statistics have no gradient in a rule; where a framework has one it is not asked for."""
    found = []
    for name, learned in live.learned.items():
        if live.graph.weights[name].trainable or name in gradients.weights:
            mine = gradients.weights.get(name, np.zeros(learned.shape))
            theirs = torch.zeros_like(learned) if learned.grad is None else learned.grad
            found += apart(f"gradient of {name}", tensor(mine), theirs, close)
    return found


def excluding(graph: Graph, training: bool) -> str:
    """Why a graph cannot be compared value by value; empty when it can."""
    if graph.unknown:
        return "something in it is not known"
    if any(node.kind.name == "constant" for node in graph.nodes):
        return "a graph knows the shape of a constant, not its values"
    if any(getattr(node.kind, "dtype", "") in LOW for node in graph.nodes):
        return "the reference computes everything in float64"
    traits = {trait for node in graph.nodes for trait in node.kind.traits}
    if training and (BATCH_STATISTICS not in traits or STOCHASTIC in traits):
        return "training computes the same, or draws something"
    return ""


def tensor(values: Array) -> torch.Tensor:
    """An array as a tensor of its own."""
    return torch.as_tensor(np.array(values))


def leaf(values: Array) -> torch.Tensor:
    """An input that gathers a gradient, where it can have one."""
    made = tensor(values)
    return made.requires_grad_(made.is_floating_point())


def tensors(result: Any) -> list[torch.Tensor]:
    """All tensors in what a network returns, in order."""
    match result:
        case torch.Tensor():
            return [result]
        case dict():
            return [one for part in result.values() for one in tensors(part)]
        case tuple() | list():
            return [one for part in result for one in tensors(part)]
        case _:
            return []


def drawn(graph: Graph, random: np.random.Generator, batch: int = 2) -> list[Array]:
    """An input for each of the graph: normal values, yes or no, rows of the smallest table."""
    first = [weight.shape[0] for weight in graph.weights.values() if weight.shape]
    rows = min([size for size in first if isinstance(size, int)], default=2)
    found: list[Array] = []
    for wanted in [graph.tensor(value) for value in graph.inputs]:
        shape = [dim if isinstance(dim, int) else batch for dim in wanted.shape]
        if wanted.dtype == "bool":
            found.append(random.random(shape) < 0.5)
        elif "int" in wanted.dtype:
            found.append(random.integers(0, rows, shape))
        else:
            found.append(random.normal(0, 1, shape))
    return found

"""Runs a graph in NumPy and as the PyTorch module written of it, both float64, same weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from convwise.dialects.torch.build import build
from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.code import Written, written
from convwise.graph.axes import Tensor
from convwise.graph.nodes import Graph
from convwise.reference.contract import Array
from convwise.reference.run import backward, forward
from convwise.reference.weights import Weights, places_of, seeded

#: How far two float64 computations of the same number may be apart, relative to the largest.
CLOSE = 1e-10
#: PyTorch has no gradient of a whole quotient (it is 0 everywhere), and fails on that of a group
#: norm with a scale and no centre.
UNABLE = ("aten::floor_divide is not implemented", "tensor does not have a device")
#: PyTorch computes the slope 1/6 of a hard sigmoid in float32, whatever the type of the values.
LOOSE = {"hard_sigmoid": 1e-7}


def differences(graph: Graph, seed: int = 0, inputs: list[Array] | None = None) -> list[str]:
    """Every output and gradient on which the two differ by more than rounding."""
    random = np.random.default_rng(seed)
    close = max([closeness(node.kind) for node in graph.nodes])
    weights = seeded(graph, seed)
    given = inputs or [drawn(graph.tensor(value), random) for value in graph.inputs]
    made = written(graph)
    module = build(made).double().eval()
    placed(graph, made, module, weights)
    trace = forward(graph, given, weights, keep=True)
    fed = [
        turned(one, orders.usual(seen, graph.dialect))
        for one, seen in zip(given, made.seen, strict=True)
    ]
    leaves = [one.requires_grad_(one.is_floating_point()) for one in fed]
    theirs = listed(module(*leaves))
    found: list[str] = []
    total = torch.zeros((), dtype=torch.float64)
    upstream = []
    for number, (value, ours, result) in enumerate(
        zip(graph.outputs, trace.outputs, theirs, strict=True)
    ):
        order = orders.usual(graph.tensor(value), graph.dialect)
        found += apart(f"output {number}", turned(ours, order), result.detach(), close)
        pushed = random.normal(0, 1, ours.shape)
        upstream.append(pushed)
        if result.is_floating_point() and result.requires_grad:
            total = total + (result * turned(pushed, order)).sum()
    if found or not total.requires_grad:
        return found
    try:
        total.backward()
    except RuntimeError as error:
        assert any(reason in str(error) for reason in UNABLE), error
        return found
    gradients = backward(trace, upstream)
    for number, (value, leaf, seen) in enumerate(zip(graph.inputs, leaves, made.seen, strict=True)):
        if leaf.grad is not None and leaf.grad.abs().max() > 0:
            mine = gradients.values.get(value, np.zeros(given[number].shape))
            usual = orders.usual(seen, graph.dialect)
            found += apart(f"gradient of input {number}", turned(mine, usual), leaf.grad, close)
    found += _weights(graph, made, module, gradients.weights, close)
    return found


def closeness(kind: Any) -> float:
    """How close the two must be for a network with this operation."""
    cell = getattr(kind, "cell", kind)
    names = ("function", "activation", "recurrent_activation")
    return max([LOOSE.get(getattr(cell, name, ""), CLOSE) for name in names])


def _weights(
    graph: Graph, made: Written, module: torch.nn.Module, ours: Any, close: float
) -> list[str]:
    found = []
    state = dict(module.named_parameters())
    probe = {path: torch.zeros_like(one) for path, one in module.state_dict().items()}
    for name, place in made.places.items():
        theirs = state.get(place.path)
        if theirs is None or theirs.grad is None or name not in ours:
            if theirs is not None and theirs.grad is not None and theirs.grad.abs().max() > 0:
                found.append(f"weight {name} has no gradient")
            continue
        put(name, graph, place, ours[name], probe)
        found += apart(f"gradient of {name}", probe[place.path], theirs.grad, close)
    return found


def apart(what: str, ours: torch.Tensor, theirs: torch.Tensor, close: float = CLOSE) -> list[str]:
    """A sentence when two tensors are not the same up to rounding."""
    if ours.shape != theirs.shape:
        return [f"{what}: shape {tuple(ours.shape)}, PyTorch {tuple(theirs.shape)}"]
    if not theirs.numel():
        return []
    if not theirs.is_floating_point():
        return [] if bool((ours == theirs).all()) else [f"{what}: other whole numbers"]
    nan = theirs.isnan()
    if not bool((ours.isnan() == nan).all()):
        return [f"{what}: not a number at other places"]
    ours, theirs = ours[~nan], theirs[~nan].double()
    same = ours == theirs
    error = torch.where(same, 0.0, (ours - theirs).abs())
    finite = theirs[theirs.isfinite()].abs()
    scale = max(1.0, float(finite.max())) if finite.numel() else 1.0
    largest = float(error.max()) if error.numel() else 0.0
    return [] if largest <= close * scale else [f"{what}: {largest:.3g} apart (of {scale:.3g})"]


def placed(graph: Graph, made: Written, module: torch.nn.Module, weights: Weights) -> None:
    """Put every weight where the written module keeps it."""
    state = module.state_dict()
    for name, place in made.places.items():
        put(name, graph, place, weights[name], state)
    module.load_state_dict(state)


def put(name: str, graph: Graph, place: Any, values: Array, state: dict[str, Any]) -> None:
    """One weight into a state, its axes and rows as the writer says."""
    array = values.transpose(places_of(place.axes, graph.weights[name].axes))
    parts = np.split(array.reshape(2, -1), 2) if place.second else [array]
    for part, path in zip(parts, (place.path, place.second), strict=False):
        target = state[path]
        tensor = torch.as_tensor(part.copy()).reshape(target.shape)
        if place.rows:
            gates = tensor.chunk(len(place.rows))
            tensor = torch.cat([gates[row] for row in place.rows])
        target.copy_(tensor)


def turned(values: Array, order: Any) -> torch.Tensor:
    """An array as a tensor with its axes in another order."""
    return torch.as_tensor(np.array(values)).permute(tuple(order)).contiguous()


def drawn(tensor: Tensor, random: np.random.Generator) -> Array:
    """Random values of a shape, open sizes 2; places are 0 or 1."""
    shape = [dim if isinstance(dim, int) else 2 for dim in tensor.shape]
    if tensor.dtype == "bool":
        return random.random(shape) < 0.5
    if "int" in tensor.dtype:
        return random.integers(0, 2, shape)
    return random.normal(0, 1, shape)


def listed(result: Any) -> list[torch.Tensor]:
    """What a module returns, as a list."""
    return list(result) if isinstance(result, tuple | list) else [result]

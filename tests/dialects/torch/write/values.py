"""Gives a written module the weights of the Keras model it was made of, and compares outputs."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import torch

from convwise.dialects.keras.read_code import read_code
from convwise.dialects.torch.build import build
from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.code import Written, written
from convwise.graph.nodes import Graph

HEAD = "import keras\nfrom keras import layers, ops\n"


def largest_difference(code: str, training: bool = False) -> float:
    """The largest difference of any output between Keras and the written module, same weights."""
    model, graph = _both(code)
    made = written(graph)
    module = build(made)
    random = np.random.default_rng(7)
    for variable in model.variables:
        if "seed" not in variable.name:
            variable.assign(_drawn(variable, random))
    _copy(model, graph, made, module)
    module.train(training)
    given = [_input(tensor, random) for tensor in (graph.tensor(v) for v in graph.inputs)]
    theirs = _listed(model(given if len(given) > 1 else given[0], training=training))
    turned = [
        torch.as_tensor(value).permute(orders.usual(seen, "keras")).contiguous()
        for value, seen in zip(given, made.seen, strict=True)
    ]
    with torch.no_grad():
        ours = _listed(module(*turned))
    largest = 0.0
    for value, wanted, result in zip(graph.outputs, theirs, ours, strict=True):
        order = orders.usual(graph.tensor(value), "keras")
        expected = torch.as_tensor(wanted.detach().numpy()).permute(order)
        assert expected.shape == result.shape
        assert expected.abs().max() > 1e-3, "outputs of zeros prove nothing"
        largest = max(largest, float((expected - result).abs().max()))
    return largest


def _both(code: str) -> tuple[Any, Graph]:
    keras.backend.clear_session()
    space: dict[str, Any] = {}
    exec(HEAD + code, space)
    return space["model"], read_code(HEAD + code, filename="test")


def _drawn(variable: Any, random: np.random.Generator) -> Any:
    """Weights away from zero and one, variances positive."""
    values = random.normal(0, 0.4, variable.shape)
    positive = "variance" in variable.name
    return (np.abs(values) + 0.5 if positive else values + 0.1).astype(variable.dtype)


def _copy(model: Any, graph: Graph, made: Written, module: torch.nn.Module) -> None:
    """Every weight of Keras into its place, axes turned as the writer says."""
    state = module.state_dict()
    left = [variable for variable in model.variables if "seed" not in variable.name]
    for name, place in made.places.items():
        weight = graph.weights[name]
        layer = name.partition("/")[0]
        found = next(
            v for v in left if f"/{layer}/" in f"/{v.path}" and tuple(v.shape) == weight.shape
        )
        left = [variable for variable in left if variable is not found]
        have = [axis for axis, _ in weight.axes]
        wanted = [axis for axis, _ in place.axes]
        turned = found.numpy().transpose([have.index(axis) for axis in wanted])
        parts = np.split(turned.reshape(2, -1), 2) if place.second else [turned]
        for part, path in zip(parts, (place.path, place.second), strict=False):
            target = state[path]
            assert part.size == target.numel(), name
            array = torch.as_tensor(part.copy()).reshape(target.shape)
            if place.rows:
                gates = array.chunk(len(place.rows))
                array = torch.cat([gates[row] for row in place.rows])
            target.copy_(array)
    assert not left
    module.load_state_dict(state)


def _input(tensor: Any, random: np.random.Generator) -> Any:
    shape = [dim if isinstance(dim, int) else 2 for dim in tensor.shape]
    if tensor.dtype.startswith("int"):
        return random.integers(0, 5, shape).astype(tensor.dtype)
    return random.normal(0, 1, shape).astype("float32")


def _listed(result: Any) -> list[Any]:
    return list(result) if isinstance(result, tuple | list) else [result]

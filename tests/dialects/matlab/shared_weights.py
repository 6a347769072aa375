"""The weights of a Keras model under MATLAB's names, in the order of axes of our reading."""

from __future__ import annotations

from typing import Any

import numpy as np

from convwise.graph.nodes import Graph
from convwise.reference.weights import places_of

#: Keras's name of a weight -> MATLAB's name, axes of Keras's array.
_SPACE = ("height", "width", "depth")
_NAMES = {
    "bias": "Bias",
    "gamma": "Scale",
    "beta": "Offset",
    "moving_mean": "TrainedMean",
    "moving_variance": "TrainedVariance",
}


def shared(model: Any, graph: Graph) -> dict[str, Any]:
    """Random weights put into the model, and the same for our reading of MATLAB's file."""
    random = np.random.default_rng(3)
    found: dict[str, Any] = {}
    for layer in model.layers:
        for weight in layer.weights:
            shape = tuple(weight.shape)
            values = random.normal(size=shape) * (0.5 / np.sqrt(max(np.prod(shape[:-1]), 1)))
            if len(shape) == 1:
                values = random.uniform(0.5, 1.5, shape)
            weight.assign(values.astype("float32"))
            name = f"{layer.name}/{_named(layer, weight)}"
            found[name] = _turned(values, layer, weight, graph, name)
    return found


def _named(layer: Any, weight: Any) -> str:
    name = weight.name
    if type(layer).__name__ in ("LSTM", "Bidirectional"):
        kind = {"kernel": "InputWeights", "recurrent_kernel": "RecurrentWeights"}.get(name, "Bias")
        return f"{kind} (backward)" if "backward" in weight.path else kind
    return _NAMES.get(name, "Weights")


def _turned(values: Any, layer: Any, weight: Any, graph: Graph, name: str) -> Any:
    """The array with its axes in the order that our weight has."""
    assert name in graph.weights, f"{name} is none of {list(graph.weights)}"
    ours = graph.weights[name].axes
    if values.ndim == 1:
        return values
    ends = ("in", "out")
    if type(layer).__name__ == "DepthwiseConv2D":
        ends = ("in", "multiplier")
    if "Transpose" in type(layer).__name__:
        ends = ("out", "in")
    space = tuple([axis for axis, _ in ours if axis not in ("in", "out", "multiplier")])
    theirs = (*sorted(space, key=_order), *ends)
    pairs = tuple(zip(theirs, values.shape, strict=True))
    return values.transpose(places_of(ours, pairs))


def _order(axis: str) -> int:
    return _SPACE.index(axis) if axis in _SPACE else 0

"""Weights of a graph as arrays: given ones checked, others seeded; knows no operation by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod, sqrt
from typing import Any, Final
from zlib import crc32

import numpy as np

from convwise.errors import RuleError
from convwise.graph.axes import BATCH_SYMBOL
from convwise.graph.dims import Dim, evaluate
from convwise.graph.nodes import Graph, Weight, WeightSpec
from convwise.reference.contract import Array

Weights = dict[str, Array]
#: Arrays by weight name, or all of them in the graph's order; axes in the dialect's own order.
Given = Mapping[str, Any] | Sequence[Any]

#: Names and sizes of a weight's axes.
Axes = tuple[tuple[str, Dim], ...]

#: Statistics of normalisation that divide: they must be positive.
_POSITIVE = ("variance",)


def seeded(graph: Graph, seed: int = 0) -> Weights:
    """Every weight drawn anew: uniform within 1/sqrt(fan in), away from zero where it divides.

    Each weight has a random stream of its own, from the seed and its name, so that the values do
    not depend on what else is in the network. Raises RuleError for a weight of an open size.
    """
    return {name: _drawn(weight, seed) for name, weight in graph.weights.items()}


def drawn(graph: Graph, seed: int = 0) -> list[Array]:
    """An array for every input of the network: normal numbers, a batch of one; places are 0."""
    random = np.random.default_rng(seed)
    found = []
    for value in graph.inputs:
        tensor = graph.tensor(value)
        sizes = [
            dim if isinstance(dim, int) else evaluate(dim, {BATCH_SYMBOL: 1})
            for dim in tensor.shape
        ]
        if not all(isinstance(size, int) for size in sizes):
            raise RuleError("the input's sizes are open", hint="give x, or --input")
        shape = [int(size) for size in sizes]  # type: ignore[arg-type]
        whole = not tensor.dtype.startswith(("float", "bfloat"))
        found.append(np.zeros(shape, np.int64) if whole else random.normal(size=shape))
    return found


def _drawn(weight: Weight, seed: int) -> Array:
    shape = tuple([_size(weight, dim) for dim in weight.shape])
    random = np.random.default_rng((seed, crc32(weight.name.encode())))
    sizes = dict(weight.axes)
    outputs = int(sizes.get("out", 1))  # type: ignore[arg-type]
    bound = 1 / sqrt(max(prod(shape) // max(outputs, 1), 1)) if len(shape) > 1 else 0.5
    drawn: Array = random.uniform(-bound, bound, shape)
    if any(word in weight.role for word in _POSITIVE):
        return drawn + 1.0
    return drawn


def _size(weight: Weight, dim: Dim) -> int:
    size = evaluate(dim, {})
    if type(size) is not int:
        raise RuleError(
            f"the weight {weight.name} has the open size {dim}",
            hint="give the input's shape with numbers",
        )
    return size


#: What PyTorch's state dictionaries hold beside weights: a number that enters no output.
_COUNTER: Final = "num_batches_tracked"


def chosen(graph: Graph, given: Given | None, seed: int = 0) -> Weights:
    """The given weights as float64, all others seeded.

    Raises RuleError for a name that the network does not have and for a shape that is not the
    weight's, with both shapes.
    """
    weights = seeded(graph, seed)
    if given is None:
        return weights
    for name, values in _named(graph, given).items():
        if name not in weights and name.endswith(_COUNTER):
            continue
        if name not in weights:
            raise RuleError(
                f"there is no weight named {name}",
                hint=f"this network has: {', '.join(list(weights)[:8])}",
            )
        array = np.asarray(values, dtype=np.float64)
        if array.shape != weights[name].shape:
            raise RuleError(
                f"the weight {name} has shape {weights[name].shape}, "
                f"the array given for it {array.shape}",
                hint="give it in the order of axes that `summary --weights` shows",
            )
        weights[name] = array
    return weights


def _named(graph: Graph, given: Given) -> Mapping[str, Any]:
    if isinstance(given, Mapping):
        return given
    names = list(graph.weights)
    if len(given) != len(names):
        raise RuleError(
            f"{len(given)} arrays are given for {len(names)} weights",
            hint=f"in this order: {', '.join(names[:8])}",
        )
    return dict(zip(names, given, strict=True))


def as_kind(values: Array, weight: Weight, spec: WeightSpec) -> Array:
    """A weight with its axes in the order in which its kind names them."""
    return values.transpose(_turn(weight, spec))


def as_dialect(values: Array, weight: Weight, spec: WeightSpec) -> Array:
    """The inverse of `as_kind`."""
    return values.transpose(np.argsort(_turn(weight, spec)))


def _turn(weight: Weight, spec: WeightSpec) -> list[int]:
    return places_of(spec.axes, weight.axes)


def places_of(wanted: Axes, have: Axes) -> list[int]:
    """Where each wanted axis stands; of axes with the same name the first ones first."""
    left = list(enumerate(name for name, _ in have))
    found = []
    for name, _ in wanted:
        place = next(one for one in left if one[1] == name)
        left.remove(place)
        found.append(place[0])
    return found

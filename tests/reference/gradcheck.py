"""Gradients of a kind's examples against central finite differences; asks no framework."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from convwise.graph.axes import Tensor
from convwise.graph.nodes import Graph
from convwise.kinds.contract import Example
from convwise.reference.contract import Array
from convwise.reference.run import backward, forward
from convwise.reference.weights import Weights, seeded
from tests.dialects.torch.write.test_kinds import graph_of
from tests.reference.live import drawn

#: Half the distance between the two points of a difference.
STEP = 1e-6
#: How far a difference may be from the derivative, relative to what is summed: rounding / STEP.
CLOSE = 1e-6
#: Random directions along all values of an array, and single values of it.
DIRECTIONS, SINGLES = 3, 6
#: Where the values of inputs are moved when there is no number at normal ones (roots, logarithms).
DOMAINS = ((0.2, 0.8), (1.2, 1.8))


@dataclass(frozen=True, slots=True)
class Point:
    """Where a gradient is looked at: a graph, its inputs and weights."""

    graph: Graph
    inputs: Sequence[Array]
    weights: Weights
    training: bool

    def outputs(self) -> tuple[Array, ...]:
        """What comes out; chance is the same every time."""
        return forward(self.graph, self.inputs, self.weights, training=self.training).outputs

    def arrays(self) -> Iterator[tuple[str, Array]]:
        """Everything a gradient may be asked of."""
        for number, one in enumerate(self.inputs):
            if one.dtype == np.float64:
                yield f"input {number}", one
        yield from self.weights.items()


def gradcheck(example: Example, seed: int = 0, training: bool = False) -> list[str]:
    """Derivatives of the example that finite differences do not confirm."""
    random = np.random.default_rng(seed)
    point = _point(graph_of(example), random, seed, training)
    upstream = [random.normal(0, 1, one.shape) for one in point.outputs()]
    analytic = _analytic(point, upstream)
    found = []
    for name, values in point.arrays():
        if name in analytic and analytic[name].shape != values.shape:
            found.append(f"{name}: {values.shape}, its gradient {analytic.pop(name).shape}")
        for direction in _directions(values, random) if name in analytic else ():
            numeric, scale = _difference(point, values, direction, upstream)
            claimed = float((analytic[name] * direction).sum())
            if abs(numeric - claimed) > CLOSE * max(scale, abs(claimed)):
                found.append(f"{name}: {claimed:.9g}, by differences {numeric:.9g}")
    return found


def apart(places: Tensor) -> Array:
    """Whole numbers that differ from each other in every map: 0, 1, 2, ... through space."""
    shape = [dim if isinstance(dim, int) else 2 for dim in places.shape]
    spatial = places.spatial()
    sizes = [size if axis in spatial else 1 for axis, size in enumerate(shape)]
    counted = np.arange(int(np.prod(sizes))).reshape(sizes)
    return np.broadcast_to(counted, shape)


def _point(graph: Graph, random: np.random.Generator, seed: int, training: bool) -> Point:
    """Normal inputs, or those of the first other domain in which everything is a number."""
    weights = seeded(graph, seed)
    inputs = list(drawn(graph, random))
    if graph.nodes[-1].kind.name == "max_unpool":
        # Of two values that are put at one place, one is lost: each gets a place of its own.
        inputs[1] = apart(graph.nodes[-1].operands[1])
    point = Point(graph, inputs, weights, training)
    for low, high in DOMAINS:
        if all(np.isfinite(one).all() for one in point.outputs()):
            return point
        moved = [
            random.uniform(low, high, one.shape) if one.dtype == np.float64 else one
            for one in inputs
        ]
        point = Point(graph, moved, weights, training)
    return point


def _analytic(point: Point, upstream: Sequence[Array]) -> dict[str, Array]:
    """What the rule says, by the names of `arrays`; zeros where nothing flows, but statistics."""
    trace = forward(point.graph, point.inputs, point.weights, training=point.training, keep=True)
    gradients = backward(trace, upstream)
    learned = [name for name, weight in point.graph.weights.items() if weight.trainable]
    found = {name: np.zeros(point.weights[name].shape) for name in learned}
    found.update(gradients.weights)
    for number, value in enumerate(point.graph.inputs):
        found[f"input {number}"] = gradients.values.get(value, np.zeros(trace.values[value].shape))
    return found


def _directions(values: Array, random: np.random.Generator) -> Iterator[Array]:
    for _ in range(DIRECTIONS):
        yield random.normal(0, 1, values.shape)
    for place in random.permutation(values.size)[:SINGLES]:
        single = np.zeros(values.size)
        single[place] = 1.0
        yield single.reshape(values.shape)


def _difference(
    point: Point, values: Array, direction: Array, upstream: Sequence[Array]
) -> tuple[float, float]:
    """The slope along a direction, and the size of what it is the difference of."""
    kept = values.copy()
    totals = []
    scale = 1.0
    for step in (STEP, -STEP):
        values[...] = kept + step * direction
        terms = [(one * up).ravel() for one, up in zip(point.outputs(), upstream, strict=True)]
        totals.append(float(sum(one.sum() for one in terms)))
        scale = max(scale, float(sum(np.abs(one).sum() for one in terms)))
    values[...] = kept
    return (totals[0] - totals[1]) / (2 * STEP), scale

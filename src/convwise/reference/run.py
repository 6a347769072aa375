"""Runs a graph, node after node, and passes gradients back; the rules know the operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from convwise.errors import ConvwiseError, RuleError
from convwise.graph.axes import Tensor, describe
from convwise.graph.nodes import Graph, Value
from convwise.kinds.contract import Kind
from convwise.reference.contract import Array, Backward, Pass, Use
from convwise.reference.rules.table import rule_of
from convwise.reference.sizes import Sized, sized, solved
from convwise.reference.weights import Weights, as_dialect, as_kind

_ROUND = {"float": np.float64, "bfloat": np.float64, "int": np.int64, "uint": np.int64}


@dataclass(slots=True)
class Trace:
    """A forward pass: every node's outputs and, when asked for, its way back."""

    graph: Graph
    values: dict[Value, Array]
    uses: dict[int, Use[Kind]] = field(default_factory=dict)
    back: dict[int, Backward] = field(default_factory=dict)

    @property
    def outputs(self) -> tuple[Array, ...]:
        """What the network returns."""
        return tuple([self.values[value] for value in self.graph.outputs])


@dataclass(frozen=True, slots=True)
class Gradients:
    """Of sum(output * its upstream gradient): by value, by weight (the dialect's order)."""

    values: Mapping[Value, Array]
    weights: Mapping[str, Array]


def array(values: Any, tensor: Tensor) -> Array:
    """Values as the reference computes them: float64, int64 or bool."""
    if tensor.dtype == "bool":
        return np.asarray(values, dtype=bool)
    return np.asarray(values, dtype=_ROUND[tensor.dtype.rstrip("0123456789")])


def forward(
    graph: Graph,
    inputs: Sequence[Any],
    weights: Weights,
    *,
    training: bool = False,
    seed: int = 0,
    keep: bool = False,
) -> Trace:
    """Run every node. keep: remember uses and ways back, for gradients and worked values.

    Without `keep`, values are dropped as soon as no later node needs them. Raises RuleError for
    inputs that do not fit and for operations that are not known, with the layer.
    """
    given = [np.asarray(one) for one in inputs]
    if len(given) != len(graph.inputs):
        names = [graph.layers[graph.nodes[v.node].layer].name for v in graph.inputs]
        raise RuleError(
            f"{len(given)} arrays are given for {len(names)} inputs",
            hint=f"one for each of: {', '.join(names)}",
        )
    sizes = solved(graph, [one.shape for one in given])
    trace = Trace(graph, {})
    for value, one in zip(graph.inputs, given, strict=True):
        trace.values[value] = array(one, graph.tensor(value))
    fed = {value.node for value in graph.inputs}
    last = {} if keep else _last_uses(graph)
    random = np.random.default_rng(seed)
    for index, node in enumerate(graph.nodes):
        if index not in fed:
            use = _use(trace, sized(node, sizes), weights, training, random)
            done = _computed(graph, use, index)
            for number, output in enumerate(done.outputs):
                trace.values[Value(index, number)] = output
            if keep:
                trace.uses[index] = use
                trace.back[index] = done.backward
        for value in last.get(index, ()):
            trace.values.pop(value, None)
    return trace


def _last_uses(graph: Graph) -> dict[int, list[Value]]:
    """Which values nobody needs after a node."""
    last: dict[Value, int] = {}
    for index, node in enumerate(graph.nodes):
        last.update({Value(index, number): index for number in range(len(node.outputs))})
        last.update(dict.fromkeys(node.inputs, index))
    found: dict[int, list[Value]] = {}
    for value, index in last.items():
        if value not in graph.outputs:
            found.setdefault(index, []).append(value)
    return found


def _use(
    trace: Trace, step: Sized, weights: Weights, training: bool, random: np.random.Generator
) -> Use[Kind]:
    node, table = step.node, trace.graph.weights
    specs = step.kind.weights(step.operands) if node.weights else ()
    pairs = zip(specs, node.weights, strict=True)
    return Use(
        step.kind,
        step.operands,
        step.outputs,
        tuple([trace.values[value] for value in node.inputs]),
        {spec.role: as_kind(weights[name], table[name], spec) for spec, name in pairs},
        training,
        random,
    )


def _computed(graph: Graph, use: Use[Kind], index: int) -> Pass:
    layer = graph.layers[graph.nodes[index].layer]
    try:
        done = rule_of(use.kind.name)(use)
    except ConvwiseError as error:
        raise error.at(line=layer.line, layer=layer.name) from None
    for output, tensor in zip(done.outputs, use.outputs, strict=True):
        if output.shape != tensor.shape:
            raise AssertionError(
                f"{use.kind} computes {output.shape}, its rule says {describe(tensor)}"
            )
    return done


def backward(trace: Trace, upstream: Sequence[Any] | None = None) -> Gradients:
    """Gradients of all inputs and weights of a trace that was kept.

    upstream: the gradient that arrives at each output; ones when None.
    """
    graph = trace.graph
    outputs = trace.outputs
    arriving = [np.ones(one.shape) for one in outputs] if upstream is None else upstream
    found: dict[Value, Array] = {}
    for value, one in zip(graph.outputs, arriving, strict=True):
        _add(found, value, np.asarray(one, dtype=np.float64))
    weights: dict[str, Array] = {}
    for index in reversed(range(len(graph.nodes))):
        node = graph.nodes[index]
        mine = [Value(index, number) for number in range(len(node.outputs))]
        if index not in trace.back or node.facts.no_gradient:
            continue
        if not any(value in found for value in mine):
            continue
        grads = tuple([found.get(v, np.zeros(trace.values[v].shape)) for v in mine])
        passed = trace.back[index](grads)
        for value, gradient in zip(node.inputs, passed.inputs, strict=True):
            if gradient is not None:
                _add(found, value, gradient)
        _add_weights(weights, trace, index, passed.weights)
    return Gradients(found, weights)


def _add(found: dict[Value, Array], value: Value, gradient: Array) -> None:
    found[value] = found[value] + gradient if value in found else gradient


def _add_weights(
    found: dict[str, Array], trace: Trace, index: int, gradients: Mapping[str, Array]
) -> None:
    """Add gradients by role to those by name: a weight that is used twice gathers both."""
    node, use = trace.graph.nodes[index], trace.uses[index]
    for spec, name in zip(use.kind.weights(use.operands), node.weights, strict=True):
        if spec.role in gradients:
            turned = as_dialect(gradients[spec.role], trace.graph.weights[name], spec)
            found[name] = found[name] + turned if name in found else turned

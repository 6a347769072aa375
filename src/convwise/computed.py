"""What a network computes, for the Python front door: inputs by name in, arrays by layer out."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from convwise.errors import UnknownNameError, UsageError
from convwise.graph.nodes import Graph, Node, Value
from convwise.kinds.convolution import Convolution
from convwise.kinds.preprocessing import Augment, Normalization
from convwise.kinds.source import Constant
from convwise.reference.by_hand.paper import OnPaper, calculated
from convwise.reference.contract import Array
from convwise.reference.partial import partial_maps
from convwise.reference.run import Trace, backward, forward
from convwise.reference.weights import Given, chosen, drawn

#: One array, one per input in order, or one per input name.
Inputs = Any


@dataclass(frozen=True, slots=True, repr=False)
class Computed:
    """A forward pass in float64: `output`, `layers["conv1"]`, `partial_maps("conv1")`.

    `weights` are those it was computed with, by name, axes in the dialect's own order.
    """

    graph: Graph
    trace: Trace
    weights: dict[str, Array]

    @property
    def output(self) -> Array | tuple[Array, ...]:
        """What the network returns: an array, or a tuple of them."""
        found = self.trace.outputs
        return found[0] if len(found) == 1 else found

    @property
    def layers(self) -> dict[str, Array]:
        """The first output of every layer (of its last call), by the layer's name."""
        names = [layer.name for layer in self.graph.layers]
        return {
            names[node.layer]: self.trace.values[Value(index)]
            for index, node in enumerate(self.graph.nodes)
        }

    def partial_maps(self, layer: str) -> Array:
        """What each input channel adds to each map of a convolution, before they are summed.

        The shape is (input channels of a filter, *the output's). Raises UnknownNameError for a
        layer that is not there, UsageError for one that is no convolution.
        """
        for index, node in reversed(list(enumerate(self.graph.nodes))):
            if self.graph.layers[node.layer].name == layer and _contracts(node):
                return partial_maps(self.trace.uses[index])
        if layer in [one.name for one in self.graph.layers]:
            raise UsageError(
                f"{layer} is no convolution: it has no partial maps",
                hint="name a convolution layer",
            )
        raise UnknownNameError(
            f"there is no layer named {layer!r:.80}",
            hint=f"it is one of {', '.join([one.name for one in self.graph.layers][:12])}",
        )


@dataclass(frozen=True, slots=True)
class GradientsAnswer:
    """Gradients of the summed outputs (times what was given as upstream), in float64.

    `inputs` by input name, `weights` by weight name, axes in the dialect's own order.
    """

    inputs: dict[str, Array]
    weights: dict[str, Array]


def _contracts(node: Node) -> bool:
    return isinstance(node.kind, Convolution)


def compute(
    graph: Graph,
    x: Inputs,
    weights: Given | None,
    *,
    seed: int,
    training: bool,
    keep: bool,
) -> Computed:
    """Run the network; raises ConvwiseError with the layer and the shapes when it does not fit."""
    given = ordered(graph, x)
    unsaid = not_known(graph, training)
    if unsaid:
        warnings.warn("; ".join(unsaid), UserWarning, stacklevel=3)
    used = chosen(graph, weights, seed)
    trace = forward(graph, given, used, training=training, seed=seed, keep=keep)
    return Computed(graph, trace, used)


def not_known(graph: Graph, training: bool) -> list[str]:
    """What the graph does not say and a run has to assume, in words."""
    found = []
    for node in graph.nodes:
        name = graph.layers[node.layer].name
        if isinstance(node.kind, Constant):
            found.append(f"the values of {name} are not known: zeros stand for them")
        elif isinstance(node.kind, Normalization) and not node.weights:
            found.append(f"mean and variance of {name} are not known: 0 and 1 stand for them")
        elif isinstance(node.kind, Augment) and training:
            found.append(f"how far {name} changes images is not known: it changes nothing")
    return list(dict.fromkeys(found))


def gradients(computed: Computed, upstream: Any) -> GradientsAnswer:
    """Pass gradients back through a run that was kept."""
    graph = computed.graph
    arriving = None
    if upstream is not None:
        single = len(graph.outputs) == 1
        arriving = [upstream] if single else list(upstream)
    found = backward(computed.trace, arriving)
    names = input_names(graph)
    pairs = zip(names, graph.inputs, strict=True)
    return GradientsAnswer(
        {name: found.values[value] for name, value in pairs if value in found.values},
        dict(found.weights),
    )


def worked_out(graph: Graph, layer: str, x: Inputs | None, weights: Given | None) -> OnPaper | None:
    """Values of one layer on paper, with the weights and the input that it has in the network.

    Without x, the network's input is drawn from a seed. None for a layer that is not there or not
    worked out on paper.
    """
    given = drawn(graph) if x is None else ordered(graph, x)
    trace = forward(graph, given, chosen(graph, weights), keep=True)
    mine = [n for n, node in enumerate(graph.nodes) if graph.layers[node.layer].name == layer]
    last = [n for n in mine if graph.nodes[n].call == graph.nodes[mine[-1]].call]
    use = trace.uses.get(last[0]) if last else None
    return None if use is None else calculated(use, given=True)


def input_names(graph: Graph) -> list[str]:
    """The names of the network's inputs, in order."""
    return [graph.layers[graph.nodes[value.node].layer].name for value in graph.inputs]


def ordered(graph: Graph, x: Inputs) -> Sequence[Any]:
    """The arrays in the order of the network's inputs."""
    names = input_names(graph)
    if isinstance(x, Mapping):
        unknown = [name for name in x if name not in names]
        missing = [name for name in names if name not in x]
        if unknown or missing:
            raise UsageError(
                f"the inputs given are {', '.join(map(str, x))}; the network's are "
                f"{', '.join(names)}",
                hint="give one array for each, by these names",
            )
        return [x[name] for name in names]
    if len(names) == 1:
        return [x]
    if not isinstance(x, list | tuple) or len(x) != len(names):
        raise UsageError(
            f"the network has {len(names)} inputs", hint=f"give one array for each: {names}"
        )
    return x

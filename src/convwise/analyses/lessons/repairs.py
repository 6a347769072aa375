"""Changes of a network that are worth a thought, each computed on the changed network."""

from __future__ import annotations

from dataclasses import replace

from convwise.analyses.costs import costs
from convwise.analyses.evaluate import at_batch
from convwise.analyses.lessons.contract import Change, by, extent, listed
from convwise.errors import ConvwiseError
from convwise.graph.dims import sum_dims
from convwise.graph.nodes import Graph
from convwise.kinds.activation import Activation
from convwise.kinds.dense import Dense
from convwise.kinds.pooling import Pooling
from convwise.transforms.replaced import replaced


def repairs(graph: Graph) -> tuple[Change, ...]:
    """Every change that can be made and computed; none where sizes are open."""
    if graph.unknown or not _plain(graph):
        return ()
    return tuple([change for change in (_strided(graph), _alive(graph)) if change is not None])


def _plain(graph: Graph) -> bool:
    steps = at_batch(graph)
    return all(type(dim) is int for step in steps for one in step.outputs for dim in one.shape)


def _strided(graph: Graph) -> Change | None:
    """Pooling with stride 1 that keeps the size: a stride as long as the window shrinks it."""
    chosen = {
        index: replace(node.kind, stride=node.kind.window)
        for index, node in enumerate(graph.nodes)
        if isinstance(node.kind, Pooling)
        and set(node.kind.stride) == {1}
        and node.kind.padding.rule == "same"
    }
    if not chosen:
        return None
    try:
        other = replaced(graph, chosen)
    except ConvwiseError:
        return None
    sizes = [extent(other.nodes[index].outputs[0]) for index in chosen]
    before, after = _macs(graph), _macs(other)
    saved = f"; {before:,} multiply-adds become {after:,}" if after < before else ""
    stride = next(iter(chosen.values())).stride
    why = (
        f"stride {stride[0] if len(set(stride)) == 1 else by(stride)} makes the outputs "
        f"{listed(sizes)}{saved}"
    )
    if saved:
        why += f" ({100 * (before - after) / before:.0f} % less)"
    names = tuple([graph.layers[graph.nodes[index].layer].name for index in chosen])
    return Change(why, (("stride", stride),), names)


def _macs(graph: Graph) -> int:
    found = costs(graph, at_batch(graph))
    total = sum_dims([cost.forward for cost in found if cost is not None])
    assert type(total) is int
    return total


def _alive(graph: Graph) -> Change | None:
    """A rectifier behind a single dense unit that is the output (Lu et al., arXiv:1903.06733)."""
    for value in graph.outputs:
        node = graph.nodes[value.node]
        if not (isinstance(node.kind, Activation) and node.kind.function == "relu"):
            continue
        source = graph.nodes[node.inputs[0].node]
        if isinstance(source.kind, Dense) and source.kind.units == 1:
            name = graph.layers[node.layer].name
            why = "softplus is positive too and always has a gradient; so has no activation at all"
            return Change(why, (("function", "softplus"),), (name,))
    return None

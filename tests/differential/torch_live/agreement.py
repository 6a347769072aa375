"""What a live network says differently in convwise and in PyTorch, and its row of the table."""

from __future__ import annotations

from dataclasses import dataclass

from convwise.analyses.costs import costs
from convwise.analyses.evaluate import at_batch
from convwise.dialects.torch.read_live import read_live
from convwise.graph.nodes import Graph
from tests.zoo import torch_oracle
from tests.zoo.torch_agreement import differences

from .cases import BATCH, Case, quietly

#: Where a total has an unknown part: what is known of it is compared instead.
_TOTALS = ("total forward macs: None", "total backward macs: None")


@dataclass(frozen=True, slots=True)
class Found:
    """One network as both see it; `wrong` is empty where they agree."""

    case: Case
    graph: Graph
    layers: int
    parameters: int
    macs: int
    wrong: list[str]
    unknown: tuple[str, ...]


def compared(case: Case) -> Found:
    """Read a network, run it on the meta device, and compare every layer and all totals."""
    network = case.build()
    inputs = case.tensors()
    with quietly():
        graph = read_live(network, inputs=inputs)
        live = torch_oracle.describe(network, _in_order(network, inputs))
    wrong = [line for line in differences(graph, live) if not line.startswith("not known")]
    forward, backward = _known_macs(graph)
    if graph.unknown:
        wrong = [line for line in wrong if not line.startswith(_TOTALS)]
        wrong += [f"forward {forward}"] if forward != live.forward_macs else []
        wrong += [f"backward {backward}"] if backward != live.backward_macs else []
    layers = sum(not call.own_code for call in live.calls)
    unknown = tuple(sorted({fact.what.partition(" ")[0] for fact in graph.unknown}))
    return Found(case, graph, layers, live.parameters, live.forward_macs // BATCH, wrong, unknown)


def _known_macs(graph: Graph) -> tuple[object, object]:
    """Multiply-adds of both directions, of all operations that are known."""
    known = [one for one in costs(graph, at_batch(graph, BATCH)) if one is not None]
    forward = sum(one.forward for one in known)
    return forward, sum(one.input_gradient + one.weight_gradient for one in known)


def _in_order(network: torch_oracle.nn.Module, inputs: dict[str, object]) -> list[object]:
    """Inputs as forward takes them by position; None between those that are given."""
    from inspect import signature

    names = list(signature(network.forward).parameters)
    last = max(names.index(name) for name in inputs)
    return [inputs.get(name) for name in names[: last + 1]]

"""What each layer does to the data and costs: one row per layer, exact totals over all nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from convwise.analyses.amount import Amount, AtLeast, total
from convwise.analyses.costs import Cost, costs
from convwise.analyses.evaluate import Step, at_batch, cast
from convwise.analyses.kept import kept_bytes
from convwise.analyses.memory.estimate import Memory, memory
from convwise.analyses.receptive_field import Field, Fields, receptive_fields
from convwise.analyses.unused_input import unused_input
from convwise.graph.axes import Tensor
from convwise.graph.dims import Dim, sum_dims
from convwise.graph.nodes import Graph, Note, UnknownFact, Value, Weight
from convwise.kinds.formula import Formula, number

#: Arithmetic of a part that is not known.
UNKNOWN_COST = AtLeast(0)


class LayerCost(NamedTuple):
    """Multiply-adds and other arithmetic of one layer over all its calls, for the whole batch."""

    forward: Amount
    input_gradient: Amount
    weight_gradient: Amount
    elementwise_ops: Amount


@dataclass(frozen=True, slots=True)
class Row:
    """One layer. `outputs` are the last call's, with the batch still free.

    `inputs` are (layer name, output number); `sizes_in_bytes` go with `outputs`.
    `output_bytes` and `kept_bytes` are for the whole batch: all tensors this layer makes, and
    those of them that the backward pass keeps.
    """

    name: str
    kind: str
    dialect_name: str
    line: int | None
    inputs: tuple[tuple[str, int], ...]
    calls: int
    outputs: tuple[Tensor, ...]
    sizes_in_bytes: tuple[Dim, ...]
    parameters: Amount
    trainable_parameters: Amount
    weights: tuple[Weight, ...]
    cost: LayerCost
    output_bytes: Amount
    kept_bytes: Amount
    formulas: dict[str, Formula]
    dropped: dict[str, Dim]
    receptive_field: dict[str, Field]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all layers; weights that layers share count once."""

    parameters: Amount
    trainable_parameters: Amount
    cost: LayerCost
    output_bytes: Amount
    kept_bytes: Amount
    unused_input: dict[str, int] | None
    memory: Memory | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The answer to: what does this network do to the data, and what does it cost?"""

    name: str
    source: str | None
    dialect: str
    dtype: str
    batch: int | None
    rows: tuple[Row, ...]
    totals: Totals
    constraints: tuple[str, ...]
    unknown: tuple[UnknownFact, ...]
    notes: tuple[Note, ...]


class _Facts(NamedTuple):
    """What the other analyses found, per node."""

    steps: list[Step]
    costs: list[Cost | None]
    kept: list[Dim]
    fields: list[Fields]
    formulas: dict[tuple[object, ...], dict[str, Formula]]


def summarise(graph: Graph, batch: int | None = None, dtype: str = "float32") -> Summary:
    """Summarise at a batch size and number type; a free batch (None) is counted at 1."""
    steps = at_batch(graph, batch or 1, dtype)
    facts = _Facts(
        steps, costs(graph, steps), kept_bytes(graph, steps), receptive_fields(graph, steps), {}
    )
    groups: list[list[int]] = [[] for _ in graph.layers]
    for index, node in enumerate(graph.nodes):
        groups[node.layer].append(index)
    notes: dict[str, list[Note]] = {}
    for note in graph.notes:
        if note.layer is not None:
            notes.setdefault(note.layer, []).append(note)
    counted: set[str] = set()
    rows = tuple([_row(graph, nodes, facts, counted, notes, dtype) for nodes in groups])
    return Summary(
        name=graph.name,
        source=graph.source,
        dialect=graph.dialect,
        dtype=dtype,
        batch=batch,
        rows=rows,
        totals=_totals(graph, facts, rows, memory(graph, batch or 1, dtype)),
        constraints=tuple([str(constraint) for constraint in graph.constraints]),
        unknown=graph.unknown,
        notes=tuple([note for note in graph.notes if note.layer is None]),
    )


def _row(
    graph: Graph,
    nodes: list[int],
    facts: _Facts,
    counted: set[str],
    notes: dict[str, list[Note]],
    dtype: str,
) -> Row:
    layer = graph.layers[graph.nodes[nodes[0]].layer]
    last = graph.nodes[nodes[-1]]
    known = all(graph.nodes[index].known for index in nodes)
    weights = _weights(graph, nodes)
    parameters = _parameters(weights, counted, known)
    ends = [index for index in nodes if graph.nodes[index].call == last.call]
    return Row(
        name=layer.name,
        kind=graph.nodes[ends[0]].kind.name,
        dialect_name=layer.dialect_name,
        line=layer.line,
        inputs=_inputs(graph, nodes),
        calls=last.call + 1 - graph.nodes[nodes[0]].call,
        outputs=tuple([cast(tensor, dtype) for tensor in last.outputs]),
        sizes_in_bytes=facts.steps[nodes[-1]].asked.output_bytes,
        parameters=parameters[0],
        trainable_parameters=parameters[1],
        weights=weights,
        cost=_sum_costs([facts.costs[index] for index in nodes]),
        output_bytes=_bytes(facts, nodes),
        kept_bytes=_known_or_least(sum_dims([facts.kept[index] for index in nodes]), known),
        formulas=_formulas(facts, ends, parameters[0]) if known else {},
        dropped=_dropped(facts, ends) if known else {},
        receptive_field=_fields(facts, nodes[-1]),
        notes=tuple(notes.get(layer.name, ())),
    )


def _known_or_least(amount: Dim, known: bool) -> Amount:
    return amount if known else AtLeast(amount)


def _weights(graph: Graph, nodes: list[int]) -> tuple[Weight, ...]:
    names = dict.fromkeys([name for index in nodes for name in graph.nodes[index].weights])
    return tuple([graph.weights[name] for name in names])


def _parameters(
    weights: tuple[Weight, ...], counted: set[str], known: bool
) -> tuple[Amount, Amount]:
    """All and trainable parameters of a layer, without the ones an earlier layer counted."""
    fresh = [w for w in weights if w.counted and w.name not in counted]
    counted.update([w.name for w in fresh])
    every = sum_dims([w.elements for w in fresh])
    trainable = sum_dims([w.elements for w in fresh if w.trainable])
    return _known_or_least(every, known), _known_or_least(trainable, known)


def _inputs(graph: Graph, nodes: list[int]) -> tuple[tuple[str, int], ...]:
    mine = graph.nodes[nodes[0]].layer
    values: list[Value] = [value for index in nodes for value in graph.nodes[index].inputs]
    outer = dict.fromkeys([v for v in values if graph.nodes[v.node].layer != mine])
    return tuple([(graph.layers[graph.nodes[v.node].layer].name, v.output) for v in outer])


def _sum_costs(found: list[Cost | None]) -> LayerCost:
    if len(found) == 1 and found[0] is not None:
        return LayerCost(*found[0])
    unknown = [UNKNOWN_COST] if None in found else []
    known = [cost for cost in found if cost is not None]
    return LayerCost(*[total([*unknown, *[cost[i] for cost in known]]) for i in range(4)])


def _bytes(facts: _Facts, nodes: list[int]) -> Amount:
    steps = [facts.steps[index] for index in nodes]
    amount = sum_dims(
        [size for step in steps if step.node.known for size in step.asked.output_bytes]
    )
    return _known_or_least(amount, all(step.node.known for step in steps))


def _formulas(facts: _Facts, nodes: list[int], parameters: Amount) -> dict[str, Formula]:
    """Formulas of all nodes of one call; layers that are alike share them."""
    steps = [facts.steps[index] for index in nodes]
    key = (parameters, *[id(step.asked) for step in steps])
    if key not in facts.formulas:
        facts.formulas[key] = _joined(steps, parameters)
    return facts.formulas[key]


def _joined(steps: list[Step], parameters: Amount) -> dict[str, Formula]:
    """Sizes of the last node that changes them, sums of the rest."""
    found: dict[str, Formula] = {}
    for step in steps:
        for key, formula in step.asked.formulas.items():
            adds = key in ("parameters", "macs") and key in found
            found[key] = found[key] + formula if adds else formula
    if "parameters" in found and found["parameters"].value != parameters:
        # Statistics that the dialect does not count, or weights another layer has counted.
        del found["parameters"]
        if not isinstance(parameters, AtLeast):
            found["parameters"] = number(parameters)
    return found


def _dropped(facts: _Facts, nodes: list[int]) -> dict[str, Dim]:
    lost: dict[str, Dim] = {}
    for index in nodes:
        step = facts.steps[index]
        for role, pixels in step.asked.dropped.items():
            lost[role] = lost.get(role, 0) + pixels
    return lost


def _fields(facts: _Facts, last: int) -> dict[str, Field]:
    """The field per axis role; over several network inputs the largest one."""
    result: dict[str, Field] = {}
    for (_, role), field in facts.fields[last].items():
        known = result.get(role)
        if known is None or (field.whole, field.length) > (known.whole, known.length):
            result[role] = field
    return result


def _totals(graph: Graph, facts: _Facts, rows: tuple[Row, ...], predicted: Memory | None) -> Totals:
    unused = unused_input(graph, facts.steps)
    return Totals(
        parameters=total([row.parameters for row in rows]),
        trainable_parameters=total([row.trainable_parameters for row in rows]),
        cost=LayerCost(*[total([row.cost[i] for row in rows]) for i in range(4)]),
        output_bytes=total([row.output_bytes for row in rows]),
        kept_bytes=total([row.kept_bytes for row in rows]),
        unused_input=_merge_unused(graph, unused),
        memory=predicted,
    )


def _merge_unused(graph: Graph, unused: list[dict[str, int] | None]) -> dict[str, int] | None:
    """By role for one input; by "input name.role" for several; None when one is not known."""
    if len(unused) == 1:
        return unused[0]
    merged: dict[str, int] = {}
    for value, pixels in zip(graph.inputs, unused, strict=True):
        if pixels is None:
            return None
        name = graph.layers[graph.nodes[value.node].layer].name
        merged.update({f"{name}.{role}": count for role, count in pixels.items()})
    return merged

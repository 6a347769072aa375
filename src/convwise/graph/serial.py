"""A graph as JSON and back: what was said is stored, what follows from it is inferred again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convwise.errors import ReadError
from convwise.graph.axes import Tensor
from convwise.graph.constraints import Constraint, simplify
from convwise.graph.dims import from_json, to_json
from convwise.graph.nodes import (
    Facts,
    Graph,
    Layer,
    Node,
    Note,
    Operation,
    UnknownFact,
    Value,
    Weight,
)
from convwise.graph.obligations import Must

SCHEMA = "convwise.graph/1"

Encode = Callable[[Any], dict[str, Any]]
Decode = Callable[[dict[str, Any]], Operation]


def graph_to_json(graph: Graph, encode_kind: Encode) -> dict[str, Any]:
    """Plain dictionaries and lists, for `json.dumps`."""
    return {
        "schema": SCHEMA,
        "name": graph.name,
        "dialect": graph.dialect,
        "source": graph.source,
        "layers": [[layer.name, layer.dialect_name, layer.line] for layer in graph.layers],
        "weights": [_weight_to_json(weight) for weight in graph.weights.values()],
        "nodes": [_node_to_json(graph, node, encode_kind) for node in graph.nodes],
        "inputs": [list(value) for value in graph.inputs],
        "outputs": [list(value) for value in graph.outputs],
        "unknown": [[fact.layer, fact.what, fact.line] for fact in graph.unknown],
        "notes": [[note.code, note.message, note.layer, note.line] for note in graph.notes],
    }


def graph_from_json(data: dict[str, Any], decode_kind: Decode) -> Graph:
    """The graph again; raises ReadError when the data is not one of ours."""
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ReadError(f"is no graph of convwise: its schema is not {SCHEMA}")
    try:
        return _graph(data, decode_kind)
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise ReadError(f"is a damaged graph: {type(error).__name__} {error}") from None


def _graph(data: dict[str, Any], decode_kind: Decode) -> Graph:
    nodes: list[Node] = []
    constraints: list[Constraint] = []
    for entry in data["nodes"]:
        nodes.append(_node(entry, nodes, constraints, decode_kind))
    weights = [_weight(entry) for entry in data["weights"]]
    return Graph(
        name=data["name"],
        dialect=data["dialect"],
        nodes=tuple(nodes),
        layers=tuple([Layer(*entry) for entry in data["layers"]]),
        weights={weight.name: weight for weight in weights},
        inputs=tuple([Value(*pair) for pair in data["inputs"]]),
        outputs=tuple([Value(*pair) for pair in data["outputs"]]),
        constraints=simplify(constraints) if constraints else (),
        unknown=tuple([UnknownFact(*entry) for entry in data["unknown"]]),
        notes=tuple([Note(*entry) for entry in data["notes"]]),
        source=data["source"],
    )


def _weight_to_json(weight: Weight) -> dict[str, Any]:
    return {
        "name": weight.name,
        "role": weight.role,
        "axes": [[name, to_json(dim)] for name, dim in weight.axes],
        "trainable": weight.trainable,
        "counted": weight.counted,
    }


def _weight(entry: dict[str, Any]) -> Weight:
    axes = tuple([(name, from_json(dim)) for name, dim in entry["axes"]])
    return Weight(entry["name"], entry["role"], axes, entry["trainable"], entry["counted"])


def _node_to_json(graph: Graph, node: Node, encode_kind: Encode) -> dict[str, Any]:
    received = [graph.tensor(value) for value in node.inputs]
    pairs = zip(received, node.operands, strict=True)
    views = [None if made.roles == seen.roles else list(seen.roles) for made, seen in pairs]
    return {
        "kind": encode_kind(node.kind),
        "inputs": [list(value) for value in node.inputs],
        "views": views,
        "weights": list(node.weights),
        "layer": node.layer,
        "call": node.call,
        "facts": [node.facts.in_place, node.facts.scope, node.facts.no_gradient],
    }


def _node(
    entry: dict[str, Any], nodes: list[Node], constraints: list[Constraint], decode_kind: Decode
) -> Node:
    inputs = tuple([Value(*pair) for pair in entry["inputs"]])
    operands = tuple(
        [_seen(v, roles, nodes) for v, roles in zip(inputs, entry["views"], strict=True)]
    )
    kind = decode_kind(entry["kind"])
    must = Must()
    if all(operand.known for operand in operands):
        outputs = kind.outputs(operands, must)
    else:
        outputs = (Tensor((), known=False),)
    constraints.extend(must.constraints)
    return Node(
        kind,
        inputs,
        operands,
        outputs,
        tuple(entry["weights"]),
        entry["layer"],
        entry["call"],
        Facts(*entry["facts"]),
    )


def _seen(value: Value, roles: list[str | None] | None, nodes: list[Node]) -> Tensor:
    made = nodes[value.node].outputs[value.output]
    return made if roles is None else made.viewed(tuple(roles))

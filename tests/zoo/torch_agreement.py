"""What a graph read from PyTorch code says differently from live PyTorch, as sentences; an empty
list is agreement."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest

from convwise.analyses.costs import Cost, costs
from convwise.analyses.evaluate import Step, at_batch
from convwise.graph.nodes import Graph

from .torch_cases import BATCH
from .torch_oracle import Call, TorchModel, owner

Shape = tuple[object, ...]


@dataclass(slots=True)
class _Row:
    """One call of one layer: the steps of all its operations, in order."""

    name: str
    line: int | None
    steps: list[Step]
    costs: list[Cost | None]

    @property
    def outputs(self) -> list[Shape]:
        return [tuple(axis.dim for axis in out.axes) for out in self.steps[-1].outputs]

    @property
    def forward(self) -> object:
        return None if None in self.costs else sum(cost.forward for cost in self.costs if cost)

    @property
    def backward(self) -> object:
        if None in self.costs:
            return None
        return sum(cost.input_gradient + cost.weight_gradient for cost in self.costs if cost)


def differences(graph: Graph, model: TorchModel) -> list[str]:
    """Every difference in order, shapes, parameters and multiply-adds at the oracle's batch."""
    found = [f"not known: {fact.layer}: {fact.what} (line {fact.line})" for fact in graph.unknown]
    rows = _rows(graph)
    found += _call_differences(rows, model)
    found += _parameter_differences(graph, model)
    return found + _total_differences(graph, rows, model)


def _rows(graph: Graph) -> list[_Row]:
    """The calls of all layers in the order in which they began."""
    steps = at_batch(graph, BATCH)
    found: dict[tuple[int, int], _Row] = {}
    for step, cost in zip(steps, costs(graph, steps), strict=True):
        layer = graph.layers[step.node.layer]
        key = (step.node.layer, step.node.call)
        row = found.setdefault(key, _Row(layer.name, layer.line, [], []))
        row.steps.append(step)
        row.costs.append(cost)
    return list(found.values())


def _call_differences(rows: list[_Row], model: TorchModel) -> list[str]:
    """Calls of PyTorch's own modules; what happens in the user's own code has names of its own."""
    calls = [call for call in model.calls if not call.own_code]
    paths = {call.path for call in calls}
    ours = [row for row in rows if row.name in paths]
    if [row.name for row in ours] == [call.path for call in calls]:
        pairs = list(zip(ours, calls, strict=True))
        return [line for row, call in pairs for line in _one(row, call)]
    return _misordered(ours, calls)


def _misordered(ours: list[_Row], calls: list[Call]) -> list[str]:
    """The numbers of calls that differ, else the first call that is out of order."""
    have = Counter(row.name for row in ours)
    need = Counter(call.path for call in calls)
    classes = {call.path: call.class_name for call in calls}
    wrong = [
        f"{path} ({classes[path]}) calls: {have[path]} are not {count}"
        for path, count in need.items()
        if have[path] != count
    ]
    if wrong:
        return wrong
    for row, call in zip_longest(ours, calls):
        if row.name != call.path:
            return [f"{row.name} (line {row.line}) is called where PyTorch calls {call.path}"]
    return []


def _one(row: _Row, call: Call) -> list[str]:
    pairs = {
        "shapes": (row.outputs, list(call.outputs)),
        "forward macs": (row.forward, call.forward_macs),
        "backward macs": (row.backward, call.backward_macs),
    }
    where = f"{call.path} ({call.class_name}, line {row.line})"
    return [f"{where} {what}: {ours} is not {torch}" for what, (ours, torch) in _unequal(pairs)]


def _parameter_differences(graph: Graph, model: TorchModel) -> list[str]:
    """Parameters by the module that holds them, those that learn too."""
    every, learned = Counter[str](), Counter[str]()
    for weight in graph.weights.values():
        if weight.counted:
            every[owner(weight.name)] += weight.elements
            learned[owner(weight.name)] += weight.elements if weight.trainable else 0
    found: list[str] = []
    for path, module in model.modules.items():
        pairs = {
            "parameters": (every[path], module.parameters),
            "trainable": (learned[path], module.trainable),
        }
        found += [
            f"{path or 'the network'} ({module.class_name}) {what}: {ours} is not {torch}"
            for what, (ours, torch) in _unequal(pairs)
        ]
    strange = sorted(set(every) - set(model.modules))
    return found + [f"weights of {path}: PyTorch has no such module" for path in strange]


def _total_differences(graph: Graph, rows: list[_Row], model: TorchModel) -> list[str]:
    weights = [weight for weight in graph.weights.values() if weight.counted]
    forward = [row.forward for row in rows]
    backward = [row.backward for row in rows]
    steps = {id(step.node): step for row in rows for step in row.steps}
    ends = [steps[id(graph.nodes[end.node])].outputs[end.output] for end in graph.outputs]
    pairs = {
        "outputs": ([tuple(axis.dim for axis in end.axes) for end in ends], list(model.outputs)),
        "parameters": (sum(weight.elements for weight in weights), model.parameters),
        "trainable": (sum(w.elements for w in weights if w.trainable), model.trainable),
        "forward macs": (None if None in forward else sum(forward), model.forward_macs),
        "backward macs": (None if None in backward else sum(backward), model.backward_macs),
    }
    return [f"total {what}: {ours} is not {torch}" for what, (ours, torch) in _unequal(pairs)]


def _unequal(pairs: dict[str, tuple[object, object]]) -> list[tuple[str, tuple[object, object]]]:
    return [(what, pair) for what, pair in pairs.items() if pair[0] != pair[1]]

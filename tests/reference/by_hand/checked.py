"""Works values of one operation out by hand, and by the reference, and by PyTorch in float64."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch

from convwise.dialects.torch.build import build
from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.code import written
from convwise.errors import RuleError
from convwise.graph.nodes import Graph
from convwise.kinds.contract import Example
from convwise.reference.by_hand.contract import Step, Worked, redone
from convwise.reference.by_hand.table import input_gradient, output_value, weight_gradient
from convwise.reference.contract import Array, Pass, Use
from convwise.reference.rules.table import rule_of
from convwise.reference.weights import as_dialect, as_kind, seeded
from tests.dialects.torch.write.test_kinds import graph_of
from tests.reference.torch_agreement import drawn, listed, placed, put, turned

#: How far a number worked out by hand may be from the reference's, and from PyTorch's.
OF_REFERENCE = 1e-9
OF_PYTORCH = 1e-6

#: Kinds for which several values may be the same: which of them is chosen is a rule, too.
_ROUNDED = ("max_pool", "adaptive_pool", "global_pool", "activation")


class Case(NamedTuple):
    """One operation on random arrays: as the reference has it, and as a graph."""

    use: Use[Any]
    passed: Pass
    upstream: tuple[Array, ...]
    graph: Graph


def case(example: Example, seed: int) -> Case:
    """The example on random numbers; RuleError when the reference cannot compute it."""
    random = np.random.default_rng(seed)
    graph = graph_of(example)
    node = graph.nodes[-1]
    drawn_weights = seeded(graph, seed)
    specs = example.kind.weights(example.operands)
    weights = {
        spec.role: as_kind(drawn_weights[name], graph.weights[name], spec)
        for spec, name in zip(specs, node.weights, strict=True)
    }
    inputs = tuple([_numbers(drawn(one, random)) for one in example.operands])
    if example.kind.name in _ROUNDED:
        inputs = tuple([one.round(1) for one in inputs])
    use = Use(example.kind, example.operands, node.outputs, inputs, weights, False, random)
    passed = rule_of(example.kind.name)(use)
    upstream = tuple([random.normal(0, 1, one.shape) for one in passed.outputs])
    return Case(use, passed, upstream, graph)


def _numbers(values: Array) -> Array:
    return values.astype(np.float64) if values.dtype.kind == "f" else values


class Live(NamedTuple):
    """What PyTorch computes for a case: outputs, and leaves with their gradients."""

    outputs: list[torch.Tensor]
    leaves: list[torch.Tensor]
    gradients: dict[str, torch.Tensor]
    module: torch.nn.Module
    made: Any


def live(one: Case) -> Live:
    """Run the written module forward and back; RuleError when PyTorch has no such operation."""
    graph = one.graph
    made = written(graph)
    module = build(made).double().eval()
    node = graph.nodes[-1]
    specs = one.use.kind.weights(one.use.operands)
    weights = {
        name: as_dialect(one.use.weights[spec.role], graph.weights[name], spec)
        for spec, name in zip(specs, node.weights, strict=True)
    }
    placed(graph, made, module, weights)
    fed = [
        turned(values, orders.usual(seen, graph.dialect))
        for values, seen in zip(one.use.inputs, made.seen, strict=True)
    ]
    leaves = [values.requires_grad_(values.is_floating_point()) for values in fed]
    outputs = listed(module(*leaves))
    total = torch.zeros((), dtype=torch.float64)
    for value, upstream, result in zip(graph.outputs, one.upstream, outputs, strict=True):
        if result.is_floating_point() and result.requires_grad:
            order = orders.usual(graph.tensor(value), graph.dialect)
            total = total + (result * turned(upstream, order)).sum()
    if total.requires_grad:
        total.backward()
    gradients = {
        path: torch.zeros_like(weight) if weight.grad is None else weight.grad
        for path, weight in module.named_parameters()
    }
    return Live([value.detach() for value in outputs], leaves, gradients, module, made)


def faults(one: Case, places: np.random.Generator | None = None) -> Iterator[str]:
    """Every number worked out by hand that is not what the reference and PyTorch have.

    `places`: where to look; the telling places when None.
    """
    use = one.use
    value = output_value(use, _place(places, one.passed.outputs[0].shape))
    if value is None:
        raise RuleError(f"{use.kind} is not worked out by hand")
    torch_has = live(one)
    yield from _output(one, torch_has, value)
    for spec in use.kind.weights(use.operands):
        if spec.statistic:
            continue
        place = _place(places, use.weights[spec.role].shape)
        worked = weight_gradient(use, one.upstream, spec.role, place)
        if worked is not None:
            yield from _weight(one, torch_has, spec.role, worked)
    for operand, values in enumerate(use.inputs):
        worked = input_gradient(use, one.upstream, operand, _place(places, values.shape))
        if worked is not None:
            yield from _input(one, torch_has, operand, worked)


def _place(places: np.random.Generator | None, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    return None if places is None else tuple([int(places.integers(size)) for size in shape])


def _output(one: Case, live_one: Live, worked: Worked) -> Iterator[str]:
    graph = one.graph
    spot = _spot(one.passed.outputs[0].shape, worked.place)
    order = orders.usual(graph.tensor(graph.outputs[0]), graph.dialect)
    theirs = float((live_one.outputs[0] * turned(spot, order)).sum())
    yield from _compared(one, worked, float(one.passed.outputs[0][worked.place]), theirs)


def _weight(one: Case, live_one: Live, role: str, worked: Worked) -> Iterator[str]:
    specs = one.use.kind.weights(one.use.operands)
    pairs = zip(specs, one.graph.nodes[-1].weights, strict=True)
    spec, name = next((spec, name) for spec, name in pairs if spec.role == role)
    spot = as_dialect(
        _spot(one.use.weights[role].shape, worked.place), one.graph.weights[name], spec
    )
    state = live_one.module.state_dict()
    probe = {path: torch.zeros_like(weight) for path, weight in state.items()}
    put(name, one.graph, live_one.made.places[name], spot, probe)
    theirs = sum([float((probe[path] * grad).sum()) for path, grad in live_one.gradients.items()])
    ours = one.passed.backward(one.upstream).weights[role][worked.place]
    yield from _compared(one, worked, float(ours), theirs)


def _input(one: Case, live_one: Live, operand: int, worked: Worked) -> Iterator[str]:
    ours = one.passed.backward(one.upstream).inputs[operand]
    assert ours is not None, (one.use.kind, operand)
    leaf = live_one.leaves[operand]
    order = orders.usual(live_one.made.seen[operand], one.graph.dialect)
    spot = turned(_spot(one.use.inputs[operand].shape, worked.place), order)
    theirs = 0.0 if leaf.grad is None else float((leaf.grad * spot).sum())
    yield from _compared(one, worked, float(ours[worked.place]), theirs)


def _spot(shape: tuple[int, ...], place: tuple[int, ...]) -> Array:
    found = np.zeros(shape)
    found[place] = 1.0
    return found


def _compared(one: Case, worked: Worked, ours: float, theirs: float) -> Iterator[str]:
    told = f"{one.use.kind}: {worked.what}"
    if not _close(worked.value, ours, OF_REFERENCE):
        yield f"{told}: {worked.value} by hand, the reference has {ours}"
    if not _close(worked.value, theirs, OF_PYTORCH):
        yield f"{told}: {worked.value} by hand, PyTorch has {theirs}"
    yield from [f"{told}: {fault}" for fault in steps_that_fail(worked)]


def _close(left: float, right: float, tolerance: float) -> bool:
    return abs(left - right) <= tolerance * max(1.0, abs(right))


def steps_that_fail(worked: Worked) -> list[str]:
    """Steps that do not follow from their numbers, use no line before or cannot be shown."""
    found = []
    for number, step in enumerate(worked.steps):
        if not _close(redone(step), step.value, 1e-12):
            found.append(f"step {number} ({step.text}) gives {redone(step)}, not {step.value}")
        found += [f"step {number}: {fault}" for fault in _grids(step)]
    if worked.steps[-1].value != worked.value:
        found.append("the value is not that of the last step")
    for number, step in enumerate(worked.steps[:-1]):
        if not any(_holds(later, step.value) for later in worked.steps[number + 1 :]):
            found.append(f"step {number} ({step.text}) leads to no later step")
    return found


def _grids(step: Step) -> Iterator[str]:
    for grid in step.grids:
        if grid.values.ndim > 3:
            yield f"{grid.label} has {grid.values.ndim} axes"
        if grid.padding is not None and grid.padding.shape != grid.values.shape:
            yield f"{grid.label} marks other numbers than it has"


def _holds(step: Step, value: float) -> bool:
    return any(bool((grid.values == value).any()) for grid in step.grids)


def tried(example: Example, seed: int, *, anywhere: bool) -> list[str] | None:
    """The faults of one example; None when one of the three has no such operation."""
    try:
        one = case(example, seed)
        return list(faults(one, np.random.default_rng(seed) if anywhere else None))
    except RuleError:
        return None
    except RuntimeError as error:
        # PyTorch has no gradient of a group normalisation with a centre and no scale.
        assert "tensor does not have a device" in str(error), error
        return None

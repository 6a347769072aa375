"""The comparisons find planted errors: in the shape, the weights and the multiply-adds of kinds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

import convwise
from convwise.graph.axes import Axis, Tensor
from convwise.graph.nodes import WeightSpec
from convwise.kinds import catalog
from convwise.kinds.contract import Macs
from tests.differential import generate, macs, operations, oracle
from tests.differential.cases import Case
from tests.differential.compare import differences, facts_of
from tests.differential.facts import Facts
from tests.differential.operations import OPERATIONS
from tests.differential.sources import source

#: Kinds that nothing here makes from Keras code; tests/contract plants errors in every kind.
NOT_HERE = {
    "parameter": "a free weight, as in PyTorch and TensorFlow 1",
    "constant": "a tensor of fixed values: no rule to get wrong",
    "unknown": "states nothing that could be wrong",
    "lp_pool": "PyTorch only",
    "instance_norm": "PyTorch only",
    "pixel_shuffle": "PyTorch only",
    "pixel_unshuffle": "PyTorch only",
}
HERE = [name for name in catalog.NAMES if name not in NOT_HERE]
PROBES = 3


@dataclass(frozen=True, slots=True)
class Probe:
    """One comparison that a planted error must make fail: a random layer, or an operation."""

    text: str
    expected: Facts
    case: Case | None = None
    forward: int = 0

    def differences(self) -> list[str]:
        told = differences(self.expected, facts_of(self.text))
        if told:
            return told
        if self.case is not None:
            return macs.disagreement(self.case)
        counted = macs.said_of(self.text).forward
        return [] if counted == self.forward else [f"{counted} multiply-adds, not {self.forward}"]


@cache
def probes() -> dict[str, list[Probe]]:
    """For each kind a few comparisons of sources whose graph has it."""
    every = [Probe(one.source, operations.ask(one), None, one.macs) for one in OPERATIONS]
    for case in generate.draw(400, 10, oracle.judge).legal:
        expected = oracle.ask(case)
        assert isinstance(expected, Facts)
        every.append(Probe(source(case), expected, case))
    found: dict[str, list[Probe]] = {name: [] for name in catalog.NAMES}
    for probe in every:
        for name in {node.kind.name for node in convwise.read(probe.text).graph.nodes}:
            found[name].append(probe)
    return {name: some[-PROBES:] for name, some in found.items()}


def plant(monkeypatch: pytest.MonkeyPatch, name: str, rule: str) -> None:
    """Make one rule of one kind wrong by one: one more column, weight or multiply-add."""
    kind = catalog.find(name)
    right = getattr(kind, rule)

    def wrong(self: Any, *args: Any) -> Any:
        return WRONG[rule](right(self, *args))

    monkeypatch.setattr(kind, rule, wrong)


def _wider(outputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    first, *others = outputs
    *axes, last = first.axes
    return (Tensor((*axes, Axis(last.role, last.dim + 1)), first.dtype), *others)


WRONG = {
    "outputs": _wider,
    "weights": lambda weights: (*weights, WeightSpec("planted", (("planted", 1),))),
    "macs": lambda macs: Macs(macs.forward + 1, macs.input_gradient, macs.weight_gradient),
}


@pytest.mark.parametrize("name", HERE)
@pytest.mark.parametrize("rule", WRONG)
def test_a_planted_error_is_found(monkeypatch: pytest.MonkeyPatch, name: str, rule: str) -> None:
    using = probes()[name]
    assert using, f"no comparison uses the kind {name}"
    assert [probe.differences() for probe in using] == [[]] * len(using)
    plant(monkeypatch, name, rule)
    assert any(probe.differences() for probe in using)


def test_every_kind_is_compared_or_left_out_for_a_reason() -> None:
    assert {name for name, using in probes().items() if using}.isdisjoint(NOT_HERE)
    assert set(NOT_HERE) <= set(catalog.NAMES)


def test_a_difference_in_any_fact_is_told() -> None:
    right = Facts((4, 3), 10, 8, ((3, 3), (1,)))
    assert differences(right, Facts((4, 3), 10, 8, ((1,), (3, 3)))) == []
    wrongs = [
        Facts((4, 4), 10, 8, ((3, 3), (1,))),
        Facts((4, 3), 11, 8, ((3, 3), (1,))),
        Facts((4, 3), 10, 10, ((3, 3), (1,))),
        Facts((4, 3), 10, 8, ((9,), (1,))),
    ]
    assert [len(differences(right, wrong)) for wrong in wrongs] == [1, 1, 1, 1]

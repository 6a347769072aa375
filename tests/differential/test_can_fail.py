"""The comparisons find planted errors: in the shape, the weights and the multiply-adds of kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from convwise.graph.axes import Axis, Tensor
from convwise.graph.nodes import WeightSpec
from convwise.kinds import catalog
from tests.differential import generate, macs, operations, oracle
from tests.differential.cases import Case
from tests.differential.compare import differences, facts_of, kinds_of
from tests.differential.facts import Facts
from tests.differential.operations import OPERATIONS
from tests.differential.scope import KINDS_OF_LAYERS, KINDS_OF_OPERATIONS
from tests.differential.sources import source

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
    found: dict[str, list[Probe]] = {}
    for probe in every:
        for name in kinds_of(probe.text):
            found.setdefault(name, []).append(probe)
    return {name: some[-PROBES:] for name, some in found.items()}


def plant(monkeypatch: pytest.MonkeyPatch, name: str, rule: str) -> None:
    """Make one rule of one kind wrong by one: one more column, weight or multiply-add."""
    spoil(monkeypatch, name, rule, WRONG[rule])


def spoil(
    monkeypatch: pytest.MonkeyPatch, name: str, rule: str, change: Callable[[Any], Any]
) -> None:
    kind = catalog.find(name)
    right = getattr(kind, rule)

    def wrong(self: Any, *args: Any) -> Any:
        return change(right(self, *args))

    monkeypatch.setattr(kind, rule, wrong)


def _wider(outputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    first, *others = outputs
    *axes, last = first.axes
    return (Tensor((*axes, Axis(last.role, last.dim + 1)), first.dtype), *others)


WRONG = {
    "outputs": _wider,
    "weights": lambda weights: (*weights, WeightSpec("planted", (("planted", 1),))),
    "macs": lambda macs: macs._replace(forward=macs.forward + 1),
}


@pytest.mark.parametrize("name", sorted(KINDS_OF_LAYERS | KINDS_OF_OPERATIONS))
@pytest.mark.parametrize("rule", WRONG)
def test_a_planted_error_is_found(monkeypatch: pytest.MonkeyPatch, name: str, rule: str) -> None:
    using = probes()[name]
    assert using, f"no comparison uses the kind {name}"
    assert [probe.differences() for probe in using] == [[]] * len(using)
    plant(monkeypatch, name, rule)
    assert any(probe.differences() for probe in using)


WEIGHTED = ("convolution", "dense", "transposed_convolution")
GRADIENTS = [("input_gradient", name) for name in (*WEIGHTED, "dot")]
GRADIENTS += [("weight_gradient", name) for name in WEIGHTED]
GRADIENTS += [
    (part, name)
    for name in ("recurrent", "conv_lstm")
    for part in ("weight_gradient", "inner_gradient")
]


@pytest.mark.parametrize(("part", "name"), GRADIENTS)
def test_a_planted_error_in_a_gradient_is_found(
    monkeypatch: pytest.MonkeyPatch, part: str, name: str
) -> None:
    using = probes()[name]
    assert [probe.differences() for probe in using] == [[]] * len(using)
    spoil(monkeypatch, name, "macs", lambda macs: macs._replace(**{part: 2 * macs.forward + 2}))
    assert any(probe.differences() for probe in using)


def test_every_kind_that_keras_code_makes_is_listed() -> None:
    assert set(probes()) == KINDS_OF_LAYERS | KINDS_OF_OPERATIONS


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

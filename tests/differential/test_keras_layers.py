"""Shapes and parameters of random layers against live Keras, with a table of what was covered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from tests.differential import coverage, generate, oracle
from tests.differential.cases import STYLES, Case
from tests.differential.compare import Unknown, differences, found
from tests.differential.coverage import Coverage
from tests.differential.facts import Facts, Refusal
from tests.differential.families.activations import NAMES
from tests.differential.generate import Drawn
from tests.differential.sources import source

SHOWN = 20


def disagreements(cases: list[Case]) -> list[str]:
    """Every difference with the configuration and the source text that shows it."""
    told = []
    for case in cases:
        expected = oracle.ask(case)
        assert isinstance(expected, Facts)
        for difference in differences(expected, found(case)):
            told.append(f"{case}\n  {difference}\n{source(case)}")
    return told


def compare_with_keras(count: int, seed: int) -> tuple[Drawn, Coverage]:
    drawn = generate.draw(count, seed, oracle.judge)
    assert len(drawn.legal) >= count
    told = disagreements(drawn.legal)
    assert told == [], "\n".join([f"{len(told)} differences", *told[:SHOWN]])
    return drawn, coverage.count(drawn.legal, oracle.changed)


def refusals(cases: list[Case]) -> Counter[str]:
    """What convwise says to the configurations that Keras refuses."""
    words = {Refusal: "refused", Unknown: "said to be unknown", Facts: "accepted"}
    return Counter(words[type(found(case))] for case in cases)


def report(drawn: Drawn, covered: Coverage) -> str:
    title = f"{len(drawn.legal)} legal layers, equal to Keras in shape, parameters and weights"
    answers = refusals(drawn.illegal)
    parts = ", ".join(f"{count} {word}" for word, count in answers.most_common())
    refused = f"{len(drawn.illegal)} layers that Keras refuses: {parts}"
    return "\n".join([coverage.table(covered, title), refused])


def test_400_random_layers(record_property: Callable[[str, object], None]) -> None:
    drawn, covered = compare_with_keras(400, seed=0)
    record_property("table", report(drawn, covered))
    assert coverage.missed(covered, neutral=False) == []
    assert {name for name in NAMES if not covered.words["activation", name]} == set()


@pytest.mark.slow
def test_5000_random_layers(record_property: Callable[[str, object], None]) -> None:
    drawn, covered = compare_with_keras(5000, seed=1)
    record_property("table", report(drawn, covered))
    assert coverage.missed(covered, neutral=True) == []
    words = {word for _, word in covered.words}
    assert {"same", "SAME", "causal", "valid", "channels_first", "channels_last"} <= words
    assert {"nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"} <= words
    assert set(covered.styles) == {*STYLES, "lower"}

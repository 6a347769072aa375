"""Shapes and parameters of random layers against live Keras, with a table of what was covered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.differential import coverage, generate, oracle
from tests.differential.cases import STYLES, Case
from tests.differential.compare import differences, found, kinds_of
from tests.differential.coverage import Coverage
from tests.differential.facts import Facts, Refusal
from tests.differential.families.activations import NAMES
from tests.differential.generate import Drawn
from tests.differential.scope import KINDS_OF_FEW_LAYERS, KINDS_OF_LAYERS
from tests.differential.sources import source

SHOWN = 20
#: What Keras 3 refuses and convwise reads, by Keras's words.
LENIENT = {
    "argument must be a list/tuple or one of": "tf.keras 2 takes causal padding here",
}


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
    covered = coverage.count(drawn.legal, oracle.changed)
    for case in drawn.legal:
        covered.kinds.update(kinds_of(source(case)))
    return drawn, covered


@dataclass(slots=True)
class Refusals:
    """What convwise says to configurations that Keras refuses; `wrong` has no reason for it."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def refusals(cases: list[Case]) -> Refusals:
    told = Refusals()
    for case in cases:
        refusal = oracle.ask(case)
        assert isinstance(refusal, Refusal)
        said = found(case)
        if isinstance(said, Facts):
            lenient = any(words in refusal.message for words in LENIENT)
            told.counts["read all the same" if lenient else "wrongly accepted"] += 1
            if not lenient:
                told.wrong.append(f"{case}: {refusal.message}")
        else:
            told.counts["refused" if isinstance(said, Refusal) else "said to be unknown"] += 1
    return told


def report(drawn: Drawn, covered: Coverage, refused: Refusals) -> str:
    title = f"{len(drawn.legal)} legal layers, equal to Keras in shape, parameters and weights"
    parts = ", ".join(f"{count} {word}" for word, count in refused.counts.most_common())
    end = f"{len(drawn.illegal)} layers that Keras refuses: {parts}"
    return "\n".join([coverage.table(covered, title), end])


def test_400_random_layers(record_property: Callable[[str, object], None]) -> None:
    drawn, covered = compare_with_keras(400, seed=0)
    refused = refusals(drawn.illegal)
    record_property("table", report(drawn, covered, refused))
    assert refused.wrong == []
    assert coverage.missed(covered, neutral=False) == []
    assert set(covered.kinds) - KINDS_OF_FEW_LAYERS == KINDS_OF_LAYERS
    assert {name for name in NAMES if not covered.words["activation", name]} == set()


@pytest.mark.slow
def test_5000_random_layers(record_property: Callable[[str, object], None]) -> None:
    drawn, covered = compare_with_keras(5000, seed=1)
    refused = refusals(drawn.illegal)
    record_property("table", report(drawn, covered, refused))
    assert refused.wrong == []
    assert coverage.missed(covered, neutral=True) == []
    assert set(covered.kinds) == KINDS_OF_LAYERS | KINDS_OF_FEW_LAYERS
    words = {word for _, word in covered.words}
    assert {"same", "SAME", "causal", "valid", "channels_first", "channels_last"} <= words
    assert {"nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"} <= words
    assert set(covered.styles) == {*STYLES, "lower"}

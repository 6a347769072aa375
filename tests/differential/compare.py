"""What convwise says about one configuration and how it differs from Keras; no framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import convwise
from convwise.errors import ConvwiseError
from tests.differential.cases import Case
from tests.differential.facts import Facts, Refusal
from tests.differential.sources import source

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unknown:
    """convwise says that it does not know the layer or a value it needs."""

    what: str


def answer(text: str) -> Answer:
    """The summary of a source text as the dictionary of the JSON schema."""
    return convwise.read(text).summary().to_dict()


def kinds_of(text: str) -> set[str]:
    """The names of the kinds in the graph of a source text."""
    return {node.kind.name for node in convwise.read(text).graph.nodes}


def found(case: Case) -> Facts | Refusal | Unknown:
    """convwise's facts about the case's layer."""
    return facts_of(source(case))


def facts_of(text: str) -> Facts | Refusal | Unknown:
    """convwise's facts about a source text: its output, and the weights of all layers."""
    try:
        said = answer(text)
    except ConvwiseError as error:
        return Refusal(f"{type(error).__name__}: {error}")
    if said["unknown"]:
        return Unknown("; ".join(str(fact["what"]) for fact in said["unknown"]))
    layer = said["layers"][-1]
    totals = said["totals"]
    return Facts(
        shape=tuple(size if isinstance(size, int) else None for size in layer["output_shape"][1:]),
        parameters=totals["parameters"],
        trainable_parameters=totals["trainable_parameters"],
        weights=tuple(
            tuple(weight["shape"]) for one in said["layers"] for weight in one["weights"]
        ),
    )


def differences(expected: Facts, said: Facts | Refusal | Unknown) -> list[str]:
    """One sentence per fact on which the two disagree; weights are compared in any order."""
    if isinstance(said, Refusal):
        return [f"convwise refuses what Keras accepts: {said.message}"]
    if isinstance(said, Unknown):
        return [f"convwise does not know: {said.what}"]
    pairs = [
        ("shape", expected.shape, said.shape),
        ("parameters", expected.parameters, said.parameters),
        ("trainable parameters", expected.trainable_parameters, said.trainable_parameters),
        ("weights", sorted(expected.weights), sorted(said.weights)),
    ]
    return [
        f"{what}: Keras {right}, convwise {ours}" for what, right, ours in pairs if right != ours
    ]

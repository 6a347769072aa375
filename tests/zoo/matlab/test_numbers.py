"""The numbers of the MATLAB zoo: the stored ones are the arithmetic's, and Keras agrees."""

from __future__ import annotations

import json
from math import prod
from typing import Any

import pytest

from .networks import CASES, Case, text
from .twins import TWINS

BY_STEM = {case.stem: case for case in CASES}


def told(case: Case) -> dict[str, Any]:
    return json.loads(case.json.read_text("utf-8"))


def test_every_file_has_numbers() -> None:
    files = {path.name for path in CASES[0].json.parent.glob("*.m")}
    assert files == {case.file for case in CASES}
    assert len(files) >= 25
    assert all(told(case)["pages"] and told(case)["source"] for case in CASES)


@pytest.mark.parametrize("stem", BY_STEM)
def test_the_numbers_are_those_of_the_arithmetic(stem: str) -> None:
    case = BY_STEM[stem]
    assert case.json.read_text("utf-8") == text(case, stem in TWINS), (
        "run python -m tests.zoo.matlab.networks"
    )


@pytest.mark.parametrize("stem", TWINS)
def test_the_arithmetic_agrees_with_keras(stem: str) -> None:
    rows = {row["name"]: row for row in told(BY_STEM[stem])["layers"]}
    model = TWINS[stem]()
    found = []
    for layer in model.layers:
        row = rows.get(layer.name)
        if row is None:
            continue
        shape = list(layer.output.shape[1:])
        learnables = sum(prod(one.shape) for one in layer.trainable_weights)
        flat = row["type"] == "fullyConnectedLayer"
        wanted = row["activations"][-len(shape) :] if flat else row["activations"]
        found += [f"{layer.name}: {shape} is not {wanted}"] if shape != wanted else []
        if learnables != row["learnables"] or products(layer) != row["macs"]:
            found.append(f"{layer.name}: {learnables}, {products(layer)} is not {row}")
    assert not found
    unnamed = [layer.name for layer in model.layers if layer.name not in rows]
    assert all(
        name.startswith(("permute", "flatten", "zero_padding", "lambda")) for name in unnamed
    )


def products(layer: Any) -> int:
    """Multiply-adds of a Keras layer from the shapes it was built with."""
    kernels = [one for one in layer.trainable_weights if "kernel" in one.name]
    taps = sum(prod(one.shape) for one in kernels)
    name = type(layer).__name__
    if "Transpose" in name:
        return prod(layer.input.shape[1:-1]) * taps
    if name in ("LSTM", "GRU", "Bidirectional"):
        return layer.input.shape[1] * taps
    return prod(layer.output.shape[1:-1]) * taps if kernels else 0

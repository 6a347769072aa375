"""Layers with free input sizes: Keras's None is a formula here, right for every size tried."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from convwise.graph.dims import evaluate, from_json
from tests.differential import generate, oracle
from tests.differential.cases import Case
from tests.differential.compare import answer
from tests.differential.facts import Facts, Refusal
from tests.differential.sources import source


def freed(case: Case, rng: random.Random) -> Case | None:
    """The case with some sizes written as None; None where no axis of space is there to free."""
    shape = case.shapes[0]
    if len(case.shapes) > 1 or len(shape) < 2 or case.dtype != "float32":
        return None
    first = dict(case.arguments).get("data_format") == "'channels_first'"
    space = range(1, len(shape)) if first else range(len(shape) - 1)
    free = {axis for axis in space if rng.random() < 0.7} or {space[0]}
    sizes = tuple(None if axis in free else size for axis, size in enumerate(shape))
    return replace(case, shapes=(sizes,), wild=False)  # type: ignore[arg-type]


def differences(case: Case, free: Case, fixed: Facts) -> list[str]:
    """How convwise's answer with formulas differs from Keras's with None and with numbers."""
    stated = oracle.ask(free)
    if isinstance(stated, Refusal):
        return []
    layers = answer(source(free))["layers"]
    symbols = {}
    for size, value in zip(layers[0]["output_shape"][1:], case.shapes[0], strict=True):
        if isinstance(size, dict):
            symbols[size["expr"]] = value
    shape = layers[-1]["output_shape"][1:]
    told = []
    for keras_size, size in zip(stated.shape, shape, strict=True):
        if keras_size is not None and size != keras_size:
            told.append(f"Keras {stated.shape}, convwise {shape}")
    values = tuple(evaluate(from_json(size), symbols) for size in shape)
    if values != fixed.shape:
        told.append(f"{shape} at {symbols} is {values}, Keras {fixed.shape}")
    parameters = sum(layer["parameters"] for layer in layers)
    if parameters != stated.parameters:
        told.append(f"parameters: Keras {stated.parameters}, convwise {parameters}")
    return [f"{free}: {one}" for one in told]


def compare(count: int, seed: int) -> tuple[int, list[str]]:
    rng = random.Random(seed)
    compared = 0
    told = []
    for case in generate.draw(count, seed, oracle.judge).legal:
        free = freed(case, rng)
        fixed = oracle.ask(case)
        if free is not None and isinstance(fixed, Facts):
            compared += 1
            told += differences(case, free, fixed)
    return compared, told


def test_free_sizes_agree_with_keras() -> None:
    compared, told = compare(400, 11)
    assert compared > 200
    assert told == []


@pytest.mark.slow
def test_free_sizes_agree_with_keras_in_full() -> None:
    compared, told = compare(5000, 12)
    assert compared > 3000
    assert told == []


def test_a_reshape_keeps_the_size_it_is_given() -> None:
    arguments = (("target_shape", "(105,)"),)
    case = Case("Reshape", "rearranging", ((3, 7, 5),), "float32", arguments, 1, "functional")
    free = replace(case, shapes=((None, None, 5),))  # type: ignore[arg-type]
    fixed = oracle.ask(case)
    assert isinstance(fixed, Facts)
    assert differences(case, free, fixed) == []
    assert answer(source(free))["constraints"] == ["H*W == 21"]

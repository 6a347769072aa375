"""Keras code run by Keras itself in float64, with the weights that the reference has."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import torch
from keras.src.backend.common import dtypes

from convwise.dialects.keras.read_code import read_code
from convwise.errors import ConvwiseError
from convwise.graph.nodes import Graph
from convwise.reference.weights import Weights, seeded
from tests.differential.cases import Case, Recipe, draw_case
from tests.differential.families import all_recipes
from tests.differential.operations import OPERATIONS
from tests.differential.sources import source
from tests.reference.live import Live, RefusedError, drawn, excluding, leaf, tensor, tensors

#: Drawn options that say in which precision a layer computes: here everything is float64.
PRECISION = "dtype"


@cache
def recipes() -> tuple[Recipe, ...]:
    """What can be drawn, one recipe per layer."""
    return tuple(all_recipes())


def case(turn: int) -> Case:
    """The layer that a turn draws: one recipe after the other, each time with other options."""
    every = recipes()
    recipe, random = every[turn % len(every)], Random(f"reference {turn}")
    named = [one.name for one in recipe.parameters if not one.required and one.name != PRECISION]
    chosen = frozenset([name for name in named if random.random() < 0.35])
    one = draw_case(recipe, chosen, random, turn)
    # TensorFlow is not there to run it: the same layer in the words of Keras.
    return replace(one, style="functional") if one.style == "tf" else one


def excluded(one: Case) -> str:
    """Why a layer cannot be compared value by value; empty when it can."""
    if "sparsemax" in one.expression:
        return "Keras's sparsemax on PyTorch adds up sums: its shares do not add up to one"
    if "pad_to_aspect_ratio=True" in one.expression and "fill_value" in one.expression:
        return "a graph does not know the value that is filled in"
    if one.layer == "AutoContrast":
        return "Keras stretches the contrast outside of training too, which a graph does not know"
    if one.layer == "RandomCrop":
        return "Keras leaves images whole outside of training, against its own output shape"
    if one.layer == "Normalization" and "mean=" in one.expression:
        return "a graph does not know the mean and the variance that are given as numbers"
    if "sliding_window" in one.expression and one.shapes[0][0] > one.shapes[-1][0]:
        return "a query whose window holds no key: Keras averages over all, its shares undefined"
    return ""


def of_case(turn: int, training: bool = False) -> Live:
    """The layer that a turn draws, run; RefusedError where either side refuses it."""
    one = case(turn)
    if excluded(one):
        raise RefusedError(excluded(one))
    return run(source(one), turn, training)


def of_operation(place: int) -> Live:
    """An operation on tensors, run."""
    return run(OPERATIONS[place].source, place)


def run(code: str, seed: int, training: bool = False) -> Live:
    """Execute the code in float64 with drawn weights and inputs; RefusedError when it raises."""
    try:
        graph = read_code(code, filename="drawn.py")
    except ConvwiseError as error:
        raise RefusedError(str(error)) from None
    if why := excluding(graph, training) or _repeated(graph):
        raise RefusedError(why)
    weights = seeded(graph, seed)
    inputs = drawn(graph, np.random.default_rng(seed))
    leaves = [leaf(one) for one in inputs]
    with _in_float64():
        model = _tried(_model, code)
        learned = _matched(model, graph, weights)
        given = leaves if len(leaves) > 1 else leaves[0]
        results = tensors(_tried(model, given, training=training))
    if not all(one.numel() for one in results):
        raise RefusedError("an empty output")
    return Live(graph, inputs, weights, leaves, results, learned, training)


def _repeated(graph: Graph) -> str:
    """Why its mean pools cannot be compared: Keras on PyTorch is not Keras on TensorFlow there."""
    for node in graph.nodes:
        if node.kind.name == "average_pool":
            amounts = node.kind.canonical(node.operands).padding.amounts
            if any(before != after for before, after in amounts):
                return "Keras on PyTorch repeats the border where it pads one side more, and counts"
    return ""


def _tried(what: Callable[..., Any], *args: Any, **options: Any) -> Any:
    try:
        return what(*args, **options)
    except (RuntimeError, ValueError, TypeError, IndexError, NotImplementedError) as error:
        raise RefusedError(f"{type(error).__name__}: {error}") from None


def _model(code: str) -> Any:
    keras.backend.clear_session(free_memory=False)
    names: dict[str, Any] = {}
    exec(code, names)
    return names["model"]


@contextmanager
def _in_float64() -> Iterator[None]:
    """Keras promotes float64 to itself on TensorFlow and to float32 on PyTorch: here as there."""
    before, policy = keras.config.floatx(), keras.config.dtype_policy()
    default, promoted = torch.get_default_dtype(), dtypes.BIT64_TO_BIT32_DTYPE["float64"]
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    torch.set_default_dtype(torch.float64)
    dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        dtypes.BIT64_TO_BIT32_DTYPE["float64"] = promoted
        torch.set_default_dtype(default)
        keras.config.set_dtype_policy(policy)
        keras.config.set_floatx(before)


def _matched(model: Any, graph: Graph, weights: Weights) -> dict[str, torch.Tensor]:
    """Give Keras the weights, by their shapes in order, and return its own by our names."""
    left = [variable for variable in model.variables if "seed" not in variable.path]
    found: dict[str, torch.Tensor] = {}
    for name, values in weights.items():
        mine = next(variable for variable in left if tuple(variable.shape) == values.shape)
        left = [variable for variable in left if variable is not mine]
        with torch.no_grad():
            mine.value.copy_(tensor(values))
        found[name] = mine.value.requires_grad_(mine.value.is_floating_point())
    assert not left, [variable.path for variable in left]
    return found

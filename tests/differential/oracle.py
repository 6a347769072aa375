"""What live Keras says about one configuration; must never import convwise."""

from __future__ import annotations

import ast
import functools
import inspect
import os
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import torch
from keras import layers

from tests.differential.cases import Case
from tests.differential.facts import Facts, Refusal

NAMES = {"keras": keras, "layers": layers}


def build(case: Case) -> tuple[Any, Any]:
    """The layer and its symbolic output; raises whatever Keras raises."""
    inputs = [keras.Input(shape=shape, dtype=case.dtype) for shape in case.shapes]
    layer = eval(case.expression, dict(NAMES))
    return layer, layer(*case.given(inputs))


def ask(case: Case) -> Facts | Refusal:
    """Build the layer on symbolic tensors: nothing is computed, but for wild cases.

    Some layers look at their arguments only when they are run, and wild cases ask for that.
    """
    try:
        layer, output = build(case)
    except Exception as error:
        return Refusal(f"{type(error).__name__}: {error}")
    if 0 in output.shape:
        return Refusal(f"the output {tuple(output.shape)} is empty: it cannot be computed")
    if case.wild and case.family != "augmentation":
        refusal = _refused_when_run(case, layer)
        if refusal is not None:
            return refusal
    trained = {id(one) for one in layer.trainable_weights}
    weights = tuple(tuple(one.shape) for one in layer.weights)
    return Facts(
        shape=tuple(output.shape[1:]),
        parameters=layer.count_params(),
        trainable_parameters=sum(_size(one) for one in layer.weights if id(one) in trained),
        weights=weights,
    )


def run(case: Case, layer: Any) -> tuple[int, ...]:
    """The shape without batch of what the layer really computes; raises whatever Keras raises."""
    dtype = getattr(torch, case.dtype)
    inputs = [torch.zeros((2, *shape), dtype=dtype) for shape in case.shapes]
    return tuple(layer(*case.given(inputs)).shape[1:])


def _refused_when_run(case: Case, layer: Any) -> Refusal | None:
    """What Keras itself refuses; what PyTorch cannot do is no fault of the configuration."""
    try:
        run(case, layer)
    except (IndexError, ValueError) as error:
        return None if "PyTorch backend" in str(error) else Refusal(str(error))
    except Exception:
        return None
    return None


def judge(case: Case) -> frozenset[str] | None:
    """The parameters that a legal case sets to something other than their default, else None."""
    return None if isinstance(ask(case), Refusal) else changed(case)


def changed(case: Case) -> frozenset[str]:
    """The parameters that the case sets to something other than their default."""
    known = defaults(case.layer)
    return frozenset(name for name, text in case.arguments if not _same(text, known.get(name)))


@functools.cache
def defaults(layer: str) -> dict[str, Any]:
    """The constructor's parameters and their defaults, `inspect.Parameter.empty` where required."""
    signature = inspect.signature(getattr(layers, layer).__init__)
    found = {name: one.default for name, one in signature.parameters.items()}
    return {name: found[name] for name in found if name not in ("self", "kwargs")}


def _same(text: str, default: Any) -> bool:
    """Whether a written value equals the default: 1, (1, 1) and [1, 1] are the same stride."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return False
    if isinstance(value, list):
        value = tuple(value)
    if isinstance(value, int) and isinstance(default, tuple):
        value = (value,) * len(default)
    if isinstance(value, tuple) and isinstance(default, int):
        return bool(value) and set(value) == {default}
    if isinstance(value, str) and isinstance(default, str):
        return value.lower() == default.lower()
    return bool(value == default) if type(value) is type(default) else False


def _size(weight: Any) -> int:
    total = 1
    for size in weight.shape:
        total *= size
    return total

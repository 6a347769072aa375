"""Arithmetic on single values, changes of the element type, and scaling by constants."""

from __future__ import annotations

from typing import Any

import numpy as np

from convwise.kinds.preprocessing import Normalization, Rescaling
from convwise.kinds.unary import Cast, Unary
from convwise.reference.arithmetic import answers, slope, value
from convwise.reference.contract import Array, Gradients, Pass, Use

#: The least deviation that values are divided by: Keras's epsilon.
_SMALLEST = 1e-7


def unary(use: Use[Unary]) -> Pass:
    """y = f(x) value by value; backward: dx = dy f'(x). Whole numbers have no gradient."""
    name, constants = use.kind.function, use.kind.constants
    x = use.x if answers(name) else _as_number(use.x, use.outputs[0].dtype)
    y = value(name, x, constants).astype(_held_as(use.outputs[0].dtype))

    def backward(grads: tuple[Array, ...]) -> Gradients:
        if answers(name) or use.x.dtype != np.float64:
            return Gradients((None,))
        return Gradients((grads[0] * slope(name, x, y, constants),))

    return Pass((y,), backward)


def _as_number(x: Array, dtype: str) -> Array:
    """Yes and no as 1 and 0, and whole numbers as fractions where fractions come out."""
    return x.astype(np.float64 if "float" in dtype else np.int64) if x.dtype != np.float64 else x


def _held_as(dtype: str) -> Any:
    """In which type values of an element type are computed."""
    if "float" in dtype:
        return np.float64
    return np.bool_ if dtype == "bool" else np.int64


def cast(use: Use[Cast]) -> Pass:
    """The same values in another type; dx = dy between fractions, otherwise none.

    All fractions are float64 here, so that a cast to fewer bits changes nothing. Fractions become
    whole numbers by dropping what is behind the point; too large numbers lose their upper bits.
    """
    dtype = use.kind.dtype
    with np.errstate(invalid="ignore"):
        y = use.x.astype(_held_as(dtype))
    if y.dtype == np.int64:
        y = y.astype(dtype).astype(np.int64)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        real = use.x.dtype == np.float64 and y.dtype == np.float64
        return Gradients((grads[0] if real else None,))

    return Pass((y,), backward)


def rescaling(use: Use[Rescaling]) -> Pass:
    """y = scale x + offset, each one number or one per place of the last axis; dx = dy scale."""
    scale, offset = np.asarray(use.kind.scale), np.asarray(use.kind.offset)  # () or (last,)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients((grads[0] * scale if use.x.dtype == np.float64 else None,))

    return Pass((scale * use.x + offset,), backward)


def normalization(use: Use[Normalization]) -> Pass:
    """y = (x - mean)/deviation, or y = deviation x + mean to undo it; deviation = sqrt(variance).

    Backward: dx = dy/deviation, or dy deviation. Mean and variance are of the data and have no
    gradient; those that are given as constants are not in the graph and count as 0 and 1.
    """
    places = {use.source.locate(ref) for ref in use.kind.axes}
    shape = [size if place in places else 1 for place, size in enumerate(use.x.shape)]
    if use.kind.adapted:
        mean = use.weights["mean"].reshape(shape)
        deviation = np.maximum(np.sqrt(use.weights["variance"].reshape(shape)), _SMALLEST)
    else:
        mean, deviation = np.zeros(()), np.ones(())
    factor = deviation if use.kind.invert else 1 / deviation

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients((grads[0] * factor if use.x.dtype == np.float64 else None,))

    y = use.x * factor + mean if use.kind.invert else (use.x - mean) * factor
    return Pass((y,), backward)

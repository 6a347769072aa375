"""Where values begin: free weights, constants and weights that nothing uses."""

from __future__ import annotations

from typing import Any

import numpy as np

from convwise.kinds.source import Constant, Parameter, Unused
from convwise.reference.contract import Array, Gradients, Pass, Use


def parameter(use: Use[Parameter]) -> Pass:
    """y = w. Backward: dw = dy; whole numbers and yes-or-no values have no gradient."""
    role = use.kind.role
    y = use.weights[role].astype(_element_type(use.kind.dtype), copy=False)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        return Gradients((), {role: dy} if y.dtype == np.float64 else {})

    return Pass((y,), backward)


def constant(use: Use[Constant]) -> Pass:
    """y = 0: a graph knows the shape of a constant, not its values. Nothing passes back."""
    made = use.kind.tensor
    y: Array = np.zeros(use.outputs[0].shape, _element_type(made.dtype))  # type: ignore[arg-type]

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients(())

    return Pass((y,), backward)


def unused(use: Use[Unused]) -> Pass:
    """A value of no elements, so that nothing flows out of the weight and no gradient to it."""
    y: Array = np.zeros(0)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients(())

    return Pass((y,), backward)


def _element_type(name: str) -> type[Any]:
    """In which type values of an element type are computed."""
    if "float" in name:
        return np.float64
    return bool if name == "bool" else np.int64

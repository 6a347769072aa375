"""What a kind's rule in NumPy gets and gives; must never name a single kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from convwise.graph.axes import Tensor
from convwise.kinds.contract import Kind

#: float64 for numbers, int64 for whole numbers and places, bool for yes and no.
Array = NDArray[Any]
#: One entry per operand; None where no gradient flows (whole numbers, places, masks).
InputGradients = tuple[Array | None, ...]

K = TypeVar("K", bound=Kind, covariant=True)


class Gradients(NamedTuple):
    """What one use passes back: per operand, and per weight by its role (axes as the kind's)."""

    inputs: InputGradients
    weights: Mapping[str, Array] = {}


#: From the gradients of all outputs (zeros where none arrives) to those of inputs and weights.
Backward = Callable[[tuple[Array, ...]], Gradients]


class Pass(NamedTuple):
    """What comes out, and the way back. `outputs` have the shapes of the use's outputs."""

    outputs: tuple[Array, ...]
    backward: Backward


class Use(NamedTuple, Generic[K]):
    """One use of a kind on arrays.

    `operands` and `outputs` carry the axes with their roles; all sizes are plain numbers, also
    those inside of the kind. `inputs` are the arrays of `operands`. `weights` are named by their
    roles, axes in the order of `kind.weights(operands)`. `training`: batch statistics and chance as
    in training, drawn from `random`.
    """

    kind: K
    operands: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    inputs: tuple[Array, ...]
    weights: Mapping[str, Array]
    training: bool
    random: np.random.Generator

    @property
    def source(self) -> Tensor:
        """The first operand's axes."""
        return self.operands[0]

    @property
    def x(self) -> Array:
        """The first operand's values."""
        return self.inputs[0]


Rule = Callable[[Use[Any]], Pass]

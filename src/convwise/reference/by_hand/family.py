"""What the calculations on paper of one kind are; must never name a single kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from convwise.graph.nodes import WeightSpec
from convwise.reference.by_hand.contract import Worked
from convwise.reference.by_hand.places import Place
from convwise.reference.contract import Array, Use

#: Gradients that arrive at the outputs, one per output.
Arriving = tuple[Array, ...]

OfOutput = Callable[[Use[Any], Place], Worked | None]
OfWeight = Callable[[Use[Any], Arriving, str, Place], Worked | None]
OfInput = Callable[[Use[Any], Arriving, int, Place], Worked | None]
#: A place of a weight, or of an input (operand by number), that is worth showing.
TellingWeight = Callable[[Use[Any], str], Place]
TellingInput = Callable[[Use[Any], int], Place]


class ByHand(NamedTuple):
    """One kind on paper: an output value, one weight's and one input's gradient.

    None where there is no such calculation. `weight_place` and `input_place` choose a place of
    their own, where not every place tells something.
    """

    output: OfOutput
    weight: OfWeight | None = None
    input: OfInput | None = None
    weight_place: TellingWeight | None = None
    input_place: TellingInput | None = None


def spec_of(use: Use[Any], role: str) -> WeightSpec:
    """The weight with this role; StopIteration when the kind has none."""
    specs: tuple[WeightSpec, ...] = use.kind.weights(use.operands)
    return next(spec for spec in specs if spec.role == role)

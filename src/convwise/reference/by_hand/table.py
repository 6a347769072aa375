"""The table of kinds and of their calculations on paper; works nothing out itself."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, Final, cast

from convwise.reference.by_hand.contract import Worked
from convwise.reference.by_hand.family import Arriving, ByHand, spec_of
from convwise.reference.by_hand.places import Place, in_input, in_output, in_weight
from convwise.reference.contract import Use

#: By family the kinds; each family has a constant with the kind's name in capitals.
_FAMILIES: Final[dict[str, str]] = {
    "dense": "dense",
    "convolution": "convolution",
    "transposed_convolution": "transposed_convolution",
    "norms": "batch_norm group_norm instance_norm layer_norm rms_norm unit_norm",
    "pointwise": "activation softmax embedding",
    "attention": "attention",
    "multi_head": "multi_head_attention",
    "recurrent": "recurrent recurrent_cell",
    "interpolation": "upsample resize",
    "merges": "merge concatenate",
    "pools": "max_pool average_pool lp_pool adaptive_pool global_pool",
}

_PLACES: Final = {kind: family for family, kinds in _FAMILIES.items() for kind in kinds.split()}

#: The kinds of which a value can be worked out on paper.
ON_PAPER: Final = tuple(_PLACES)


@cache
def _by_hand(kind: str) -> ByHand:
    module = import_module(f"convwise.reference.by_hand.{_PLACES[kind]}")
    return cast(ByHand, getattr(module, kind.upper()))


def output_value(use: Use[Any], place: Place | None = None) -> Worked | None:
    """One value of the first output; of a telling place when none is given.

    None where the kind, or this use of it, has no calculation on paper.
    """
    if use.kind.name not in _PLACES:
        return None
    return _by_hand(use.kind.name).output(use, place or in_output(use.outputs[0]))


def weight_gradient(
    use: Use[Any], upstream: Arriving, role: str, place: Place | None = None
) -> Worked | None:
    """The gradient of one number of the weight `role`, from the gradients of all outputs."""
    if use.kind.name not in _PLACES:
        return None
    found = _by_hand(use.kind.name)
    if found.weight is None:
        return None
    if place is None:
        own = found.weight_place
        place = own(use, role) if own else in_weight(spec_of(use, role))
    return found.weight(use, upstream, role, place)


def input_gradient(
    use: Use[Any], upstream: Arriving, operand: int = 0, place: Place | None = None
) -> Worked | None:
    """The gradient of one value of an operand, from the gradients of all outputs.

    None also for operands that have no gradient: whole numbers, places, masks.
    """
    if use.kind.name not in _PLACES or use.inputs[operand].dtype.kind != "f":
        return None
    found = _by_hand(use.kind.name)
    if found.input is None:
        return None
    if place is None:
        own = found.input_place
        place = own(use, operand) if own else in_input(use.operands[operand])
    return found.input(use, upstream, operand, place)

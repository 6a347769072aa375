"""Every law of the contract fails on a kind that breaks it."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from convwise.graph.axes import Axis, Tensor, tensor
from convwise.graph.nodes import WeightSpec
from convwise.kinds.contract import Kept, Kind, Macs
from convwise.kinds.convolution import Convolution
from convwise.kinds.formula import number
from convwise.kinds.reshape import Reshape
from convwise.kinds.views import Identity
from convwise.kinds.windows import SAME, Slide, Spread
from tests.contract import laws
from tests.contract.arithmetic import value_of

IMAGE = tensor((1, 9, 8, 4), ("batch", "height", "width", "channel"))
EMPTY = WeightSpec("kernel", (("in", 0),))
SOUND = Convolution((3, 2), 8, (2, 1), (1, 1), SAME)


def broken(**methods: Any) -> Kind:
    """A convolution with some of its rules replaced."""
    planted = type("Planted", (Convolution,), {"__slots__": (), **methods})
    return planted((3, 2), 8, (2, 1), (1, 1), SAME)


def _twice_as_high(self: Kind, operands: Any, must: Any) -> tuple[Tensor, ...]:
    return (tensor((1, 18, 8, 8), IMAGE.roles),)


def _two_heights(self: Kind, operands: Any, must: Any) -> tuple[Tensor, ...]:
    return (tensor((1, 5, 8, 8), ("batch", "height", "height", "channel")),)


def _forgets_a_factor(self: Kind, operands: Any, must: Any) -> tuple[Tensor, ...]:
    return (Tensor((Axis("feature", 10, (Axis("height", 5),)),)),)


def _half_as_high(self: Kind, operands: Any, must: Any) -> tuple[Tensor, ...]:
    height = operands[0].dim("height")
    return (operands[0].with_dims({1: 5 if type(height) is int else height // 2}),)


def _only_of_numbers(self: Kind, operands: Any, outputs: Any) -> Macs:
    total = outputs[0].elements
    return Macs(total, total, total) if type(total) is int else Macs(1, 1, 1)


class Planted(NamedTuple):
    """A broken kind and the law that must notice."""

    law: laws.Law
    kind: Kind


PLANTED = [
    Planted(laws.is_a_frozen_record, type("Open", (Identity,), {})()),
    Planted(laws.is_in_the_catalog, broken()),
    Planted(laws.survives_json, Reshape([9, 8, 4])),  # type: ignore[arg-type]
    Planted(laws.outputs_are_tensors, broken(outputs=_two_heights)),
    Planted(laws.outputs_are_tensors, broken(outputs=_forgets_a_factor)),
    Planted(laws.weights_have_sizes, broken(weights=lambda *_: (EMPTY,))),
    Planted(laws.weights_have_sizes, broken(weights=lambda *_: (WeightSpec("bias", ()),) * 2)),
    Planted(laws.only_contractions_multiply, broken(macs=lambda *_: Macs())),
    Planted(laws.only_contractions_multiply, broken(traits=frozenset({"window"}))),
    Planted(laws.only_contractions_multiply, broken(macs=lambda *_: Macs(5, 5, 0))),
    Planted(laws.grows_with_the_batch, broken(macs=lambda *_: Macs(5, 5, 5))),
    Planted(laws.grows_with_the_batch, broken(elementwise_ops=lambda *_: 7)),
    Planted(laws.grows_with_the_batch, broken(outputs=_twice_as_high)),
    Planted(laws.formulas_say_what_is, broken(formulas=lambda *_: {})),
    Planted(laws.formulas_say_what_is, broken(formulas=lambda *_: {"height": number(6)})),
    Planted(laws.formulas_say_what_is, broken(outputs=_twice_as_high)),
    Planted(laws.canonical_is_the_same, broken(canonical=lambda *_: SOUND)),
    Planted(laws.keeps_what_exists, broken(kept=lambda *_: (Kept("input", 1),))),
    Planted(laws.keeps_what_exists, broken(kept=lambda *_: (Kept("extra", name="mask"),))),
    Planted(laws.keeps_what_exists, broken(kept=lambda *_: (Kept("weights"),))),
    Planted(laws.reaches_axes_that_exist, broken(reach=lambda *_: {"depth": Slide()})),
    Planted(laws.reaches_axes_that_exist, broken(reach=lambda *_: {"height": Slide(3, 0)})),
    Planted(laws.reaches_axes_that_exist, broken(reach=lambda *_: {"width": Spread(1, 1, 1, 5)})),
    Planted(laws.drops_no_more_than_there_is, broken(dropped=lambda *_: {"height": 9})),
    Planted(laws.drops_no_more_than_there_is, broken(dropped=lambda *_: {"width": -1})),
    Planted(laws.numbers_and_symbols_agree, broken(outputs=_half_as_high)),
    Planted(laws.numbers_and_symbols_agree, broken(macs=_only_of_numbers)),
]


@pytest.mark.parametrize("law", laws.LAWS, ids=lambda law: law.__name__)
def test_a_sound_kind_keeps_the_law(law: laws.Law) -> None:
    assert law(SOUND, (IMAGE,)) is None


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.law.__name__)
def test_a_planted_error_is_noticed(planted: Planted) -> None:
    with pytest.raises(AssertionError):
        planted.law(planted.kind, (IMAGE,))


def test_every_law_has_a_planted_error() -> None:
    assert {planted.law for planted in PLANTED} == set(laws.LAWS)


def test_arithmetic_of_printed_formulas() -> None:
    assert value_of("floor((128 - 8)/2) + 1") == 61
    assert value_of("24 x (8*8*3 + 1)") == 4632
    assert value_of("max(ceil(7/2), -3)") == 4
    with pytest.raises(AssertionError, match="no arithmetic"):
        value_of("2**9")

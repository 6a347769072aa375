"""Multiply-adds of random layers against PyTorch; macs.py says where its counter is right."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.differential import flops, generate, oracle
from tests.differential.cases import Case
from tests.differential.flops import Macs
from tests.differential.macs import contracts, disagreement, grouped, said_of
from tests.differential.sources import source


def disagreements(count: int, seed: int) -> tuple[int, list[str]]:
    """How many contractions were compared, and every difference, of other layers too."""
    cases = generate.draw(count, seed, oracle.judge).legal
    return sum(map(contracts, cases)), [told for case in cases for told in disagreement(case)]


def test_multiply_adds_agree_with_pytorch() -> None:
    contractions, told = disagreements(400, 2)
    assert contractions > 100
    assert told == []


@pytest.mark.slow
def test_multiply_adds_agree_with_pytorch_in_full() -> None:
    contractions, told = disagreements(5000, 3)
    assert contractions > 1000
    assert told == []


def test_a_first_layer_has_no_input_gradient() -> None:
    """PyTorch's gradient for the weights alone; in two convolutions it passes the second."""
    compared = 0
    for case in generate.draw(400, 5, oracle.judge).legal:
        if not contracts(case) or grouped(case) or case.layer == "Dot":
            continue
        if case.family in ("recurrent", "attention"):
            continue
        ours = said_of(source(case))
        assert ours.input_gradient == 0, case
        assert ours.weight_gradient == flops.count(case).weight_gradient, case
        compared += 1
    assert compared > 60


def test_a_first_recurrent_layer_has_the_gradients_through_time() -> None:
    """PyTorch's gradient for the weights alone needs them; cells on top of each other: macs.py."""
    compared = 0
    for case in generate.draw(400, 6, oracle.judge).legal:
        if case.family != "recurrent" or case.layer == "RNN":
            continue
        ours = said_of(source(case))
        needed = ours.input_gradient + ours.weight_gradient
        assert needed == flops.count(case).weight_gradient, case
        compared += 1
    assert compared > 40


def test_the_second_half_of_a_separable_first_layer_has_an_input_gradient() -> None:
    arguments = (("filters", "5"), ("kernel_size", "3"), ("depth_multiplier", "2"))
    case = Case("SeparableConv2D", "separable", ((8, 7, 4),), "float32", arguments, 0, "direct")
    depthwise, pointwise = 6 * 5 * 8 * 9, 6 * 5 * 8 * 5
    assert said_of(source(case)) == Macs(depthwise + pointwise, pointwise, depthwise + pointwise)
    counted = flops.count(case)
    assert counted.weight_gradient == depthwise * 4 + pointwise + pointwise


def convolution(*arguments: tuple[str, str], shape: tuple[int, ...]) -> Case:
    return Case("Conv2D", "convolution", (shape,), "float32", arguments, 0, "functional")


def test_flop_counter_counts_groups_times_too_much_in_a_weight_gradient() -> None:
    case = convolution(("filters", "12"), ("kernel_size", "3"), shape=(9, 8, 6))
    whole = flops.count(case)
    assert whole.weight_gradient == whole.forward
    for groups in (2, 3, 6):
        split = replace(case, arguments=(*case.arguments, ("groups", str(groups))))
        counted = flops.count(split)
        assert counted.forward == counted.input_gradient == whole.forward // groups
        assert counted.weight_gradient == counted.forward * groups


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_flop_counter_equals_the_textbook_in_the_forward_pass(groups: int) -> None:
    """Output positions x filters x taps x input channels of a group: padded positions count."""
    case = convolution(
        ("filters", "8"),
        ("kernel_size", "(3, 2)"),
        ("strides", "(2, 1)"),
        ("padding", "'same'"),
        ("groups", str(groups)),
        shape=(7, 6, 4),
    )
    positions = math.ceil(7 / 2) * 6
    assert flops.count(case).forward == positions * 8 * (3 * 2) * (4 // groups)

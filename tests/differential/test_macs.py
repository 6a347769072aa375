"""Multiply-adds of random layers against PyTorch; macs.py says where its counter is right."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.differential import flops, generate, oracle
from tests.differential.cases import Case
from tests.differential.macs import contracts, disagreement


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

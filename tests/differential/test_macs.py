"""Multiply-adds against PyTorch's FlopCounterMode, and closed forms where its count is wrong.

Where FlopCounterMode is right: the forward pass and the input gradient of every convolution,
transposed convolution, dense layer and dot product, and the weight gradient of those in one group.
Where it is wrong: the weight gradient of a convolution in g groups. `conv_backward_flop` multiplies
all input channels with all filters, although a filter only sees the channels of its own group: its
count is g times too large (for a depthwise convolution: as many times as there are channels). The
closed form used instead: every weight is used as often in the weight gradient as in the forward
pass, once per output position, so the two counts are equal.
A separable convolution asked for its weights' gradients alone also needs the input gradient of its
pointwise half; that is an input gradient, and is counted there.
"""

from __future__ import annotations

import ast
import math
from dataclasses import replace

import pytest

from tests.differential import flops, generate, oracle
from tests.differential.cases import Case
from tests.differential.compare import answer
from tests.differential.draws import per_axis
from tests.differential.flops import Macs
from tests.differential.sources import source

CONVOLUTIONS = (
    "convolution",
    "transposed convolution",
    "depthwise convolution",
    "separable convolution",
)
#: A layer with weights and of the same shape in front, so that the input gradient is needed.
BEFORE = "layers.BatchNormalization()"


def contracts(case: Case) -> bool:
    return case.family in (*CONVOLUTIONS, "dense") or case.layer == "Dot"


def argument(case: Case, name: str, default: object) -> object:
    texts = dict(case.arguments)
    return ast.literal_eval(texts[name]) if name in texts else default


def grouped(case: Case) -> bool:
    if case.family in ("depthwise convolution", "separable convolution"):
        return True
    return argument(case, "groups", 1) != 1


def expected(case: Case) -> Macs:
    """FlopCounterMode's count, with the closed form of the weight gradient where it is wrong."""
    counted = flops.count(case)
    if grouped(case) and counted.weight_gradient:
        return replace(counted, weight_gradient=counted.forward)
    return counted


def said(case: Case) -> Macs:
    """convwise's multiply-adds of the last layer of the case, another layer in front of it."""
    macs = answer(source(case, BEFORE))["layers"][-1]["macs"]
    return Macs(macs["forward"], macs["input_gradient"], macs["weight_gradient"])


def drawn(count: int, seed: int) -> list[Case]:
    return [case for case in generate.draw(count, seed, oracle.judge).legal if contracts(case)]


def disagreements(cases: list[Case]) -> list[str]:
    pairs = [(case, expected(case), said(case)) for case in cases]
    return [
        f"{case}: PyTorch {right}, convwise {ours}" for case, right, ours in pairs if right != ours
    ]


def test_multiply_adds_agree_with_pytorch() -> None:
    cases = drawn(400, 2)
    assert len(cases) > 100
    assert disagreements(cases) == []


@pytest.mark.slow
def test_multiply_adds_agree_with_pytorch_in_full() -> None:
    cases = drawn(5000, 3)
    assert len(cases) > 1000
    assert disagreements(cases) == []


def test_layers_without_contraction_have_no_multiply_adds() -> None:
    others = [case for case in generate.draw(400, 4, oracle.judge).legal if not contracts(case)]
    none = Macs(0, 0, 0)
    found = [str(case) for case in others if said_alone(case) != none]
    assert len(others) > 200
    assert found == []


def said_alone(case: Case) -> Macs:
    macs = answer(source(case))["layers"][-1]["macs"]
    return Macs(macs["forward"], macs["input_gradient"], macs["weight_gradient"])


def test_flop_counter_counts_groups_times_too_much_in_a_weight_gradient() -> None:
    shapes = ((9, 8, 6),)
    case = Case(
        "Conv2D",
        "convolution",
        shapes,
        "float32",
        (("filters", "12"), ("kernel_size", "3")),
        2,
        "functional",
    )
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
    kernel, strides = (3, 2), (2, 1)
    inside = (("filters", "8"), ("kernel_size", str(kernel)), ("strides", str(strides)))
    inside += (("padding", "'same'"), ("groups", str(groups)))
    case = Case("Conv2D", "convolution", ((7, 6, 4),), "float32", inside, 0, "functional")
    sizes = [
        math.ceil(size / step) for size, step in zip((7, 6), per_axis(strides, 2), strict=True)
    ]
    textbook = math.prod(sizes) * 8 * math.prod(kernel) * (4 // groups)
    assert flops.count(case).forward == textbook

"""Every plan computes PyTorch's convolution, forward and both gradients, or says why it cannot."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from convwise.engine.planner import PLANS
from convwise.engine.plans.direct import kernels_version
from convwise.engine.plans.native import native
from convwise.engine.plans.plan import Convolution
from convwise.engine.plans.slices import banded_weight

MODES = ("zeros", "circular", "reflect", "replicate")


@st.composite
def calls(draw: st.DrawFn) -> tuple[Convolution, tuple[int, ...], tuple[int, ...], bool]:
    """A legal convolution, the sizes of its input and weight, and whether it has a bias."""
    axes = draw(st.integers(1, 3))
    one = st.integers(1, 3)
    kernel = [draw(one) for _ in range(axes)]
    stride, dilation = [tuple([draw(one) for _ in range(axes)]) for _ in range(2)]
    mode = draw(st.sampled_from(MODES))
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    size = [r + draw(st.integers(0, 6)) for r in reach]
    # A reflection needs one more element than it repeats, a circle as many.
    padding = tuple([draw(st.integers(0, min(3, n - 1))) for n in size])
    groups = draw(st.sampled_from((1, 1, 1, 2)))
    inputs, outputs = [groups * draw(st.integers(1, 4)) for _ in range(2)]
    convolution = Convolution(stride, padding, dilation, groups, mode)
    batch = draw(st.integers(1, 2))
    shapes = (batch, inputs, *size), (outputs, inputs // groups, *kernel)
    return convolution, *shapes, draw(st.booleans())


def results(name: str, c: Convolution, tensors: list[Any]) -> list[Any]:
    given = [None if t is None else t.detach().requires_grad_() for t in tensors]
    compute = PLANS[name] if name else native
    y = compute(c, *given)
    weights = torch.linspace(-1, 1, y.numel(), dtype=y.dtype).reshape(y.shape)
    return [y, *torch.autograd.grad((y * weights).sum(), [t for t in given if t is not None])]


def agrees(found: list[Any], truth: list[Any], limit: float) -> None:
    for a, b in zip(found, truth, strict=True):
        assert a.shape == b.shape
        apart = (a.double() - b.double()).abs().max()
        assert apart <= limit * (1 + b.double().abs().max())


def check(call: tuple[Convolution, tuple[int, ...], tuple[int, ...], bool], counts: Any) -> None:
    c, size, kernel, biased = call
    generator = torch.Generator().manual_seed(1)
    wide = [torch.randn(s, generator=generator, dtype=torch.float64) for s in (size, kernel)]
    bias = torch.randn(kernel[0], generator=generator, dtype=torch.float64) if biased else None
    tensors = [*wide, bias]
    truth = results("", c, tensors)
    narrow = [None if t is None else t.float() for t in tensors]
    for name, plan in PLANS.items():
        if plan.refusal(c, *wide):
            refused = name == "direct" and not plan.refusal(c, narrow[0], narrow[1])
        else:
            refused = False
            agrees(results(name, c, tensors), truth, 1e-10)
            counts[name] += 1
        if refused:
            agrees(results(name, c, narrow), truth, 1e-4)
            counts[name] += 1


@pytest.mark.parametrize("seed", range(2))
def test_every_plan_is_the_convolution(seed: int) -> None:
    run(60, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_every_plan_is_the_convolution_many_times(seed: int) -> None:
    run(300, seed)


def run(examples: int, seed: int) -> None:
    counts = dict.fromkeys(PLANS, 0)

    @settings(max_examples=examples, deadline=None, database=None)
    @given(calls())
    def prove(call: Any) -> None:
        check(call, counts)

    from hypothesis import seed as seeded

    seeded(seed)(prove)()
    missing = [] if kernels_version() else ["direct"]
    assert [name for name, count in counts.items() if not count] == missing


def test_what_cannot_be_used_is_said_in_words() -> None:
    x, weight = torch.rand(1, 32, 4, 8, 8), torch.rand(4, 32, 3, 3, 3)
    c = Convolution((1, 1, 1), (1, 1, 1), (1, 1, 1), 1)
    assert PLANS["banded"].refusal(c, x, weight) == "there are more than 16 channels"
    plane = Convolution((1, 1), (1, 1), (1, 1), 1)
    image = torch.rand(1, 1, 8, 8)
    assert "no axis" in PLANS["unfolded"].refusal(plane, image, torch.rand(1, 1, 3, 3))
    line = Convolution((1,), (1,), (1,), 1)
    refusal = PLANS["channels last"].refusal(line, torch.rand(1, 1, 8), torch.rand(1, 1, 3))
    assert "one dimension" in refusal
    direct = PLANS["direct"].refusal(c, x, weight)
    assert direct == "" if kernels_version() else "not installed" in direct


def test_the_banded_weight_has_each_tap_once_per_time() -> None:
    c = Convolution((1, 1, 1), (1, 0, 0), (1, 1, 1), 1)
    weight = torch.tensor([1.0, 2.0, 3.0]).reshape(1, 1, 3, 1, 1)
    found = banded_weight(c, weight, 4).reshape(4, 4)
    expected = [[2, 3, 0, 0], [1, 2, 3, 0], [0, 1, 2, 3], [0, 0, 1, 2]]
    assert found.tolist() == expected

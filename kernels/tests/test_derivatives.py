"""First and second derivatives of every padding mode and activation, checked by differences."""

import pytest
import torch
from convwise_kernels import conv
from convwise_kernels.activations import FROM_INPUT, NAMES
from convwise_kernels.operators import conv_and_before_op, conv_op
from convwise_kernels.padding import MODES
from torch import Tensor

WHERE = ([1, 2], [2, 1], [2, 1], 2)


def _leaves() -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    shapes = [(1, 2, 4, 5), (2, 1, 2, 3), (2,)]
    x, w, b = (torch.randn(s, dtype=torch.float64, generator=generator) for s in shapes)
    return x.requires_grad_(), w.requires_grad_(), b.requires_grad_()


def _conv(mode: str, activation: str, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    stride, padding, dilation, groups = WHERE
    return conv(
        x,
        w,
        b,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        padding_mode=mode,
        activation=activation,
        negative_slope=0.3,
    )


@pytest.mark.parametrize("mode", MODES)
def test_padding_modes(mode: str) -> None:
    leaves = _leaves()
    assert torch.autograd.gradcheck(lambda *a: _conv(mode, "none", *a), leaves)
    assert torch.autograd.gradgradcheck(lambda *a: _conv(mode, "none", *a), leaves)


@pytest.mark.parametrize("activation", NAMES)
def test_activations(activation: str) -> None:
    leaves = _leaves()
    assert torch.autograd.gradcheck(lambda *a: _conv("circular", activation, *a), leaves)
    assert torch.autograd.gradgradcheck(lambda *a: _conv("circular", activation, *a), leaves)


@pytest.mark.parametrize("activation", FROM_INPUT)
def test_what_is_not_kept_is_computed_again(activation: str) -> None:
    leaves = _leaves()
    again = conv_op(*leaves, *WHERE, False, "reflect", activation)
    kept, _ = conv_and_before_op(*leaves, *WHERE, "reflect", activation)
    gradients = [torch.autograd.grad(y.square().sum(), leaves) for y in (again, kept)]
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize(("activation", "tensors"), [("relu", 1), ("tanh", 1), ("gelu", 1)])
def test_least_is_kept(activation: str, tensors: int) -> None:
    x, w, b = (leaf.detach().float().requires_grad_() for leaf in _leaves())
    kept: list[Tensor] = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t) or t, lambda t: t):
        y = _conv("zeros", activation, x, w, b)
    others = [t for t in kept if t.data_ptr() not in (x.data_ptr(), w.data_ptr())]
    assert len(others) == tensors
    assert all(other.shape == y.shape for other in others)

"""Transposed convolutions agree with PyTorch's, and say what they do not compute."""

import convwise_kernels
import pytest
import torch
from convwise_kernels import NotSupportedError
from torch.nn import functional

PLAIN = {
    1: functional.conv_transpose1d,
    2: functional.conv_transpose2d,
    3: functional.conv_transpose3d,
}
OPTIONS = [
    {},
    {"stride": 2, "padding": 1, "output_padding": 1},
    {"stride": 3, "padding": 2, "dilation": 2},
    {"stride": 2, "groups": 2, "padding": 1},
]


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("options", OPTIONS)
def test_output_and_gradients_are_pytorchs(axes: int, options: dict[str, int]) -> None:
    generator = torch.Generator().manual_seed(0)
    groups = options.get("groups", 1)
    shapes = [(2, 4, 5, 7, 6)[: axes + 2], (4, 6 // groups, *[3] * axes), (6,)]
    truth = [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]
    results = []
    for function, dtype in ((convwise_kernels.conv_transpose, torch.float32), (PLAIN[axes], None)):
        leaves = [tensor.to(dtype or tensor.dtype).requires_grad_() for tensor in truth]
        y = function(*leaves, **options)
        results.append([y.detach(), *torch.autograd.grad(y.square().sum(), leaves)])
    for ours, expected in zip(*results, strict=True):
        torch.testing.assert_close(ours.double(), expected, rtol=1e-4, atol=1e-4)


def test_second_derivatives() -> None:
    leaves = [
        torch.randn(shape, dtype=torch.float64, requires_grad=True)
        for shape in [(1, 2, 4), (2, 1, 3), (1,)]
    ]
    assert torch.autograd.gradgradcheck(
        lambda *given: convwise_kernels.conv_transpose(*given, stride=2), leaves
    )


def test_output_padding_as_large_as_the_stride_is_refused() -> None:
    x, w = torch.zeros(1, 1, 4), torch.zeros(1, 1, 3)
    with pytest.raises(NotSupportedError, match="less than the stride"):
        convwise_kernels.conv_transpose(x, w, output_padding=1, dilation=2)

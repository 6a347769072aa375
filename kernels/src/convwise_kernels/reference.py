"""The three operators in float64 by PyTorch's own convolution, for checking derivatives."""

from collections.abc import Sequence

import torch
from torch import Tensor

from convwise_kernels.geometry import Geometry
from convwise_kernels.padding import folded, padded


def _inner(x: Tensor, geometry: Geometry) -> tuple[Tensor, list[int]]:
    """The input and the padding with zeros that are left when other borders are made."""
    if geometry.mode == "zeros":
        return x, [*geometry.padding]
    return padded(x, geometry.padding, geometry.mode), [0] * len(geometry.padding)


def forward(x: Tensor, w: Tensor, bias: Tensor | None, geometry: Geometry) -> Tensor:
    """[n, o, axes...], without an activation."""
    x, padding = _inner(x, geometry)
    return torch.ops.aten.convolution(
        x,
        w,
        bias,
        geometry.stride,
        padding,
        geometry.dilation,
        False,
        [0] * len(padding),
        geometry.groups,
    )


def _backward(g: Tensor, x: Tensor, w: Tensor, geometry: Geometry, which: int) -> Tensor:
    x, padding = _inner(x, geometry)
    found = torch.ops.aten.convolution_backward(
        g,
        x,
        w,
        None,
        geometry.stride,
        padding,
        geometry.dilation,
        False,
        [0] * len(padding),
        geometry.groups,
        [which == 0, which == 1, False],
    )
    return found[which]


def input_gradient(g: Tensor, w: Tensor, size: Sequence[int], geometry: Geometry) -> Tensor:
    """[n, c, axes...] = size."""
    found = _backward(g, g.new_empty(size), w, geometry, 0)
    return found if geometry.mode == "zeros" else folded(found, geometry.padding, geometry.mode)


def weight_gradient(g: Tensor, x: Tensor, size: Sequence[int], geometry: Geometry) -> Tensor:
    """[o, c/groups, axes...] = size."""
    return _backward(g, x, x.new_empty(size), geometry, 1)

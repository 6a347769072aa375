"""The three operators and what they compute; their derivatives are registered in derivatives.py."""

from collections.abc import Sequence

import torch
from torch import Tensor

from convwise_kernels.errors import NotSupportedError
from convwise_kernels.geometry import Geometry
from convwise_kernels.library import address, call


def _check(geometry: Geometry, x: Sequence[int], w: Sequence[int], *tensors: Tensor | None) -> None:
    geometry.check(x, w)
    given = [tensor for tensor in tensors if tensor is not None]
    kinds = {(tensor.dtype, tensor.device.type) for tensor in given}
    if len(kinds) > 1 or given[0].dtype not in (torch.float32, torch.float64):
        raise NotSupportedError(
            f"The kernels compute float32 on CPU, found {sorted(map(str, kinds))}.",
            "Convert all tensors to float32 on CPU, or call PyTorch's own convolution.",
        )


def _is_double(tensor: Tensor) -> bool:
    return tensor.dtype == torch.float64


def _aten_backward(g: Tensor, x: Tensor, w: Tensor, geometry: Geometry, which: int) -> Tensor:
    """PyTorch's own gradient of the input (0) or the weight (1): the reference in float64."""
    output_mask = [which == 0, which == 1, False]
    found = torch.ops.aten.convolution_backward(
        g,
        x,
        w,
        None,
        geometry.stride,
        geometry.padding,
        geometry.dilation,
        False,
        [0] * len(geometry.stride),
        geometry.groups,
        output_mask,
    )
    return found[which]


@torch.library.custom_op("convwise_kernels::conv", mutates_args=(), device_types="cpu")
def conv_op(
    x: Tensor,
    w: Tensor,
    bias: Tensor | None,
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    groups: int,
    relu: bool,
) -> Tensor:
    """Convolution of x [n, c, axes...] with w [o, c/groups, axes...], plus bias [o], then ReLU."""
    geometry = Geometry.of(stride, padding, dilation, groups)
    _check(geometry, x.shape, w.shape, x, w, bias)
    if _is_double(x):
        y = torch.ops.aten.convolution(
            x, w, bias, stride, padding, dilation, False, [0] * len(stride), groups
        )
        return y.relu_() if relu else y
    x, w = x.contiguous(), w.contiguous()
    bias = None if bias is None else bias.contiguous()
    y = x.new_empty(geometry.output_size(x.shape, w.shape))
    shape = geometry.shape(x.shape, w.shape)
    call("convwise_forward", shape, *map(address, (x, w, bias, y)), int(relu))
    return y


@torch.library.custom_op("convwise_kernels::conv_input_grad", mutates_args=(), device_types="cpu")
def input_grad_op(
    g: Tensor,
    w: Tensor,
    mask: Tensor | None,
    size: list[int],
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    groups: int,
) -> Tensor:
    """The gradient [n, c, axes...] = size of the input; g counts as 0 where mask <= 0."""
    geometry = Geometry.of(stride, padding, dilation, groups)
    _check(geometry, size, w.shape, g, w, mask)
    if _is_double(g):
        g = g if mask is None else g.masked_fill(mask <= 0, 0)
        return _aten_backward(g, g.new_empty(size), w, geometry, 0)
    g, w = g.contiguous(), w.contiguous()
    mask = None if mask is None else mask.contiguous()
    found = g.new_empty(size)
    shape = geometry.shape(size, w.shape)
    call("convwise_input_gradient", shape, *map(address, (g, mask, w, found)))
    return found


@torch.library.custom_op("convwise_kernels::conv_weight_grad", mutates_args=(), device_types="cpu")
def weight_grad_op(
    g: Tensor,
    x: Tensor,
    mask: Tensor | None,
    size: list[int],
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    groups: int,
) -> tuple[Tensor, Tensor]:
    """The gradients of the weight, [o, c/groups, axes...] = size, and of the bias, [o]."""
    geometry = Geometry.of(stride, padding, dilation, groups)
    _check(geometry, x.shape, size, g, x, mask)
    if _is_double(g):
        g = g if mask is None else g.masked_fill(mask <= 0, 0)
        weights = _aten_backward(g, x, x.new_empty(size), geometry, 1)
        return weights, g.sum(dim=[0, *range(2, g.dim())])
    g, x = g.contiguous(), x.contiguous()
    mask = None if mask is None else mask.contiguous()
    weights, biases = g.new_empty(size), g.new_empty(size[:1])
    shape = geometry.shape(x.shape, size)
    call("convwise_weight_gradient", shape, *map(address, (g, mask, x, weights, biases)))
    return weights, biases


@conv_op.register_fake
def _(x, w, bias, stride, padding, dilation, groups, relu):  # type: ignore[no-untyped-def]
    return x.new_empty(Geometry.of(stride, padding, dilation, groups).output_size(x.shape, w.shape))


@input_grad_op.register_fake
def _(g, w, mask, size, stride, padding, dilation, groups):  # type: ignore[no-untyped-def]
    return g.new_empty(size)


@weight_grad_op.register_fake
def _(g, x, mask, size, stride, padding, dilation, groups):  # type: ignore[no-untyped-def]
    return g.new_empty(size), g.new_empty(size[:1])

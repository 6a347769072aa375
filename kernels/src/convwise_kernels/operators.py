"""The operators and what they compute; their derivatives are registered in derivatives.py.

`mode` says what lies around the input (padding.MODES); `activation` is what follows the sums
(activations.NAMES), with LeakyReLU's `slope`. In the gradients, `mask` is the output of that
activation, where its derivative can be told from it (activations.FROM_OUTPUT).
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from convwise_kernels import reference
from convwise_kernels.activations import FROM_INPUT, Activation
from convwise_kernels.errors import NotSupportedError
from convwise_kernels.geometry import Geometry
from convwise_kernels.library import address, call

# In the order of the C interface's numbers.
_STORAGE = (torch.float32, torch.bfloat16)


def _check(geometry: Geometry, x: Sequence[int], w: Sequence[int], *tensors: Tensor | None) -> None:
    geometry.check(x, w)
    given = [tensor for tensor in tensors if tensor is not None]
    kinds = {(tensor.dtype, tensor.device.type) for tensor in given}
    if len(kinds) > 1 or given[0].dtype not in (*_STORAGE, torch.float64):
        raise NotSupportedError(
            f"The kernels compute float32 on CPU, or bfloat16, found {sorted(map(str, kinds))}.",
            "Convert all tensors to float32 on CPU, or call PyTorch's own convolution.",
        )


def _check_size(name: str, tensor: Tensor | None, size: Sequence[int]) -> None:
    if tensor is not None and [*tensor.shape] != [*size]:
        raise NotSupportedError(
            f"The {name} has shape {[*tensor.shape]}, the convolution needs {[*size]}.",
            "Check stride, padding, dilation and groups.",
        )


def _check_gradient(
    geometry: Geometry, x: Sequence[int], w: Sequence[int], g: Tensor, mask: Tensor | None
) -> None:
    output = geometry.output_size(x, w)
    _check_size("gradient", g, output)
    _check_size("activation's output", mask, output)


def _is_double(tensor: Tensor) -> bool:
    return tensor.dtype == torch.float64


def _laid_out(*tensors: Tensor | None) -> tuple[Tensor | None, ...]:
    """As the C interface reads them."""
    return tuple(None if tensor is None else tensor.contiguous() for tensor in tensors)


def _wide(tensor: Tensor | None) -> Tensor | None:
    """Weights and biases are few: they go through the C interface in float32."""
    return None if tensor is None else tensor.float().contiguous()


def _run_forward(
    x: Tensor,
    w: Tensor,
    bias: Tensor | None,
    geometry: Geometry,
    activation: Activation,
    keep: bool,
) -> tuple[Tensor, Tensor | None]:
    """The output and, where asked, what the activation was applied to."""
    _check(geometry, x.shape, w.shape, x, w, bias)
    _check_size("bias", bias, w.shape[:1])
    activation.check()
    if _is_double(x):
        before = reference.forward(x, w, bias, geometry)
        return activation.of(before), before if keep else None
    (x,) = _laid_out(x)
    y = x.new_empty(geometry.output_size(x.shape, w.shape))
    kept = torch.empty_like(y) if keep else None
    shape = geometry.shape(x.shape, w.shape, _STORAGE.index(x.dtype), activation)
    held = (x, _wide(w), _wide(bias), y, kept)
    call("convwise_forward", shape, *map(address, held))
    return y, kept


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
    mode: str = "zeros",
    activation: str = "none",
    slope: float = 0.0,
) -> Tensor:
    """Convolution of x [n, c, axes...] with w [o, c/groups, axes...], plus bias [o], then the
    activation (`relu`: ReLU whatever `activation` says)."""
    geometry = Geometry.of(stride, padding, dilation, groups, mode)
    follows = Activation("relu" if relu else activation, slope)
    return _run_forward(x, w, bias, geometry, follows, keep=False)[0]


@torch.library.custom_op("convwise_kernels::conv_and_before", mutates_args=(), device_types="cpu")
def conv_and_before_op(
    x: Tensor,
    w: Tensor,
    bias: Tensor | None,
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    groups: int,
    mode: str,
    activation: str,
) -> tuple[Tensor, Tensor]:
    """As conv_op, for activations whose derivative needs what they are applied to: that, too."""
    if activation not in FROM_INPUT:
        raise NotSupportedError(
            f"The derivative of {activation!r} does not need what it is applied to.",
            f"Use conv_op, or one of: {', '.join(FROM_INPUT)}.",
        )
    geometry = Geometry.of(stride, padding, dilation, groups, mode)
    y, before = _run_forward(x, w, bias, geometry, Activation(activation), keep=True)
    assert before is not None
    return y, before


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
    mode: str = "zeros",
    activation: str = "relu",
    slope: float = 0.0,
) -> Tensor:
    """The gradient [n, c, axes...] = size of the input."""
    geometry = Geometry.of(stride, padding, dilation, groups, mode)
    follows = Activation(activation, slope)
    _check(geometry, size, w.shape, g, w, mask)
    _check_gradient(geometry, size, w.shape, g, mask)
    if _is_double(g):
        return reference.input_gradient(follows.derived(g, mask), w, size, geometry)
    found = g.new_empty(size)
    shape = geometry.shape(size, w.shape, _STORAGE.index(g.dtype), follows)
    held = (*_laid_out(g, mask), _wide(w), found)
    call("convwise_input_gradient", shape, *map(address, held))
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
    mode: str = "zeros",
    activation: str = "relu",
    slope: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """The gradients of the weight, [o, c/groups, axes...] = size, and of the bias, [o]."""
    geometry = Geometry.of(stride, padding, dilation, groups, mode)
    follows = Activation(activation, slope)
    _check(geometry, x.shape, size, g, x, mask)
    _check_gradient(geometry, x.shape, size, g, mask)
    if _is_double(g):
        g = follows.derived(g, mask)
        weights = reference.weight_gradient(g, x, size, geometry)
        return weights, g.sum(dim=[0, *range(2, g.dim())])
    weights, biases = (g.new_empty(wanted, dtype=torch.float32) for wanted in (size, size[:1]))
    shape = geometry.shape(x.shape, size, _STORAGE.index(g.dtype), follows)
    held = (*_laid_out(g, mask, x), weights, biases)
    call("convwise_weight_gradient", shape, *map(address, held))
    return weights.to(g.dtype), biases.to(g.dtype)


@conv_op.register_fake
def _(x, w, bias, stride, padding, dilation, groups, relu, mode="", activation="", slope=0.0):  # type: ignore[no-untyped-def]
    return x.new_empty(Geometry.of(stride, padding, dilation, groups).output_size(x.shape, w.shape))


@conv_and_before_op.register_fake
def _(x, w, bias, stride, padding, dilation, groups, mode, activation):  # type: ignore[no-untyped-def]
    size = Geometry.of(stride, padding, dilation, groups).output_size(x.shape, w.shape)
    return x.new_empty(size), x.new_empty(size)


@input_grad_op.register_fake
def _(g, w, mask, size, *geometry, **others):  # type: ignore[no-untyped-def]
    return g.new_empty(size)


@weight_grad_op.register_fake
def _(g, x, mask, size, *geometry, **others):  # type: ignore[no-untyped-def]
    return g.new_empty(size), g.new_empty(size[:1])

"""`conv` and `conv_transpose`: one call each for 1-D, 2-D and 3-D, with PyTorch's conventions.

Holds no arithmetic of tensors' elements.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

import convwise_kernels.batching
import convwise_kernels.derivatives  # noqa: F401  (both register themselves)
from convwise_kernels.activations import FROM_INPUT
from convwise_kernels.errors import NotSupportedError
from convwise_kernels.operators import conv_and_before_op, conv_op, input_grad_op

Numbers = int | Sequence[int]


def _each(value: Numbers, axes: int) -> list[int]:
    return [value] * axes if isinstance(value, int) else list(value)


def _padding_of(
    padding: Numbers | str, kernel: Sequence[int], stride: list[int], dilation: list[int]
) -> list[int]:
    """PyTorch's words for paddings as numbers."""
    if not isinstance(padding, str):
        return _each(padding, len(kernel))
    if padding == "valid":
        return [0] * len(kernel)
    both = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
    if padding != "same" or max(stride) > 1 or any(total % 2 for total in both):
        raise NotSupportedError(
            f"Padding {padding!r} with kernel {[*kernel]}, stride {stride} and dilation {dilation} "
            "has no equal borders.",
            'Give numbers, pad beforehand, or use "same" with stride 1 and an odd kernel.',
        )
    return [total // 2 for total in both]


def _check_device(x: Tensor) -> None:
    if x.device.type not in ("cpu", "meta"):
        raise NotSupportedError(
            f"The kernels run on CPU, the input is on {x.device}.",
            "Move the tensors to CPU, or call PyTorch's own convolution there.",
        )


def conv(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: Numbers = 1,
    padding: Numbers | str = 0,
    dilation: Numbers = 1,
    groups: int = 1,
    relu: bool = False,
    padding_mode: str = "zeros",
    activation: str = "none",
    negative_slope: float = 0.01,
) -> Tensor:
    """Convolution as torch.nn.functional.conv1d, conv2d or conv3d computes it, then an activation.

    x: [batch, channels, axes...]; weight: [outputs, channels / groups, axes...]; bias: [outputs].
    padding: numbers, "valid", or "same" where both borders are equal.
    padding_mode: "zeros", "reflect", "replicate" or "circular", as in torch.nn.Conv3d.
    activation: "none", "relu" (as relu=True), "leaky_relu" with negative_slope, "tanh", "silu",
    "gelu" or "gelu_tanh". ReLU, LeakyReLU and tanh keep only their output for backward, the others
    only what they are applied to.
    Raises NotSupportedError for anything but float32, bfloat16 (summed in float32) or float64 (by
    PyTorch's own convolution) on CPU.
    """
    _check_device(x)
    axes = weight.dim() - 2
    steps, spread = _each(stride, axes), _each(dilation, axes)
    where = (steps, _padding_of(padding, weight.shape[2:], steps, spread), spread, groups)
    tensors = [tensor for tensor in (x, weight, bias) if tensor is not None]
    trained = torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors)
    if trained and not relu and activation in FROM_INPUT:
        return conv_and_before_op(x, weight, bias, *where, padding_mode, activation)[0]
    slope = negative_slope if activation == "leaky_relu" else 0.0
    return conv_op(x, weight, bias, *where, relu, padding_mode, activation, slope)


def conv_transpose(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: Numbers = 1,
    padding: Numbers = 0,
    output_padding: Numbers = 0,
    groups: int = 1,
    dilation: Numbers = 1,
) -> Tensor:
    """Transposed convolution as torch.nn.functional.conv_transpose1d, 2d or 3d computes it.

    x: [batch, channels, axes...]; weight: [channels, outputs / groups, axes...]; bias: [outputs].
    It is the input gradient of the convolution with the same weight. Raises NotSupportedError as
    `conv`, and for an output padding that is not less than the stride.
    """
    _check_device(x)
    axes = weight.dim() - 2
    where = (_each(stride, axes), _each(padding, axes), _each(dilation, axes))
    more = _each(output_padding, axes)
    if len(more) != axes or any(not 0 <= m < s for m, s in zip(more, where[0], strict=False)):
        raise NotSupportedError(
            f"Output padding {more} must be at least 0 and less than the stride {where[0]}.",
            "Pad the output afterwards, or use a larger stride.",
        )
    each = zip(x.shape[2:], weight.shape[2:], *where, more, strict=True)
    sizes = [(i - 1) * s - 2 * p + d * (k - 1) + 1 + o for i, k, s, p, d, o in each]
    size = [x.shape[0], weight.shape[1] * groups, *sizes]
    y = input_grad_op(x, weight, None, size, *where, groups)
    return y if bias is None else y + bias.view(-1, *[1] * axes)

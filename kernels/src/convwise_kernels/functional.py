"""`conv`: one call for 1-D, 2-D and 3-D, with PyTorch's conventions; holds no arithmetic."""

from collections.abc import Sequence

from torch import Tensor

import convwise_kernels.derivatives  # noqa: F401  (registers them)
from convwise_kernels.errors import NotSupportedError
from convwise_kernels.operators import conv_op

Numbers = int | Sequence[int]


def _each(value: Numbers, axes: int) -> list[int]:
    return [value] * axes if isinstance(value, int) else list(value)


def conv(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: Numbers = 1,
    padding: Numbers = 0,
    dilation: Numbers = 1,
    groups: int = 1,
    relu: bool = False,
) -> Tensor:
    """Convolution as torch.nn.functional.conv1d, conv2d or conv3d computes it, then ReLU if asked.

    x: [batch, channels, axes...]; weight: [outputs, channels / groups, axes...]; bias: [outputs].
    Padding is with zeros. Raises NotSupportedError for anything but float32 or float64 on CPU.
    """
    if x.device.type not in ("cpu", "meta"):
        raise NotSupportedError(
            f"The kernels run on CPU, the input is on {x.device}.",
            "Move the tensors to CPU, or call PyTorch's own convolution there.",
        )
    axes = weight.dim() - 2
    return conv_op(
        x,
        weight,
        bias,
        _each(stride, axes),
        _each(padding, axes),
        _each(dilation, axes),
        groups,
        relu,
    )

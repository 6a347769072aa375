"""Conv3D by PyTorch's Conv2D: time as channels with a banded weight, or unfolded in time.

Both compute the same products as the Conv3D, those of time padding included, and no others but
zeros.
"""

from __future__ import annotations

from typing import Final, final

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from convwise.engine.plans.plan import Convolution, Plan

#: With more channels, PyTorch's own Conv3D wastes nothing any more.
MOST_CHANNELS: Final = 16
#: The banded weight is this many times the kernel's length in time larger than it needs to be.
MOST_TIMES: Final = 64


def _refusal(convolution: Convolution, weight: Tensor) -> str:
    if convolution.axes != 3:
        return "the convolution has no axis besides a plane's"
    if convolution.groups != 1:
        return "the convolution has groups"
    if convolution.mode != "zeros":
        return f"the padding is {convolution.mode}"
    if max(weight.shape[:2]) > MOST_CHANNELS:
        return f"there are more than {MOST_CHANNELS} channels"
    return ""


def _times(convolution: Convolution, length: int, kernel: int) -> int:
    """How many steps of time come out."""
    reach = convolution.dilation[0] * (kernel - 1) + 1
    return (length + 2 * convolution.padding[0] - reach) // convolution.stride[0] + 1


def banded_weight(convolution: Convolution, weight: Tensor, length: int) -> Tensor:
    """The weight of a Conv2D from [inputs x length] to [outputs x times] channels.

    weight: [outputs, inputs, time, height, width]. At each pair of times it has the tap that leads
    from one to the other, or zeros.
    """
    outputs, inputs, kernel, height, width = weight.shape
    times = _times(convolution, length, kernel)
    begin = torch.arange(times)[:, None] * convolution.stride[0] - convolution.padding[0]
    offset = torch.arange(length)[None] - begin
    tap = offset.div(convolution.dilation[0], rounding_mode="floor")
    hit = (offset % convolution.dilation[0] == 0) & (tap >= 0) & (tap < kernel)
    where = torch.where(hit, tap, torch.tensor(kernel)).to(weight.device)
    zero = weight.new_zeros(outputs, inputs, 1, height, width)
    placed = torch.cat([weight, zero], 2).index_select(2, where.flatten())
    placed = placed.reshape(outputs, inputs, times, length, height, width)
    return placed.transpose(1, 2).reshape(outputs * times, inputs * length, height, width)


@final
class Banded(Plan):
    """Time as channels of one Conv2D whose weight repeats the kernel along a band."""

    @property
    def name(self) -> str:
        """As it is shown and stored."""
        return "banded"

    def refusal(self, convolution: Convolution, x: Tensor, weight: Tensor) -> str:
        """But for Conv3D of few channels and few steps of time."""
        if convolution.axes == 3 and x.shape[2] > MOST_TIMES:
            return f"there are more than {MOST_TIMES} steps of time"
        return _refusal(convolution, weight)

    def __call__(
        self, convolution: Convolution, x: Tensor, weight: Tensor, bias: Tensor | None
    ) -> Tensor:
        """One Conv2D; x is not copied where it is contiguous."""
        c = convolution
        batch, inputs, length, *plane = x.shape
        times = _times(c, length, weight.shape[2])
        y = F.conv2d(
            x.reshape(batch, inputs * length, *plane),
            banded_weight(c, weight, length),
            None if bias is None else bias.repeat_interleave(times),
            c.stride[1:],
            c.padding[1:],
            c.dilation[1:],
        )
        return y.reshape(batch, weight.shape[0], times, *y.shape[2:])


@final
class Unfolded(Plan):
    """Each output time sees its taps of time as channels of a Conv2D; the input is copied."""

    @property
    def name(self) -> str:
        """As it is shown and stored."""
        return "unfolded"

    def refusal(self, convolution: Convolution, x: Tensor, weight: Tensor) -> str:
        """But for Conv3D of few channels."""
        return _refusal(convolution, weight)

    def __call__(
        self, convolution: Convolution, x: Tensor, weight: Tensor, bias: Tensor | None
    ) -> Tensor:
        """One Conv2D over batch x times images of channels x taps."""
        c = convolution
        batch, inputs, length, *plane = x.shape
        outputs, _, kernel, height, width = weight.shape
        times = _times(c, length, kernel)
        padded = F.pad(x, (0, 0, 0, 0, c.padding[0], c.padding[0])) if c.padding[0] else x
        last = (times - 1) * c.stride[0] + 1
        starts = range(0, kernel * c.dilation[0], c.dilation[0])
        taps = [padded[:, :, start : start + last : c.stride[0]] for start in starts]
        images = torch.stack(taps, 2).permute(0, 3, 1, 2, 4, 5)
        y = F.conv2d(
            images.reshape(batch * times, inputs * kernel, *plane),
            weight.reshape(outputs, inputs * kernel, height, width),
            bias,
            c.stride[1:],
            c.padding[1:],
            c.dilation[1:],
        )
        return y.reshape(batch, times, outputs, *y.shape[2:]).transpose(1, 2).contiguous()

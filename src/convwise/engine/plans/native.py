"""PyTorch's own convolution, in the order of axes it is given or with channels last."""

from __future__ import annotations

from typing import Any, Final, final

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from convwise.engine.plans.plan import Convolution, Plan

_CALLS: Final[tuple[Any, ...]] = (F.conv1d, F.conv2d, F.conv3d)
#: By axes of space: PyTorch has no such order in one dimension.
_LAST: Final = {2: torch.channels_last, 3: torch.channels_last_3d}


def native(convolution: Convolution, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """As a module of PyTorch computes it."""
    c = convolution
    padding: tuple[int, ...] = c.padding
    if c.mode != "zeros":
        both = [side for size in reversed(c.padding) for side in (size, size)]
        x, padding = F.pad(x, both, mode=c.mode), (0,) * c.axes
    found: Tensor = _CALLS[c.axes - 1](x, weight, bias, c.stride, padding, c.dilation, c.groups)
    return found


@final
class Native(Plan):
    """PyTorch as it is."""

    @property
    def name(self) -> str:
        """As it is shown and stored."""
        return "native"

    def refusal(self, convolution: Convolution, x: Tensor, weight: Tensor) -> str:
        """Never."""
        return ""

    def __call__(
        self, convolution: Convolution, x: Tensor, weight: Tensor, bias: Tensor | None
    ) -> Tensor:
        """As a module of PyTorch computes it."""
        return native(convolution, x, weight, bias)


@final
class ChannelsLast(Plan):
    """PyTorch on tensors laid out with channels last; the result is laid out as PyTorch would."""

    @property
    def name(self) -> str:
        """As it is shown and stored."""
        return "channels last"

    def refusal(self, convolution: Convolution, x: Tensor, weight: Tensor) -> str:
        """In one dimension, and where the input is laid out so already."""
        if convolution.axes not in _LAST:
            return "PyTorch has no such order in one dimension"
        if not x.is_contiguous():
            return "the input is laid out in another way already"
        return ""

    def __call__(
        self, convolution: Convolution, x: Tensor, weight: Tensor, bias: Tensor | None
    ) -> Tensor:
        """Laid out anew, computed, laid out as before."""
        order = _LAST[convolution.axes]
        turned = x.contiguous(memory_format=order), weight.contiguous(memory_format=order)
        return native(convolution, *turned, bias).contiguous()

"""The compiled kernels for few channels; they are a distribution of their own and may be missing.

See docs/kernels.md for how they work.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any, final

import torch
from torch import Tensor

from convwise.engine.plans.plan import Convolution, Plan


@cache
def kernels_version() -> str:
    """Of the compiled kernels; empty where they are not installed."""
    if find_spec("convwise_kernels") is None:
        return ""
    try:
        return version("convwise-kernels")
    except PackageNotFoundError:
        return "unknown"


@final
class Direct(Plan):
    """A loop over positions with the weights in registers: no copy, no padding, no im2col."""

    @property
    def name(self) -> str:
        """As it is shown and stored."""
        return "direct"

    def refusal(self, convolution: Convolution, x: Tensor, weight: Tensor) -> str:
        """Where the kernels are missing, and what they do not compute."""
        if not kernels_version():
            return "the compiled kernels are not installed (pip install ./kernels)"
        if x.device.type != "cpu":
            return f"the kernels run on CPU, the input is on {x.device.type}"
        if x.dtype not in (torch.float32, torch.bfloat16) or weight.dtype != x.dtype:
            return f"the kernels compute float32 and bfloat16, not {x.dtype}"
        return ""

    def __call__(
        self, convolution: Convolution, x: Tensor, weight: Tensor, bias: Tensor | None
    ) -> Tensor:
        """By the kernels' own operators, which differentiate each other."""
        c = convolution
        where: dict[str, Any] = {"stride": c.stride, "padding": c.padding, "dilation": c.dilation}
        found: Tensor = _conv()(x, weight, bias, **where, groups=c.groups, padding_mode=c.mode)
        return found


@cache
def _conv() -> Any:
    from convwise_kernels import conv

    return conv

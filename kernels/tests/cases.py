"""Random convolutions and their references in float64; asserts nothing itself."""

import math
from dataclasses import dataclass

import torch
from convwise_kernels import conv
from hypothesis import strategies as st
from torch import Tensor

_PLAIN = {1: torch.conv1d, 2: torch.conv2d, 3: torch.conv3d}


@dataclass(frozen=True, slots=True)
class Case:
    """One convolution's sizes; `sizes`, `kernel` and the lists after it have one entry an axis."""

    batch: int
    groups: int
    inputs: int
    outputs: int
    sizes: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: tuple[int, ...]
    bias: bool
    relu: bool
    layout: str
    seed: int

    def tensors(self) -> tuple[Tensor, Tensor, Tensor | None]:
        """Input, weight and bias, in float32."""
        generator = torch.Generator().manual_seed(self.seed)
        x = torch.randn(self.batch, self.groups * self.inputs, *self.sizes, generator=generator)
        w = torch.randn(self.groups * self.outputs, self.inputs, *self.kernel, generator=generator)
        b = torch.randn(self.groups * self.outputs, generator=generator)
        if self.layout == "transposed":
            x = x.transpose(1, -1).contiguous().transpose(1, -1)
        if self.layout == "sliced":
            x = torch.stack([x, x], dim=-1)[..., 0]
        return x, w, b if self.bias else None

    def plain(self, x: Tensor, w: Tensor, b: Tensor | None) -> Tensor:
        """PyTorch's own convolution, before ReLU."""
        function = _PLAIN[len(self.sizes)]
        return function(x, w, b, self.stride, self.padding, self.dilation, self.groups)

    def ours(self, x: Tensor, w: Tensor, b: Tensor | None) -> Tensor:
        """The kernels' convolution, ReLU fused."""
        return conv(
            x,
            w,
            b,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
            relu=self.relu,
        )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any convolution of up to 40 channels whose kernel fits into its padded input."""
    axes = draw(st.integers(1, 3))
    longest = {1: 600, 2: 60, 3: 24}[axes]
    each = {
        name: draw(st.tuples(*[span] * axes))
        for name, span in {
            "kernel": st.sampled_from([1, 2, 3, 3, 4, 5, 5, 6, 7]),
            "stride": st.sampled_from([1, 1, 1, 2, 3]),
            "dilation": st.sampled_from([1, 1, 1, 2, 3]),
            "padding": st.integers(0, 4),
        }.items()
    }
    sizes = tuple(
        draw(st.integers(max(1, d * (k - 1) + 1 - 2 * p), max(longest, d * (k - 1) + 1)))
        for k, d, p in zip(each["kernel"], each["dilation"], each["padding"], strict=True)
    )
    groups = draw(st.sampled_from([1, 1, 1, 2, 3, 8]))
    channels = st.integers(1, max(1, min(40, 600 // math.prod(each["kernel"]) + 1) // groups))
    return Case(
        batch=draw(st.sampled_from([0, 1, 1, 2, 3])),
        groups=groups,
        inputs=draw(channels),
        outputs=draw(channels),
        sizes=sizes,
        bias=draw(st.booleans()),
        relu=draw(st.booleans()),
        layout=draw(st.sampled_from(["plain", "transposed", "sliced"])),
        seed=draw(st.integers(0, 2**31)),
        **each,
    )

"""Random convolutions and their references in float64; asserts nothing itself."""

import math
from dataclasses import dataclass

import torch
from convwise_kernels import conv, levels
from convwise_kernels.activations import NAMES, Activation
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

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
    layout: str
    seed: int
    mode: str = "zeros"
    activation: str = "none"
    dtype: torch.dtype = torch.float32
    level: str = ""

    def tensors(self) -> tuple[Tensor, Tensor, Tensor | None]:
        """Input, weight and bias, in the case's type."""
        generator = torch.Generator().manual_seed(self.seed)
        x = torch.randn(self.batch, self.groups * self.inputs, *self.sizes, generator=generator)
        w = torch.randn(self.groups * self.outputs, self.inputs, *self.kernel, generator=generator)
        b = torch.randn(self.groups * self.outputs, generator=generator)
        if self.layout == "transposed":
            x = x.transpose(1, -1).contiguous().transpose(1, -1)
        if self.layout == "sliced":
            x, w = torch.stack([x, x], dim=-1)[..., 0], torch.stack([w, w], dim=-1)[..., 1]
        if self.layout == "channels last" and len(self.sizes) > 1:
            form = torch.channels_last if len(self.sizes) == 2 else torch.channels_last_3d
            x, w = x.to(memory_format=form), w.to(memory_format=form)
        x, w, b = (tensor.to(self.dtype) for tensor in (x, w, b))
        return x, w, b if self.bias else None

    @property
    def follows(self) -> Activation:
        """The activation, LeakyReLU with a slope of 0.2."""
        return Activation(self.activation, 0.2 if self.activation == "leaky_relu" else 0.0)

    def plain(self, x: Tensor, w: Tensor, b: Tensor | None) -> Tensor:
        """PyTorch's own convolution, before the activation."""
        function, padding = _PLAIN[len(self.sizes)], self.padding
        if self.mode != "zeros" and any(padding):
            x = functional.pad(x, [p for p in reversed(padding) for _ in range(2)], self.mode)
            padding = (0,) * len(padding)
        return function(x, w, b, self.stride, padding, self.dilation, self.groups)

    def ours(self, x: Tensor, w: Tensor, b: Tensor | None) -> Tensor:
        """The kernels' convolution, its activation fused."""
        return conv(
            x,
            w,
            b,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
            padding_mode=self.mode,
            activation=self.activation,
            negative_slope=self.follows.slope,
        )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any convolution of up to 40 channels whose kernel fits into its padded input."""
    axes = draw(st.integers(1, 3))
    longest = {1: 500, 2: 50, 3: 16}[axes]
    each = {
        name: draw(st.tuples(*[span] * axes))
        for name, span in {
            "kernel": st.sampled_from([1, 2, 3, 3, 4, 5, 5, 6, 7]),
            "stride": st.sampled_from([1, 1, 1, 2, 3]),
            "dilation": st.sampled_from([1, 1, 1, 2, 3]),
            "padding": st.integers(0, 4),
        }.items()
    }
    mode = draw(st.sampled_from(["zeros", "zeros", "reflect", "replicate", "circular"]))
    sizes = tuple(
        draw(
            st.integers(
                max(1 if mode == "zeros" else p + 1, d * (k - 1) + 1 - 2 * p),
                max(longest, d * (k - 1) + 1),
            )
        )
        for k, d, p in zip(each["kernel"], each["dilation"], each["padding"], strict=True)
    )
    groups = draw(st.sampled_from([1, 1, 1, 2, 3, 8]))
    # PyTorch's references take the time of a test: more channels only for small kernels.
    most = min(40, 1000 // math.prod(each["kernel"]) + 1)
    channels = st.integers(1, max(1, most // groups))
    return Case(
        batch=draw(st.sampled_from([0, 1, 1, 2, 3])),
        groups=groups,
        inputs=draw(channels),
        outputs=draw(channels),
        sizes=sizes,
        bias=draw(st.booleans()),
        layout=draw(st.sampled_from(["plain", "channels last", "transposed", "sliced"])),
        mode=mode,
        activation=draw(st.sampled_from(["none", *NAMES])),
        dtype=draw(st.sampled_from([torch.float32, torch.float32, torch.bfloat16])),
        level=draw(st.sampled_from(levels())),
        seed=draw(st.integers(0, 2**31)),
        **each,
    )

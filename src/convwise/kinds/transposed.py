"""Transposed convolution over any number of spatial axes; knows no framework's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

from convwise.graph.axes import CHANNEL, Axis, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import (
    CONTRACTION,
    WINDOW,
    Example,
    Kept,
    Kind,
    Macs,
    Operands,
    parameter_formula,
)
from convwise.kinds.formula import Formula, product
from convwise.kinds.positive import must_be_as_many, must_be_positive
from convwise.kinds.windowed import (
    made_windows,
    must_be_windows,
    named_sizes,
    positions,
    read_dilation,
    taps,
)
from convwise.kinds.windows import (
    Reach,
    Spread,
    Window,
    transposed_formula,
    transposed_size,
)

_TRAITS = frozenset({CONTRACTION, WINDOW})


class _Place(NamedTuple):
    """A window and what is cropped, at their axis."""

    position: int
    role: str
    size: Dim
    window: Window
    crop: tuple[int, int]


@dataclass(frozen=True, slots=True)
class TransposedConvolution(Kind):
    """The transpose of a strided convolution: every input pixel stamps a weighted kernel.

    Size: (size - 1)*stride + (kernel - 1)*dilation + 1 - before - after, with `crop` the pixels
    cut off (before, after) per axis; negative ones let the output grow. Grouped: each group of
    input channels makes filters/groups outputs. Source: Dumoulin and Visin (arXiv:1603.07285).
    Multiply-adds count every stamp of every input pixel, cropped parts included. Elementwise
    operations: the bias, one per output value.
    """

    name: ClassVar[str] = "transposed_convolution"
    summary: ClassVar[str] = (
        "Every input pixel stamps a weighted kernel; overlapping stamps add up."
    )

    kernel: tuple[int, ...]
    filters: int
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    crop: tuple[tuple[int, int], ...]
    groups: int = 1
    bias: bool = True

    @property
    def traits(self) -> frozenset[str]:
        return _TRAITS

    def _places(self, source: Tensor) -> list[_Place]:
        windows = made_windows(self.kernel, self.stride, self.dilation)
        must_be_as_many("the window", len(windows), crop=self.crop)
        found = []
        for index, position in enumerate(source.spatial(len(windows))):
            axis = source.axes[position]
            place = position, axis.role or "", axis.dim, windows[index], self.crop[index]
            found.append(_Place(*place))
        return found

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        channel = source.position(CHANNEL)
        self._must_split(source.axes[channel].dim, must)
        axes = list(source.axes)
        axes[channel] = Axis(CHANNEL, self.filters)
        must_be_windows(made_windows(self.kernel, self.stride, self.dilation))
        for position, role, size, window, crop in self._places(source):
            out = transposed_size(window, crop, size)
            whole = transposed_size(window, (0, 0), size)
            message = f"cutting {sum(crop)} of {whole} output pixels leaves {{0}} along {role}"
            must.at_least(out, 1, message, "less padding, or a larger kernel, stride or input")
            axes[position] = Axis(role, out)
        return (Tensor(tuple(axes), source.dtype),)

    def _must_split(self, channels: Dim, must: Must) -> None:
        groups = self.groups
        must_be_positive(self.filters, "the number of filters")
        must_be_positive(groups, "the number of groups")
        if groups > 1:
            hint = "groups must divide both the input channels and the filters"
            must.divides(channels, groups, "{0} input channels do not split into {1} groups", hint)
            must.divides(self.filters, groups, "{0} filters do not split into {1} groups", hint)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        source = operands[0]
        ends = (("in", source.dim(CHANNEL)), ("out", self.filters // self.groups))
        kernel = WeightSpec("kernel", (*ends, *named_sizes(source, self.kernel)))
        return (kernel, WeightSpec("bias", (("out", self.filters),))) if self.bias else (kernel,)

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        stamp = self.filters // self.groups * taps(self.kernel)
        total = operands[0].elements * stamp
        return Macs(total, total, total)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements if self.bias else 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input"),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return {
            role: Spread(window.kernel, window.stride, window.dilation, crop[0])
            for _, role, _, window, crop in self._places(operands[0])
        }

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        """Input pixels at both ends whose whole stamp is cropped away."""
        return {
            role: sum([_stamps_cut(window, amount) for amount in crop])
            for _, role, _, window, crop in self._places(operands[0])
        }

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        source = operands[0]
        found = {
            role: transposed_formula(window, crop, size)
            for _, role, size, window, crop in self._places(source)
        }
        channels = source.dim(CHANNEL)
        one_filter = product(*self.kernel, channels // self.groups)
        found["parameters"] = parameter_formula(self.filters, one_filter, self.bias)
        stamp = product(*self.kernel, self.filters // self.groups)
        found["macs"] = product(*positions(source), channels).times(stamp)
        return found

    def canonical(self, operands: Operands) -> TransposedConvolution:
        return replace(self, dilation=read_dilation(self.kernel, self.dilation))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((1, 5, 4, 4), ("batch", "height", "width", "channel"))
        film = tensor((1, 2, 3, 4, 2), ("batch", "channel", "depth", "height", "width"))
        sound = tensor((1, 6, 3), ("batch", "time", "channel"))
        none = ((0, 0), (0, 0))
        return (
            Example(cls((3, 3), 6, (2, 1), (1, 1), none), (image,)),
            Example(cls((4, 4), 6, (2, 2), (1, 1), ((1, 1), (1, 1)), groups=2), (image,)),
            Example(cls((3, 2), 8, (2, 3), (1, 1), ((1, 0), (0, -1)), bias=False), (image,)),
            Example(cls((3, 2), 4, (1, 1), (2, 3), ((2, 1), (0, 0)), groups=4), (image,)),
            Example(cls((2, 3, 2), 3, (2, 1, 2), (1, 1, 1), ((0, 0), (1, 1), (0, 0))), (film,)),
            Example(cls((2,), 3, (3,), (1,), ((2, 3),)), (sound,)),
        )


def _stamps_cut(window: Window, amount: int) -> int:
    """How many stamps, counted from one end, lie wholly in the `amount` pixels cut off there."""
    return max(-((window.extent - 1 - amount) // window.stride), 0)

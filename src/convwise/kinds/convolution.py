"""Convolution over any number of spatial axes: all its rules; knows no framework's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL, Axis, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import (
    CONTRACTION,
    DOWNSAMPLES,
    WINDOW,
    Example,
    Kept,
    Macs,
    Operands,
    parameter_formula,
)
from convwise.kinds.formula import Formula, product
from convwise.kinds.positive import must_be_positive
from convwise.kinds.windowed import (
    Windowed,
    made_windows,
    named_sizes,
    positions,
    read_dilation,
    taps,
)
from convwise.kinds.windows import SAME, VALID, Padding, Window

_TRAITS = frozenset({CONTRACTION, WINDOW})
_STRIDED = frozenset({CONTRACTION, WINDOW, DOWNSAMPLES})


@dataclass(frozen=True, slots=True)
class Convolution(Windowed):
    """Convolution (cross-correlation) with `filters` filters of `kernel` taps per input channel.

    Input: any axes with a channel axis and at least len(kernel) spatial axes; the last of them are
    convolved. `groups` splits the channels; `groups=None` is depthwise: one group per channel and
    `multiplier` filters for each, `filters` then being None. Multiply-adds: output values x weights
    of one filter, padded positions included. Elementwise operations: the bias, one per output
    value. Source: Dumoulin and Visin (arXiv:1603.07285).
    """

    name: ClassVar[str] = "convolution"
    summary: ClassVar[str] = "Slides filters over space; each sums over all channels of its group."

    kernel: tuple[int, ...]
    filters: int | None
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: Padding = VALID
    padding_mode: str = "zeros"
    groups: int | None = 1
    multiplier: int = 1
    bias: bool = True

    @property
    def traits(self) -> frozenset[str]:
        return _STRIDED if any(step > 1 for step in self.stride) else _TRAITS

    def windows(self) -> list[Window]:
        """One window per convolved axis."""
        return made_windows(self.kernel, self.stride, self.dilation)

    def split(self, operands: Operands) -> tuple[Dim, Dim, Dim]:
        """Filters, groups and channels that one filter sees."""
        channels = operands[0].dim(CHANNEL)
        if self.groups is None:
            return channels * self.multiplier, channels, 1
        assert self.filters is not None
        return self.filters, self.groups, channels // self.groups

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        channel = source.position(CHANNEL)
        filters = self._filters(source.axes[channel].dim, must)
        axes = self.slid(source, must)
        axes[channel] = Axis(CHANNEL, filters)
        return (Tensor(tuple(axes), source.dtype),)

    def _filters(self, channels: Dim, must: Must) -> Dim:
        if self.groups is None:
            must_be_positive(self.multiplier, "the multiplier")
            return channels * self.multiplier
        if self.filters is None:
            raise RuleError("filters is None, which only a depthwise convolution may have")
        must_be_positive(self.filters, "the number of filters")
        must_be_positive(self.groups, "the number of groups")
        if self.groups > 1:
            hint = "groups must divide both the input channels and the filters"
            must.divides(
                channels, self.groups, "{0} input channels do not split into {1} groups", hint
            )
            must.divides(
                self.filters, self.groups, "{0} filters do not split into {1} groups", hint
            )
        return self.filters

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        filters, _, per_filter = self.split(operands)
        source = operands[0]
        spatial = named_sizes(source, self.kernel)
        ends: tuple[tuple[str, Dim], ...] = (("out", filters), ("in", per_filter))
        if self.groups is None:
            ends = (("in", source.dim(CHANNEL)), ("multiplier", self.multiplier))
        kernel = WeightSpec("kernel", (*ends, *spatial))
        return (kernel, WeightSpec("bias", (("out", filters),))) if self.bias else (kernel,)

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        total = outputs[0].elements * self.split(operands)[2] * taps(self.kernel)
        return Macs(total, total, total)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements if self.bias else 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input"),)

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        filters, _, per_filter = self.split(operands)
        one_filter = product(*self.kernel, per_filter)
        found = self.size_formulas(operands[0])
        found["parameters"] = parameter_formula(filters, one_filter, self.bias)
        found["macs"] = product(*positions(outputs[0]), filters).times(one_filter)
        return found

    def canonical(self, operands: Operands) -> Convolution:
        filters, groups, _ = self.split(operands)
        padding = self.read_padding(operands[0])
        unpadded = padding.rule == "explicit" and not any(map(any, padding.amounts))
        mode = "zeros" if unpadded else self.padding_mode
        dilation = read_dilation(self.kernel, self.dilation)
        found = replace(self, dilation=dilation, padding=padding, padding_mode=mode)
        if not (type(filters) is int and type(groups) is int):
            return found
        return replace(found, filters=filters, groups=groups, multiplier=1)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((1, 9, 8, 4), ("batch", "height", "width", "channel"))
        film = tensor((1, 2, 6, 5, 7), ("batch", "channel", "depth", "height", "width"))
        sound = tensor((1, 12, 3), ("batch", "time", "channel"))
        causal = Padding("explicit", ((4, 0),))
        return (
            Example(cls((3, 3), 6, (2, 1), (1, 1)), (image,)),
            Example(cls((3, 2), 8, (1, 1), (2, 1), SAME, groups=4, bias=False), (image,)),
            Example(cls((3, 3), None, (2, 2), (1, 1), SAME, groups=None, multiplier=2), (image,)),
            Example(cls((3, 3, 3), 5, (1, 1, 1), (1, 1, 1)), (film,)),
            Example(cls((3,), 5, (1,), (2,), causal), (sound,)),
            Example(cls((3,), 5, (1,), (1,), Padding("explicit", ((1, 1),)), "reflect"), (sound,)),
        )

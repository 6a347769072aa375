"""Convolution over any number of spatial axes: all its rules; knows no framework's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

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
    Kind,
    Macs,
    Operands,
    parameter_formula,
)
from convwise.kinds.formula import Formula, product
from convwise.kinds.windows import (
    SAME,
    VALID,
    Padding,
    Reach,
    Slide,
    Window,
    dropped,
    must_fit,
    out_formula,
    out_size,
    pads,
)

_TRAITS = frozenset({CONTRACTION, WINDOW})
_STRIDED = frozenset({CONTRACTION, WINDOW, DOWNSAMPLES})


@dataclass(frozen=True, slots=True)
class Convolution(Kind):
    """Convolution (cross-correlation) with `filters` filters of `kernel` taps per input channel.

    Input: any axes with a channel axis and at least len(kernel) spatial axes; the last of them are
    convolved. `groups` splits the channels; `groups=None` is depthwise: one group per channel and
    `multiplier` filters for each, `filters` then being None.
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
        return [
            Window(k, s, d) for k, s, d in zip(self.kernel, self.stride, self.dilation, strict=True)
        ]

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
        axes = list(source.axes)
        filters = self._filters(axes[channel].dim, must)
        axes[channel] = Axis(CHANNEL, filters)
        positions = source.spatial(len(self.kernel))
        for index, (position, window) in enumerate(zip(positions, self.windows(), strict=True)):
            axis = axes[position]
            must_fit(window, self.padding, index, axis.dim, axis.role or "axis", must)
            axes[position] = Axis(axis.role, out_size(window, self.padding, index, axis.dim))
        return (Tensor(tuple(axes), source.dtype),)

    def _filters(self, channels: Dim, must: Must) -> Dim:
        if self.groups is None:
            return channels * self.multiplier
        assert self.filters is not None
        if self.groups > 1:
            hint = "groups must divide both the input channels and the filters"
            must.divides(channels, self.groups, "{0} input channels do not split into {1} groups", hint)
            must.divides(
                self.filters, self.groups, "{0} filters do not split into {1} groups", hint
            )
        return self.filters

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        filters, _, per_filter = self.split(operands)
        source = operands[0]
        spatial = tuple(
            [
                (source.axes[p].role or "axis", k)
                for p, k in zip(source.spatial(len(self.kernel)), self.kernel, strict=True)
            ]
        )
        if self.groups is None:
            ends = (("in", source.dim(CHANNEL)), ("multiplier", self.multiplier))
        else:
            ends = (("out", filters), ("in", per_filter))
        kernel = WeightSpec("kernel", (*ends, *spatial))
        return (kernel, WeightSpec("bias", (("out", filters),))) if self.bias else (kernel,)

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        total = outputs[0].elements * self.split(operands)[2]
        for taps in self.kernel:
            total = total * taps
        return Macs(total, total, total)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements if self.bias else 0

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input"),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        source = operands[0]
        found: dict[str, Reach] = {}
        positions = source.spatial(len(self.kernel))
        for index, (position, window) in enumerate(zip(positions, self.windows(), strict=True)):
            axis = source.axes[position]
            before, _ = pads(window, self.padding, index, axis.dim)
            role = axis.role or "axis"
            found[role] = Slide(window.kernel, window.stride, window.dilation, before)
        return found

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        source = operands[0]
        positions = source.spatial(len(self.kernel))
        return {
            source.axes[position].role or "axis": dropped(
                window, self.padding, index, source.axes[position].dim
            )
            for index, (position, window) in enumerate(zip(positions, self.windows(), strict=True))
        }

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        source = operands[0]
        filters, _, per_filter = self.split(operands)
        found = {}
        positions = source.spatial(len(self.kernel))
        for index, (position, window) in enumerate(zip(positions, self.windows(), strict=True)):
            axis = source.axes[position]
            found[axis.role or "axis"] = out_formula(window, self.padding, index, axis.dim)
        one_filter = product(*self.kernel, per_filter)
        found["parameters"] = parameter_formula(filters, one_filter, self.bias)
        positions_out = [axis.dim for axis in outputs[0].axes if axis.role != CHANNEL]
        found["macs"] = product(*positions_out, filters).times(one_filter)
        return found

    def canonical(self, operands: Operands) -> Convolution:
        filters, groups, _ = self.split(operands)
        amounts = [
            pads(window, self.padding, index, operands[0].axes[position].dim)
            for index, (position, window) in enumerate(
                zip(operands[0].spatial(len(self.kernel)), self.windows(), strict=True)
            )
        ]
        known = all(type(amount) is int for pair in amounts for amount in pair)
        explicit = Padding("explicit", tuple(amounts)) if known else self.padding  # type: ignore[arg-type]
        if not (type(filters) is int and type(groups) is int):
            return replace(self, padding=explicit)
        return replace(self, filters=filters, groups=groups, multiplier=1, padding=explicit)

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

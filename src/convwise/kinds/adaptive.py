"""Pooling with windows that follow from the output's size; knows no framework's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import gcd
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import SPATIAL, Axis, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import (
    DOWNSAMPLES,
    NO_MACS,
    WINDOW,
    Example,
    Kept,
    Kind,
    Macs,
    Operands,
)
from convwise.kinds.formula import Formula, number
from convwise.kinds.pooling import AveragePool, MaxPool
from convwise.kinds.reduce import Reduce
from convwise.kinds.windows import WHOLE, Reach, Sample, Slide, Whole

_ADAPTIVE_TRAITS = frozenset({WINDOW, DOWNSAMPLES})
_GLOBAL_TRAITS = frozenset({DOWNSAMPLES})


@dataclass(frozen=True, slots=True)
class ModePool(Kind):
    """Shared rules of `mode` "max", which backward needs, and "average", which it does not."""

    mode: str

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        return NO_MACS

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input"), Kept("output")) if self.mode == "max" else ()

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}


@dataclass(frozen=True, slots=True)
class AdaptivePool(ModePool):
    """Pools the last spatial axes to the given `sizes` (None keeps an axis as it is).

    Output o sees inputs floor(o*in/out) up to, not including, ceil((o + 1)*in/out): neighbours
    overlap unless out divides in. `mode`: "max" or "average". Elementwise operations: one per
    pixel of each window; for a symbolic size the most it can be. `indices`: where the maxima were
    comes out too. Source: PyTorch's adaptive pools.
    """

    name: ClassVar[str] = "adaptive_pool"
    summary: ClassVar[str] = "Pools to a given output size, whatever the input size."

    sizes: tuple[Dim | None, ...]
    indices: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _ADAPTIVE_TRAITS

    def _places(self, source: Tensor) -> list[tuple[int, str, Dim, Dim]]:
        """Position, role, size before and size after, of every pooled axis."""
        found = []
        for position, size in zip(source.spatial(len(self.sizes)), self.sizes, strict=True):
            axis = source.axes[position]
            found.append((position, axis.role or "", axis.dim, axis.dim if size is None else size))
        return found

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        axes = list(source.axes)
        for position, role, size, out in self._places(source):
            must.at_least(size, 1, f"the input has {{0}} pixels along {role}, it needs {{1}}")
            must.at_least(
                out, 1, f"the pooled size along {role} is {{0}}, it must be {{1}} or more"
            )
            axes[position] = Axis(role, out)
        pooled = Tensor(tuple(axes), source.dtype)
        return (pooled, pooled.cast("int64")) if self.indices else (pooled,)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        total: Dim = 1
        pooled = {
            position: _taps(size, out) for position, _, size, out in self._places(operands[0])
        }
        for position, axis in enumerate(operands[0].axes):
            total = total * pooled.get(position, axis.dim)
        return total

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return {role: _reach(size, out) for _, role, size, out in self._places(operands[0])}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        """The output sizes are given: each formula is that number alone."""
        places = zip(self._places(operands[0]), self.sizes, strict=True)
        return {role: number(out) for (_, role, _, out), size in places if size is not None}

    def canonical(self, operands: Operands) -> Kind:
        """To one value it is a reduction, to sizes that divide the input's a pool with a window."""
        places = self._places(operands[0])
        if not self.indices and all(out == 1 for *_, out in places):
            return _reduction(self.mode, operands, [position for position, *_ in places], True)
        steps = [_step(size, out) for _, _, size, out in places]
        windows = tuple([step for step in steps if step is not None])
        if len(windows) == len(steps) and not self.indices:
            kind = AveragePool if self.mode == "average" else MaxPool
            once = (1,) * len(windows)
            return kind(windows, windows, once).canonical(operands)
        sizes = [
            None if type(out) is not int and out == size else out for _, _, size, out in places
        ]
        return replace(self, sizes=tuple(sizes))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((2, 9, 8, 4), ("batch", "height", "width", "channel"))
        film = tensor((1, 2, 6, 5, 7), ("batch", "channel", "depth", "height", "width"))
        sound = tensor((1, 12, 3), ("batch", "time", "channel"))
        return (
            Example(cls("average", (1, 1)), (image,)),
            Example(cls("max", (3, 5)), (image,)),
            Example(cls("max", (2, 2), indices=True), (image,)),
            Example(cls("average", (None, 12)), (image,)),
            Example(cls("max", (3, 2, 7)), (film,)),
            Example(cls("average", (5,)), (sound,)),
        )


@dataclass(frozen=True, slots=True)
class GlobalPool(ModePool):
    """Pools every spatial axis to one value per channel; `keep_axes` leaves them with size one.

    `mode`: "max" or "average". Elementwise operations: one per input value.
    """

    name: ClassVar[str] = "global_pool"
    summary: ClassVar[str] = "Takes the mean or maximum of each channel over all positions."

    keep_axes: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _GLOBAL_TRAITS

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        spatial = source.spatial()
        if not spatial:
            raise RuleError(
                f"global pooling needs a spatial axis, the input {describe(source)} has none",
                hint="the input is pooled already, or its axes lost their meaning in a reshape",
            )
        if self.keep_axes:
            return (source.with_dims(dict.fromkeys(spatial, 1)),)
        kept = [axis for axis in source.axes if axis.role not in SPATIAL]
        return (source.with_axes(kept),)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return operands[0].elements

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return {axis.role: WHOLE for axis in operands[0].axes if axis.role in SPATIAL}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        if not self.keep_axes:
            return {}
        return {axis.role: number(1) for axis in outputs[0].axes if axis.role in SPATIAL}

    def canonical(self, operands: Operands) -> Kind:
        """A reduction over all of space."""
        return _reduction(self.mode, operands, operands[0].spatial(), self.keep_axes)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((2, 5, 3, 4), ("batch", "height", "width", "channel"))
        film = tensor((1, 2, 6, 5, 7), ("batch", "channel", "depth", "height", "width"))
        sound = tensor((1, 12, 3), ("batch", "time", "channel"))
        return (
            Example(cls("average"), (image,)),
            Example(cls("max"), (sound,)),
            Example(cls("max", keep_axes=True), (film,)),
            Example(cls("average", keep_axes=True), (image,)),
        )


def _reduction(mode: str, operands: Operands, axes: Sequence[int], keep_axes: bool) -> Kind:
    word = "mean" if mode == "average" else mode
    return Reduce(word, tuple(axes), keep_axes).canonical(operands)


def _step(size: Dim, out: Dim) -> int | None:
    """The window, and the step, of windows that lie side by side; None where they cannot."""
    if type(size) is int and type(out) is int and out > 0 and size % out == 0:
        return size // out
    return None


def _taps(size: Dim, out: Dim) -> Dim:
    """Pixels in all windows along one axis, those in two windows counted twice.

    Windows o and o + 1 share a pixel unless (o + 1)*size/out is whole, which gcd(size, out) - 1 of
    the out - 1 borders between windows are.
    """
    if out == 1 or size == out:
        return size
    if type(size) is int and type(out) is int:
        return size + out - gcd(size, out)
    return size + out - 1


def _reach(size: Dim, out: Dim) -> Reach:
    """What one output sees along an axis; the widest of the windows where they are not alike."""
    if size == out:
        return Slide()
    if out == 1:
        return WHOLE
    if not (type(size) is int and type(out) is int):
        return Whole(partial=True)
    if size % out == 0:
        return Slide(size // out, size // out)
    support = 1 if out % size == 0 else min(size // out + 2, size)
    return Sample(size, out, support)

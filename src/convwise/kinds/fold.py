"""Windows laid out as channels (im2col) and summed back (col2im); knows no framework's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from convwise.errors import RuleError
from convwise.graph.axes import (
    CHANNEL,
    FEATURE,
    SPATIAL,
    Axis,
    AxisRef,
    Tensor,
    describe,
    tensor,
)
from convwise.graph.dims import Dim
from convwise.graph.dims import product as product_of
from convwise.graph.obligations import Must
from convwise.kinds.contract import DOWNSAMPLES, VIEW, WINDOW, Example, Kept, Operands
from convwise.kinds.formula import Formula, floor_div, number, product
from convwise.kinds.merged import leaves, placed_roles
from convwise.kinds.plain import Plain
from convwise.kinds.rearranging import Rearranging
from convwise.kinds.views import merge_axes
from convwise.kinds.windowed import Windowed, made_windows, must_be_windows, read_dilation, taps
from convwise.kinds.windows import (
    VALID,
    Padding,
    Reach,
    Slide,
    Spread,
    Whole,
    Window,
    dropped,
    must_fit,
    out_formula,
    out_size,
)

_WINDOW = frozenset({WINDOW})
_STRIDED = frozenset({WINDOW, DOWNSAMPLES})
_NO_TRAITS: frozenset[str] = frozenset()
_VIEW = frozenset({VIEW, WINDOW})
_PARTIAL = Whole(partial=True)

#: Roles of the axes that `Fold` makes, by their number.
_SPACE: Final[dict[int, tuple[str, ...]]] = {
    1: ("time",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}


@dataclass(frozen=True, slots=True)
class Unfold(Windowed, Rearranging):
    """Lays every window of the last spatial axes out along the channels: im2col.

    Channels: channels * taps of a window. Windows along an axis: floor((size + padding -
    extent)/stride) + 1. The windows of all axes stand in one row, in place of the first of them;
    with `in_row` false they stay on their axes. `order`: how the output's channels are numbered:
    "channel first" (channel, then the place in the window) or "block first".
    Source: Chellapilla, Puri and Simard, High Performance Convolutional Neural Networks for
    Document Processing (2006).
    """

    name: ClassVar[str] = "unfold"
    summary: ClassVar[str] = "Lays the pixels of every window out as channels."

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: Padding = VALID
    in_row: bool = True
    order: str = "channel first"

    @property
    def traits(self) -> frozenset[str]:
        return _STRIDED if any(step > 1 for step in self.stride) else _WINDOW

    def windows(self) -> list[Window]:
        """One window per axis."""
        return made_windows(self.kernel, self.stride, self.dilation)

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        channel = source.position(CHANNEL)
        axes = self.slid(source, must)
        axes[channel] = Axis(CHANNEL, source.axes[channel].dim * taps(self.kernel))
        spatial = source.spatial(len(self.kernel))
        if self.in_row:
            axes[spatial[0]] = merge_axes(tuple([axes[place] for place in spatial]))
            axes = [axis for place, axis in enumerate(axes) if place not in spatial[1:]]
        return (source.with_axes(axes),)

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        source = operands[0]
        along = self.size_formulas(source)
        found = {FEATURE: product(*along.values())} if self.in_row else along
        found[CHANNEL] = product(source.dim(CHANNEL), *self.kernel)
        return found

    def canonical(self, operands: Operands) -> Unfold:
        padding = self.read_padding(operands[0])
        return replace(self, dilation=read_dilation(self.kernel, self.dilation), padding=padding)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((1, 4, 9, 8), ("batch", "channel", "height", "width"))
        last = tensor((2, 7, 6, 3), ("batch", "height", "width", "channel"))
        sound = tensor((1, 3, 12), ("batch", "channel", "time"))
        padded = Padding("explicit", ((1, 1), (0, 0)))
        return (
            Example(cls((3, 3), (1, 1), (1, 1)), (image,)),
            Example(cls((3, 2), (2, 1), (1, 2), padded), (image,)),
            Example(cls((2, 3), (2, 3), (1, 1), VALID, False, "block first"), (last,)),
            Example(cls((2, 2), (1, 1), (1, 1)), (last,)),
            Example(cls((4,), (2,), (1,)), (sound,)),
        )


@dataclass(frozen=True, slots=True)
class Fold(Plain):
    """Sums windows that lie along the channels back into an image of `sizes`: col2im.

    Operand: axes (..., channel, windows in a row): channels are channels * taps, the row has
    floor((size + 2*padding - extent)/stride) + 1 windows along each axis of the output.
    Elementwise operations: one addition per value of a window where windows overlap, none where
    every pixel lies in one window at most.
    """

    name: ClassVar[str] = "fold"
    summary: ClassVar[str] = "Sums windows that lie along the channels into an image."

    sizes: tuple[Dim, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: tuple[int, ...]

    @property
    def traits(self) -> frozenset[str]:
        return _NO_TRAITS

    def windows(self) -> list[Window]:
        """One window per axis of the output."""
        return made_windows(self.kernel, self.stride, self.dilation)

    def _amounts(self) -> Padding:
        return Padding("explicit", tuple([(amount, amount) for amount in self.padding]))

    def _counts(self) -> list[Dim]:
        """Windows along each axis of the output."""
        padding = self._amounts()
        pairs = zip(self.windows(), self.sizes, strict=True)
        return [out_size(window, padding, axis, size) for axis, (window, size) in enumerate(pairs)]

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        roles = self._roles(must)
        channel, row = source.position(CHANNEL), source.position(FEATURE)
        count, block = source.axes[row].dim, taps(self.kernel)
        windows = product_of(self._counts())
        shape = describe(tensor(self.sizes, roles))
        must.divides(
            source.axes[channel].dim,
            block,
            "{0} channels do not hold windows of {1} pixels",
            f"channels are a multiple of {block}, as unfold makes them",
        )
        must.equal(
            count,
            windows,
            f"{{0}} windows are given, an output of {shape} has {{1}}",
            hint="the sizes of the output, and kernel, stride, dilation and padding, as of unfold",
        )
        axes = list(source.axes)
        axes[channel] = Axis(CHANNEL, axes[channel].dim // block)
        space = [Axis(role, size) for role, size in zip(roles, self.sizes, strict=True)]
        return (source.with_axes((*axes[:row], *space, *axes[row + 1 :])),)

    def _roles(self, must: Must) -> tuple[str, ...]:
        """Names of the axes of the output; RuleError for windows that are none."""
        windows = self.windows()
        must_be_windows(windows)
        if len(self.sizes) != len(windows) or len(windows) not in _SPACE:
            raise RuleError(
                f"windows over {len(windows)} axes do not make an output of {len(self.sizes)} axes",
                hint="give one size per axis, of 1, 2 or 3 axes",
            )
        roles = _SPACE[len(windows)]
        padding = self._amounts()
        for axis, window in enumerate(windows):
            must_fit(window, padding, axis, self.sizes[axis], roles[axis], must)
        return roles

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        apart = all(w.stride >= w.extent for w in self.windows())
        return 0 if apart else operands[0].elements

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """Rows that remember their axes are followed, others not."""
        axis = operands[0].axes[operands[0].position(FEATURE)]
        found: dict[str, Reach] = dict.fromkeys(placed_roles(axis), _PARTIAL)
        parts = leaves(axis)
        roles = _SPACE[len(self.kernel)]
        followed = [(part.role, part.dim) for part in parts]
        if followed == list(zip(roles, self._counts(), strict=True)):
            for role, w, before in zip(roles, self.windows(), self.padding, strict=True):
                found[role] = Spread(w.kernel, w.stride, w.dilation, before)
        return found

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        roles = _SPACE[len(self.kernel)]
        found = {role: number(size) for role, size in zip(roles, self.sizes, strict=True)}
        found[CHANNEL] = floor_div(operands[0].dim(CHANNEL), taps(self.kernel))
        return found

    def canonical(self, operands: Operands) -> Fold:
        return replace(self, dilation=read_dilation(self.kernel, self.dilation))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        columns = tensor((1, 18, 20), ("batch", "channel", "feature"))
        row = merge_axes((Axis("height", 4), Axis("width", 3)))
        patches = Tensor((Axis("batch", 2), Axis("channel", 12), row))
        sound = tensor((1, 12, 5), ("batch", "channel", "feature"))
        one, two = (1, 1), (2, 2)
        return (
            Example(cls((6, 7), (3, 3), one, one, (0, 0)), (columns,)),
            Example(cls((7, 4), (3, 1), two, (1, 2), (1, 0)), (tensor((1, 18, 8), columns.roles),)),
            Example(cls((8, 6), two, two, one, (0, 0)), (patches,)),
            Example(cls((5, 4), two, one, one, (0, 0)), (patches,)),
            Example(cls((12,), (4,), (2,), (1,), (0,)), (sound,)),
        )


@dataclass(frozen=True, slots=True)
class SlidingWindows(Rearranging):
    """Shows the windows of `size` values along one axis, every `step` values, on a new last axis.

    The axis keeps its place and has floor((its size - size)/step) + 1 windows. No value is copied.
    """

    name: ClassVar[str] = "sliding_windows"
    summary: ClassVar[str] = "Shows the windows along one axis on a new last axis."

    axis: AxisRef
    size: int
    step: int

    @property
    def traits(self) -> frozenset[str]:
        return _VIEW

    def _place(self, source: Tensor) -> tuple[int, Axis, Window]:
        place = source.locate(self.axis)
        return place, source.axes[place], Window(self.size, self.step)

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        place, axis, window = self._place(source)
        must_be_windows([window])
        must_fit(window, VALID, 0, axis.dim, axis.role or f"axis {place}", must)
        windows = Axis(axis.role, out_size(window, VALID, 0, axis.dim))
        axes = (*source.axes[:place], windows, *source.axes[place + 1 :], Axis(None, self.size))
        return (source.with_axes(axes),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        _, axis, window = self._place(operands[0])
        rule: Reach = _PARTIAL if axis.factors else Slide(window.kernel, window.stride)
        return dict.fromkeys(placed_roles(axis), rule)

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        _, axis, window = self._place(operands[0])
        return {axis.role: dropped(window, VALID, 0, axis.dim)} if axis.role in SPATIAL else {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        _, axis, window = self._place(operands[0])
        return {axis.role: out_formula(window, VALID, 0, axis.dim)} if axis.role else {}

    def canonical(self, operands: Operands) -> SlidingWindows:
        source = operands[0]
        return replace(self, axis=source.reference(source.locate(self.axis)))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        sound = tensor((2, 3, 12), ("batch", "channel", "time"))
        row = merge_axes((Axis("height", 4), Axis("width", 3)))
        return (
            Example(cls(-1, 4, 2), (sound,)),
            Example(cls("channel", 2, 1), (sound,)),
            Example(cls(1, 5, 3), (Tensor((Axis("batch", 2), row)),)),
        )

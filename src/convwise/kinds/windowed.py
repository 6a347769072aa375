"""What all kinds that slide windows share: sizes, reach, dropped pixels; must name no kind."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from convwise.graph.axes import BATCH, CHANNEL, Axis, Tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import Kind, Operands
from convwise.kinds.formula import Formula
from convwise.kinds.positive import must_be_as_many, must_be_positive
from convwise.kinds.windows import (
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


class Place(NamedTuple):
    """A window at its axis: `order` counts the windowed axes, `position` the tensor's axes."""

    order: int
    position: int
    role: str
    size: Dim
    window: Window


class Windowed(Kind):
    """Shared rules of kinds that slide windows over the last spatial axes of their input."""

    __slots__ = ()

    @property
    @abstractmethod
    def padding(self) -> Padding:
        """What is added at the borders."""

    @abstractmethod
    def windows(self) -> list[Window]:
        """One window per windowed axis, in the order of the axes."""

    def places(self, source: Tensor) -> list[Place]:
        """Where the windows stand; RuleError when there are more windows than spatial axes."""
        windows = self.windows()
        found = []
        for index, position in enumerate(source.spatial(len(windows))):
            axis = source.axes[position]
            found.append(Place(index, position, axis.role or "", axis.dim, windows[index]))
        return found

    def slid(self, source: Tensor, must: Must) -> list[Axis]:
        """The axes after sliding; each padded axis must hold at least one window."""
        must_be_windows(self.windows())
        axes = list(source.axes)
        padding = self.padding
        for index, position, role, size, window in self.places(source):
            must_fit(window, padding, index, size, role, must)
            axes[position] = Axis(role, out_size(window, padding, index, size))
        return axes

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return {
            role: Slide(
                window.kernel,
                window.stride,
                window.dilation,
                pads(window, self.padding, index, size)[0],
            )
            for index, _, role, size, window in self.places(operands[0])
        }

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {
            role: dropped(window, self.padding, index, size)
            for index, _, role, size, window in self.places(operands[0])
        }

    def size_formulas(self, source: Tensor) -> dict[str, Formula]:
        """How each windowed axis gets its size."""
        return {
            role: out_formula(window, self.padding, index, size)
            for index, _, role, size, window in self.places(source)
        }

    def read_padding(self, source: Tensor) -> Padding:
        """The padding as explicit amounts, without pixels after the input that no window reads.

        A last window that hangs over (ceil) is counted as padding after. Where sizes are symbolic,
        explicit amounts stay as they are; the policy stays where its amounts are not known.
        """
        amounts = []
        for index, _, _, size, window in self.places(source):
            before, after = pads(window, self.padding, index, size)
            if not (type(before) is int and type(after) is int):
                return self.padding
            out = out_size(window, self.padding, index, size)
            if type(size) is int and type(out) is int:
                covered = (out - 1) * window.stride + window.extent
                after = max(covered - size - before, 0)
            amounts.append((before, after))
        return Padding("explicit", tuple(amounts))


def made_windows(
    kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...], ceil: bool = False
) -> list[Window]:
    """One window per axis; RuleError when the hyperparameters are not for as many axes."""
    if not len(kernel) == len(stride) == len(dilation):
        must_be_as_many("the window", len(kernel), stride=stride, dilation=dilation)
    return [Window(kernel[i], stride[i], dilation[i], ceil) for i in range(len(kernel))]


def must_be_windows(windows: list[Window]) -> None:
    """RuleError unless windows have pixels, move on and move forward."""
    for window in windows:
        must_be_positive(window.kernel, "the size of a window")
        must_be_positive(window.stride, "a stride")
        must_be_positive(window.dilation, "a dilation")


def named_sizes(source: Tensor, sizes: tuple[int, ...]) -> tuple[tuple[str, Dim], ...]:
    """Sizes along the last spatial axes, named by the roles of these axes."""
    positions = source.spatial(len(sizes))
    return tuple([(source.axes[p].role or "", k) for p, k in zip(positions, sizes, strict=True)])


def counted_axes(axes: Iterable[Axis]) -> list[Dim]:
    """Sizes of axes as a formula counts positions: a batch of one is left out."""
    return [axis.dim for axis in axes if not (axis.role == BATCH and axis.dim == 1)]


def positions(source: Tensor) -> list[Dim]:
    """Sizes of all axes but the channels, as a formula counts positions."""
    return counted_axes([axis for axis in source.axes if axis.role != CHANNEL])


def taps(kernel: tuple[int, ...]) -> int:
    """Pixels of a window: the product of its sizes."""
    total = 1
    for size in kernel:
        total *= size
    return total


def read_dilation(kernel: tuple[int, ...], dilation: tuple[int, ...]) -> tuple[int, ...]:
    """The dilation as far as it changes anything: a single tap is not spread."""
    return tuple([1 if k == 1 else d for k, d in zip(kernel, dilation, strict=True)])

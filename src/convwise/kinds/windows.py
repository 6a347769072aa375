"""The arithmetic of windows along one axis: sizes, padding, dropped pixels, what sees what.

Must never contain a framework's vocabulary: a dialect says what its "same" means as a `Padding`.
Sources: Dumoulin and Visin, A guide to convolution arithmetic (arXiv:1603.07285); Araujo, Norris
and Sim, Computing Receptive Fields of Convolutional Neural Networks (Distill, 2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from convwise.graph.dims import Dim, ceil_div, maximum, minimum
from convwise.graph.obligations import Must
from convwise.kinds.formula import Formula, ceil_of, floor_div, number


@dataclass(frozen=True, slots=True)
class Padding:
    """A padding policy: `valid`, `same`, or `explicit` amounts (before, after) per spatial axis.

    `same` pads as much as makes the output ceil(input/stride) and puts the odd pixel at `odd`.
    Causal padding is explicit: all of it before.
    """

    rule: str = "valid"
    amounts: tuple[tuple[int, int], ...] = ()
    odd: str = "end"


VALID = Padding()
SAME = Padding("same")


class Window(NamedTuple):
    """A window of `kernel` taps, `dilation` apart, moved by `stride` along one axis.

    `ceil`: a last window that starts inside the input or its left padding counts although it ends
    outside (PyTorch's ceil_mode).
    """

    kernel: int
    stride: int = 1
    dilation: int = 1
    ceil: bool = False

    @property
    def extent(self) -> int:
        """Input pixels from the first tap to the last: (kernel - 1)*dilation + 1."""
        return (self.kernel - 1) * self.dilation + 1


def pads(window: Window, padding: Padding, axis: int, size: Dim) -> tuple[Dim, Dim]:
    """Pixels added (before, after) an axis of `size` pixels; `axis` counts spatial axes."""
    if padding.rule == "valid":
        return 0, 0
    if padding.rule == "explicit":
        return padding.amounts[axis]
    if window.stride == 1:
        total: Dim = window.extent - 1
    else:
        out = ceil_div(size, window.stride)
        total = maximum((out - 1) * window.stride + window.extent - size, 0)
    less = total // 2
    return (less, total - less) if padding.odd == "end" else (total - less, less)


def out_size(window: Window, padding: Padding, axis: int, size: Dim) -> Dim:
    """Output pixels along an axis: floor((size + padding - extent)/stride) + 1, or its variants."""
    if padding.rule == "same":
        return ceil_div(size, window.stride)
    before, after = pads(window, padding, axis, size)
    room = size + before + after - window.extent
    if not window.ceil:
        return room // window.stride + 1
    # One window more for a rest, if it begins inside the input or the padding before it.
    begin = minimum(after - window.extent + window.stride, 0)
    return ceil_div(size + before + begin, window.stride)


def must_fit(window: Window, padding: Padding, axis: int, size: Dim, role: str, must: Must) -> None:
    """The padded input must hold at least one window."""
    if padding.rule == "same":
        must.at_least(size, 1, f"the input has {{0}} pixels along {role}, at least {{1}} is needed")
        return
    before, after = pads(window, padding, axis, size)
    spread = f" (dilated to {window.extent})" if window.dilation > 1 else ""
    least = window.extent - before - after
    if window.ceil:
        least = least - window.stride + 1
    must.at_least(
        size,
        least if type(least) is not int else max(least, 1),
        f"kernel {window.kernel}{spread} is larger than its input {{0}} along {role}",
        hint=f"the smallest input that would do is {least} along {role}; "
        f'or a smaller kernel, or padding="same"',
    )


def dropped(window: Window, padding: Padding, axis: int, size: Dim) -> Dim:
    """Input pixels at the end of the axis that no window reaches (padding does not count)."""
    before, _ = pads(window, padding, axis, size)
    covered = (out_size(window, padding, axis, size) - 1) * window.stride + window.extent
    return maximum(size + before - covered, 0)


def out_formula(window: Window, padding: Padding, axis: int, size: Dim) -> Formula:
    """The same as `out_size`, as a formula with its numbers."""
    if padding.rule == "same":
        return ceil_of(size, window.stride)
    before, after = pads(window, padding, axis, size)
    spare = after - window.extent + window.stride
    if window.ceil and type(spare) is int and spare > 0:
        return ceil_of(number(size) + before if before != 0 else size, window.stride)
    room = number(size)
    for amount in (before, after):
        if amount != 0:
            room = room + amount
    if window.dilation == 1:
        room = room - window.kernel
    else:
        room = room - (number(window.dilation) * (number(window.kernel) - 1) + 1)
    return (ceil_of if window.ceil else floor_div)(room, window.stride) + 1


def transposed_size(window: Window, crop: tuple[int, int], size: Dim) -> Dim:
    """Output pixels of a transposed convolution: (size - 1)*stride + extent - cropped."""
    return (size - 1) * window.stride + window.extent - crop[0] - crop[1]


def transposed_formula(window: Window, crop: tuple[int, int], size: Dim) -> Formula:
    """The same as `transposed_size`, as a formula with its numbers."""
    formula = (number(size) - 1) * window.stride
    if window.dilation == 1:
        formula = formula + window.kernel
    else:
        formula = formula + (number(window.dilation) * (number(window.kernel) - 1) + 1)
    total = crop[0] + crop[1]
    if total > 0:
        return formula - total
    return formula + -total if total < 0 else formula


class Slide(NamedTuple):
    """Output o sees inputs o*stride - before + j*dilation, j < kernel. The identity by default."""

    kernel: int = 1
    stride: int = 1
    dilation: int = 1
    before: Dim = 0


class Spread(NamedTuple):
    """Input i reaches outputs i*stride - before + j*dilation, j < kernel: transposed."""

    kernel: int
    stride: int
    dilation: int = 1
    before: int = 0


class Sample(NamedTuple):
    """Output o of `size_out` sees the `support` inputs nearest to its place among `size_in`."""

    size_in: int
    size_out: int
    support: int
    aligned_corners: bool = False


class Whole(NamedTuple):
    """Every output sees every input along the axis; a `partial` one sees an unknown part of it."""

    partial: bool = False


WHOLE = Whole()

#: What one output position sees along one axis of the input.
Reach = Slide | Spread | Sample | Whole

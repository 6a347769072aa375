"""How much of its data an operation must look at: border taps left out, pixels that it skips.

A count of multiply-adds has padded positions in it, which a library may skip; a window with a
stride may skip pixels. What bounds a time from below counts neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from convwise.analyses.evaluate import Step
from convwise.graph.axes import Tensor
from convwise.kinds.windows import Slide, Spread

ALL = Fraction(1)

#: Outputs per tile of Winograd's algorithm, at most: F(6, 3) of NNPACK and MIOpen.
_TILE = 6
#: Real multiply-adds per value by Fourier transform: four for each of half as many frequencies.
_PER_VALUE = 2


def inside_share(step: Step) -> Fraction:
    """The part of a window's taps that lie on the input, not on its padding; 1 without a window."""
    share = ALL
    for reach, size, out in _axes(step):
        if isinstance(reach, Slide):
            share *= Fraction(_inside(reach, size, out), max(out * reach.kernel, 1))
        else:
            turned = Slide(reach.kernel, reach.stride, reach.dilation, reach.before)
            share *= Fraction(_inside(turned, out, size), max(size * reach.kernel, 1))
    return share


def read_share(step: Step) -> Fraction:
    """The part of the first operand's pixels, at least, that some window looks at."""
    share = ALL
    for reach, size, out in _axes(step):
        if isinstance(reach, Slide):
            share *= Fraction(_seen(reach, size, out), max(size, 1))
    return share


def fewest_multiplications(step: Step) -> Fraction:
    """By what a convolution's multiply-adds are divided, at most, by Winograd's or Fourier's way.

    A stride takes the kernel apart into smaller ones, and a dilation the image. Sources: Winograd,
    Arithmetic Complexity of Computations (1980); Lavin and Gray, Fast Algorithms for Convolutional
    Neural Networks (arXiv:1509.09308).
    """
    winograd = ALL
    taps = 1
    for reach, _, _ in _axes(step):
        kernel = -(-reach.kernel // max(reach.stride, 1))
        winograd *= Fraction(_TILE * kernel, _TILE + kernel - 1)
        taps *= kernel
    return max(ALL, winograd, Fraction(taps, _PER_VALUE))


def _axes(step: Step) -> Iterator[tuple[Slide | Spread, int, int]]:
    """What each output sees along each axis of the first operand, with sizes in and out."""
    if not step.operands or not step.outputs:
        return
    for role, reach in step.asked.reach[0].items():
        size, out = _size(step.operands[0], role), _size(step.outputs[0], role)
        if isinstance(reach, Slide | Spread) and size is not None and out is not None:
            yield reach, size, out


def _size(tensor: Tensor, role: str) -> int | None:
    dim = tensor.dim(role) if role in tensor.roles else None
    return dim if type(dim) is int else None


def _before(slide: Slide) -> int:
    return slide.before if type(slide.before) is int else 0


def _counts(slide: Slide, size: int, out: int) -> list[int]:
    """Per tap: at how many outputs it lies on one of `size` inputs."""
    found = []
    for tap in range(slide.kernel):
        offset = tap * slide.dilation - _before(slide)
        first = max(0, -(offset // slide.stride))
        last = min(out - 1, (size - 1 - offset) // slide.stride)
        found.append(max(0, last - first + 1))
    return found


def _inside(slide: Slide, size: int, out: int) -> int:
    return sum(_counts(slide, size, out))


def _seen(slide: Slide, size: int, out: int) -> int:
    """Pixels under at least one tap: exactly without dilation, else at least."""
    counts = _counts(slide, size, out)
    if slide.dilation > 1:
        return max(counts)
    if slide.stride >= slide.kernel:
        return sum(counts)
    end = min(size, (out - 1) * slide.stride - _before(slide) + slide.kernel)
    return max(0, end - max(0, -_before(slide)))

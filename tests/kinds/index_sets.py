"""Which pixels an output sees along one axis, by writing down index sets; no closed forms."""

from __future__ import annotations

from convwise.kinds.windows import Reach, Sample, Slide, Spread, Whole


def windows_by_hand(
    size: int, kernel: int, stride: int, dilation: int, before: int, after: int, ceil: bool = False
) -> list[list[int]]:
    """The pixels of every window, slid one by one; indices outside 0..size-1 are padding.

    A window counts when it ends inside the padded input. With `ceil` one more counts that ends
    outside, if a pixel is left over for it; and none that starts in the padding at the end.
    """
    found: list[list[int]] = []
    start = -before
    last = size + after - 1
    while True:
        window = [start + tap * dilation for tap in range(kernel)]
        fits = window[-1] <= last
        left_over = not found or found[-1][-1] < last
        if not ((fits or left_over) and start < size if ceil else fits):
            return found
        found.append(window)
        start += stride


def stamps_by_hand(
    size: int, kernel: int, stride: int, dilation: int, before: int, after: int
) -> list[list[int]]:
    """Per output pixel of a transposed convolution, the inputs whose stamps reach it."""
    whole = (size - 1) * stride + (kernel - 1) * dilation + 1
    outputs: dict[int, list[int]] = {place: [] for place in range(before, whole - after)}
    for pixel in range(size):
        for tap in range(kernel):
            place = pixel * stride + tap * dilation
            outputs.setdefault(place, [])
            outputs[place].append(pixel)
    return [outputs[place] for place in range(before, whole - after)]


def seen(reach: Reach | None, output: int, size: int) -> set[int]:
    """The input pixels that one output sees, as a reach says it; padding left out."""
    match reach:
        case None:
            found = {output}
        case Slide(kernel, stride, dilation, before):
            found = {output * stride - before + tap * dilation for tap in range(kernel)}
        case Spread(kernel, stride, dilation, before):
            stamp = [tap * dilation - before for tap in range(kernel)]
            found = {pixel for pixel in range(size) if output - pixel * stride in stamp}
        case Sample(size_in, size_out, support, False):
            centre = (output + 0.5) * size_in / size_out - 0.5
            found = set(sorted(range(size), key=lambda pixel: abs(pixel - centre))[:support])
        case Whole(False):
            found = set(range(size))
        case _:
            raise AssertionError(f"no index set for {reach}")
    return {pixel for pixel in found if 0 <= pixel < size}

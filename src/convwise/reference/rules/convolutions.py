"""Convolution and its transpose over any number of spatial axes."""

from __future__ import annotations

from convwise.graph.axes import CHANNEL, Tensor
from convwise.kinds.convolution import Convolution
from convwise.kinds.transposed import TransposedConvolution
from convwise.kinds.windowed import made_windows
from convwise.kinds.windows import pads
from convwise.reference.arrays import along
from convwise.reference.contract import Array, Gradients, Pass, Use
from convwise.reference.windows import Slid, slid, stamps


def convolution(use: Use[Convolution]) -> Pass:
    """Cross-correlation: at every place p, each filter f weighs what is under its window.

    y[p, f] = b[f] + sum over taps t, channels c of x[p*stride + t*dilation - before, c] w[f, c, t].
    Backward: every dy[p, f] stamps w into dx; dw[f, c, t] gathers dy[p, f] x[...] over all places
    p; db[f] = sum over places of dy[p, f].
    """
    kind = use.kind
    kernel = use.weights["kernel"]  # (filters, channels of a group, *taps)
    _, groups, deep = kind.split(use.operands)
    w = kernel.reshape(groups, -1, deep, *kind.kernel)  # type: ignore[arg-type]
    found = slid(use.source, use.x, w, kind.windows(), amounts(use), outs(use), kind.padding_mode)
    return with_bias(use, found, kernel.shape)


def amounts(use: Use[Convolution]) -> list[tuple[int, int]]:
    """Pixels added in front and at the end of each windowed axis."""
    found = []
    for index, _, _, size, window in use.kind.places(use.source):
        before, after = pads(window, use.kind.padding, index, size)
        found.append((_plain(before), _plain(after)))
    return found


def outs(use: Use[Convolution]) -> list[int]:
    """Places of the window along each windowed axis."""
    made = use.outputs[0]
    return [_plain(made.axes[place].dim) for _, place, *_ in use.kind.places(use.source)]


def _plain(dim: object) -> int:
    assert isinstance(dim, int)
    return dim


def transposed_convolution(use: Use[TransposedConvolution]) -> Pass:
    """Every input pixel stamps a window, scaled; overlapping stamps add up, borders are cropped.

    y[p*stride + t*dilation - before, f] += x[p, c] w[c, f, t], over all p, t and c; then + b[f].
    Backward: dx is a convolution of dy with the same w; dw[c, f, t] gathers x[p, c] dy[...] over
    all places p.
    """
    kind = use.kind
    kernel = use.weights["kernel"]  # (channels, filters of a group, *taps)
    channels, each = kernel.shape[:2]
    w = kernel.reshape(kind.groups, channels // kind.groups, each, *kind.kernel)
    windows = made_windows(kind.kernel, kind.stride, kind.dilation)
    return with_bias(use, stamps(use.source, use.x, w, windows, kind.crop), kernel.shape)


def with_bias(
    use: Use[Convolution] | Use[TransposedConvolution], found: Slid, shape: tuple[int, ...]
) -> Pass:
    """The bias of each filter added, and all gradients by role."""
    place = use.outputs[0].position(CHANNEL)
    bias = use.weights.get("bias")
    y = found.y if bias is None else found.y + along(bias, place, found.y.ndim)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        dx, dw = found.back(dy)
        gradients = {"kernel": dw.reshape(shape)}
        if bias is not None:
            gradients["bias"] = over_all_but(dy, use.outputs[0], place)
        return Gradients((dx,), gradients)

    return Pass((y,), backward)


def over_all_but(dy: Array, made: Tensor, place: int) -> Array:
    """Summed over every axis but one."""
    summed: Array = dy.sum(axis=tuple([axis for axis in range(made.rank) if axis != place]))
    return summed

"""Convolutions whose kernel is computed by the network: it has a gradient as an input has."""

from __future__ import annotations

from convwise.graph.axes import CHANNEL
from convwise.kinds.convolution import Convolution
from convwise.kinds.given_convolution import GivenConvolution, GivenTransposedConvolution
from convwise.kinds.windowed import made_windows
from convwise.reference.arrays import along
from convwise.reference.contract import Array, Gradients, Pass, Use
from convwise.reference.rules.convolutions import amounts, outs, over_all_but
from convwise.reference.windows import Slid, slid, stamps

Given = Use[GivenConvolution] | Use[GivenTransposedConvolution]


def given_convolution(use: Use[GivenConvolution]) -> Pass:
    """Cross-correlation with a kernel k and a bias b that are operands.

    y[p, f] = b[f] + sum over taps t, channels c of x[p*stride + t*dilation - before, c] k[f, c, t].
    Backward: every
    dy[p, f] stamps k into dx; dk[f, c, t] gathers dy[p, f] x[...] over all places p, examples
    included; db[f] = sum over places of dy[p, f].
    """
    kind, kernel = use.kind, use.inputs[1]  # (filters, channels of a group, *taps)
    groups = kind.groups
    assert isinstance(groups, int)
    w = kernel.reshape(groups, kernel.shape[0] // groups, *kernel.shape[1:])
    alike: Use[Convolution] = Use(kind.slider(), *use[1:])
    found = slid(use.source, use.x, w, alike.kind.windows(), amounts(alike), outs(alike))
    return _with_bias(use, found)


def given_transposed_convolution(use: Use[GivenTransposedConvolution]) -> Pass:
    """y[p*stride + t*dilation - before, f] += x[p, c] k[c, f, t], over all p, t and c; then + b[f].

    Backward: dx is a convolution of dy with the same k; dk[c, f, t] gathers x[p, c] dy[...] over
    all places p; db[f] = sum over places of dy[p, f].
    """
    kind, kernel = use.kind, use.inputs[1]  # (channels, filters of a group, *taps)
    groups = kind.groups
    assert isinstance(groups, int)
    w = kernel.reshape(groups, kernel.shape[0] // groups, *kernel.shape[1:])
    windows = made_windows(kind.kernel, kind.stride, kind.dilation)
    return _with_bias(use, stamps(use.source, use.x, w, windows, kind.crop))


def _with_bias(use: Given, found: Slid) -> Pass:
    """The bias of each filter added where there is one, and the gradients of all operands."""
    place = use.outputs[0].position(CHANNEL)
    biased = len(use.inputs) > 2
    y = found.y + along(use.inputs[2], place, found.y.ndim) if biased else found.y

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        dx, dw = found.back(dy)
        dk = dw.reshape(use.inputs[1].shape)
        db = over_all_but(dy, use.outputs[0], place)
        return Gradients((dx, dk, db) if biased else (dx, dk))

    return Pass((y,), backward)

"""A 3-D convolution's weights as those of a 2-D convolution over all its time steps at once."""

from __future__ import annotations

import numpy as np

from convwise.reference.contract import Array


def banded(
    kernel: Array, steps: int, outs: int, stride: int = 1, dilation: int = 1, before: int = 0
) -> Array:
    """The block Toeplitz arrangement: every output step weighs the input steps that it sees.

    kernel: (filters, channels, time, height, width). Returns (outs*filters, steps*channels, height,
    width), where channel s*channels + c is channel c of step s. Input step o*stride + j*dilation -
    before gets tap j of output step o; all other weights are zero. Steps outside of the input are
    padding and have no weights.
    """
    filters, channels, taps = kernel.shape[:3]
    wide = np.zeros((outs, filters, steps, channels, *kernel.shape[3:]))
    for out in range(outs):
        for tap in range(taps):
            step = out * stride + tap * dilation - before
            if 0 <= step < steps:
                wide[out, :, step] = kernel[:, :, tap]
    return wide.reshape(outs * filters, steps * channels, *kernel.shape[3:])

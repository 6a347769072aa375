"""Transposed convolutions and pools by PyTorch, padded as ONNX's pages say.

ONNX's own reference stops, or pads by negative amounts, where a stride is larger than its window
and for groups of transposed convolutions, and moves the windows of a mean with ceil_mode. Followed
here: https://onnx.ai/onnx/operators/onnx__ConvTranspose.html, onnx__MaxPool.html and
onnx__AveragePool.html.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn import functional

from tests.dialects.onnx.single import Single

_TRANSPOSED: dict[int, Callable[..., torch.Tensor]] = {
    1: functional.conv_transpose1d,
    2: functional.conv_transpose2d,
    3: functional.conv_transpose3d,
}
_POOLS: dict[int, Callable[..., Any]] = {
    1: functional.max_pool1d,
    2: functional.max_pool2d,
    3: functional.max_pool3d,
}

_MEANS: dict[int, Callable[..., torch.Tensor]] = {
    1: functional.avg_pool1d,
    2: functional.avg_pool2d,
    3: functional.avg_pool3d,
}


def attributes(one: Single) -> dict[str, Any]:
    """The node's attributes as Python has them."""
    found: dict[str, Any] = {}
    for entry in one.model.graph.node[0].attribute:
        found[entry.name] = list(entry.ints) or (entry.s.decode() if entry.s else entry.i)
    return found


def transposed(one: Single) -> np.ndarray:
    """All stamps together, cut off or grown (by the bias) at each end."""
    said = attributes(one)
    x, w = torch.from_numpy(one.fed["x"]), torch.from_numpy(one.held["w"])
    rank = x.ndim - 2
    bias = one.held.get("b", np.zeros(w.shape[1] * said["group"], dtype=np.float32))
    ones = [1] * rank
    stride, apart = said.get("strides", ones), said.get("dilations", ones)
    whole = _TRANSPOSED[rank](x, w, None, stride, 0, 0, said["group"], apart)
    added = said.get("output_padding", [0] * rank)
    for axis in range(rank):
        size = whole.shape[axis + 2] + added[axis]
        before, after = _cut(said, axis, rank, size, x.shape[axis + 2] * stride[axis])
        grown = functional.pad(whole.movedim(axis + 2, -1), (-before, added[axis] - after))
        whole = grown.movedim(-1, axis + 2)
    return whole.numpy() + bias.reshape(-1, *ones)


def _cut(said: dict[str, Any], axis: int, rank: int, size: int, same: int) -> tuple[int, int]:
    """Pixels cut off before and after, of an output of `size` pixels."""
    word = said.get("auto_pad", "NOTSET")
    if "output_shape" not in said and word == "NOTSET":
        pads = said.get("pads", [0] * (2 * rank))
        return pads[axis], pads[rank + axis]
    total = size - (said["output_shape"][axis] if "output_shape" in said else same)
    less = total // 2
    return (less, total - less) if word == "SAME_UPPER" else (total - less, less)


class _Slid(NamedTuple):
    """A pool over padded values: its windows, and pixels (before, after) the last axis first.

    `hanging`: the same with what the last windows of ceil_mode reach beyond.
    """

    kernel: list[int]
    stride: list[int]
    apart: list[int]
    padding: list[int]
    hanging: list[int]


def _slid(one: Single) -> _Slid:
    said = attributes(one)
    shape = one.fed["x"].shape[2:]
    ones = [1] * len(shape)
    kernel, stride = said["kernel_shape"], said.get("strides", ones)
    apart = said.get("dilations", ones)
    padding: list[int] = []
    hanging: list[int] = []
    for axis, size in enumerate(shape):
        extent = (kernel[axis] - 1) * apart[axis] + 1
        before, after, more = _around(said, axis, size, extent, stride[axis])
        padding = [before, after, *padding]
        hanging = [before, after + more, *hanging]
    return _Slid(kernel, stride, apart, padding, hanging)


def largest(one: Single) -> np.ndarray:
    """The maxima under every window of the input with minus infinity around it."""
    x, slid = torch.from_numpy(one.fed["x"]), _slid(one)
    wide = functional.pad(x, slid.hanging, value=-np.inf)
    found: torch.Tensor = _POOLS[x.ndim - 2](wide, slid.kernel, slid.stride, 0, slid.apart)
    return found.numpy()


def mean(one: Single) -> np.ndarray:
    """The sums under every window over how many pixels count: of the input, or padded ones too."""
    x, slid = torch.from_numpy(one.fed["x"]), _slid(one)
    counted = torch.ones_like(x)
    if attributes(one).get("count_include_pad"):
        counted = functional.pad(counted, slid.padding, value=1.0)
        beyond = [all_of - own for all_of, own in zip(slid.hanging, slid.padding, strict=True)]
    else:
        beyond = slid.hanging
    pool = _MEANS[x.ndim - 2]
    total = pool(functional.pad(x, slid.hanging), slid.kernel, slid.stride)
    return (total / pool(functional.pad(counted, beyond), slid.kernel, slid.stride)).numpy()


def _around(
    said: dict[str, Any], axis: int, size: int, extent: int, stride: int
) -> tuple[int, int, int]:
    """Pixels before and after; with ceil_mode as many more as the last window asks for."""
    word = said.get("auto_pad", "NOTSET")
    if word == "NOTSET":
        pads = said.get("pads") or [0] * (2 * len(said["kernel_shape"]))
        before, after = pads[axis], pads[len(pads) // 2 + axis]
        rest = (size + before + after - extent) % stride
        begins = size + before + after - extent - rest + stride
        hangs = bool(said.get("ceil_mode")) and rest and begins < size + before
        return before, after, stride - rest if hangs else 0
    if word == "VALID":
        return 0, 0, 0
    total = max((-(-size // stride) - 1) * stride + extent - size, 0)
    less = total // 2
    return (less, total - less, 0) if word == "SAME_UPPER" else (total - less, less, 0)

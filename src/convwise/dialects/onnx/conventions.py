"""What ONNX decides about every graph it makes: the order of weight axes, what counts, roles."""

from __future__ import annotations

from typing import Final

from convwise.graph.axes import BATCH, CHANNEL, FEATURE
from convwise.graph.builder import Conventions, Roles
from convwise.graph.dims import Dim

Axes = tuple[tuple[str, Dim], ...]


def axis_order(kind: str, role: str, axes: Axes) -> Axes:
    """ONNX keeps filters as the kinds name them: Conv (out, in, space), ConvTranspose (in, out,
    space), and Gemm with transB=1, which exporters write for a dense layer, (out, in).

    A file may store the matrix of a dense layer the other way round; its reader then says so.
    """
    return axes


#: Moving means and variances are no parameters: a file exported from PyTorch has PyTorch's total.
ONNX = Conventions("onnx", counts_statistics=False, axis_order=axis_order)

#: The axes of a batch of images by the number of axes: channels first.
_IMAGE: Final[dict[int, Roles]] = {
    4: (BATCH, CHANNEL, "height", "width"),
    5: (BATCH, CHANNEL, "depth", "height", "width"),
}


def guess(rank: int) -> Roles:
    """What an input of `rank` axes, batch included, most likely is when no operator says so."""
    if rank in _IMAGE:
        return _IMAGE[rank]
    if rank == 3:
        return (BATCH, "time", FEATURE)
    if rank == 2:
        return (BATCH, FEATURE)
    return (BATCH, *[None] * (rank - 1)) if rank else ()

"""Sampling at the places of a grid, affine grids, and windows that are summed into an image."""

from __future__ import annotations

from typing import Final

from convwise.dialects.onnx.op import Built, Op
from convwise.dialects.onnx.table.entry import Entry, NotClear, broken, integers, one, sizes, tensor
from convwise.dialects.onnx.table.views import IMAGE, image
from convwise.dialects.onnx.table.windows import pads, per_axis
from convwise.graph.axes import BATCH, CHANNEL, FEATURE
from convwise.kinds.fold import Fold
from convwise.kinds.grid import AffineGrid, GridSample

#: ONNX's words, those before version 20 among them.
_METHODS: Final = {
    "bilinear": "bilinear",
    "linear": "bilinear",
    "nearest": "nearest",
    "bicubic": "bicubic",
    "cubic": "bicubic",
}
_PADDINGS: Final = ("zeros", "border", "reflection")


def _sample(op: Op) -> Built:
    rank, roles = image(op)
    method = _METHODS.get(op.text("mode", "linear"))
    padding = op.text("padding_mode", "zeros")
    if method is None or padding not in _PADDINGS:
        raise broken(f"GridSample has no {op.text('mode', 'linear')} with {padding}")
    if rank == 1 or (rank == 3 and method == "bicubic"):
        raise NotClear(f"GridSample by {method} over {rank} axes of space")
    kind = GridSample(method, padding, bool(op.integer("align_corners", 0)))
    return one(kind, 0, 1, views=(roles, (BATCH, *roles[2:], None)))


def _affine(op: Op) -> Built:
    shape = sizes(op, 1, "the size")
    if len(shape) not in (4, 5):
        raise broken(f"AffineGrid makes grids of images with 4 or 5 axes, not of {len(shape)}")
    kind = AffineGrid(shape[2:], bool(op.integer("align_corners", 0)))
    return one(kind, 0, views=((BATCH, None, None),) if tensor(op).rank == 3 else ())


def _fold(op: Op) -> Built:
    """Col2Im: windows laid out as channels are summed into an image."""
    whole, block = integers(op, 1, "the image's shape"), integers(op, 2, "the block's shape")
    rank = len(block)
    if rank not in IMAGE or len(whole) != rank:
        raise NotClear(f"Col2Im over {rank} axes of space")
    ones = (1,) * rank
    amounts = pads(op, rank)
    if any(before != after for before, after in amounts):
        raise NotClear("Col2Im with other padding before than after")
    kind = Fold(
        whole,
        block,
        per_axis(op, "strides", ones, rank, 1),
        per_axis(op, "dilations", ones, rank, 1),
        tuple([before for before, _ in amounts]),
    )
    return one(kind, 0, views=((BATCH, CHANNEL, FEATURE),))


ENTRIES = (Entry("GridSample", _sample), Entry("AffineGrid", _affine), Entry("Col2Im", _fold))

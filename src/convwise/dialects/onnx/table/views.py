"""The roles that ONNX's operators give the axes of their inputs: channels come second."""

from __future__ import annotations

from typing import Final

from convwise.dialects.onnx.op import Op
from convwise.dialects.onnx.table.entry import NotClear, tensor
from convwise.graph.axes import BATCH, CHANNEL
from convwise.graph.builder import Roles

SPACE: Final[dict[int, tuple[str, ...]]] = {
    1: ("time",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}

#: The axes of a batch of images by their number of spatial axes.
IMAGE: Final[dict[int, Roles]] = {n: (BATCH, CHANNEL, *roles) for n, roles in SPACE.items()}


def image(op: Op) -> tuple[int, Roles]:
    """The number of spatial axes of the first input, and the roles of all its axes."""
    rank = tensor(op).rank - 2
    if rank not in IMAGE:
        raise NotClear(f"{op.name} over {max(rank, 0)} axes of space")
    return rank, IMAGE[rank]


def channels_second(op: Op) -> Roles | None:
    """The roles of an input whose second axis are channels; None where its axes may stay."""
    return IMAGE.get(tensor(op).rank - 2)

"""What PyTorch decides about every graph: the order of weight axes, what counts as a parameter."""

from __future__ import annotations

from typing import Final

from convwise.graph.axes import BATCH, CHANNEL, FEATURE
from convwise.graph.builder import Conventions, Roles
from convwise.graph.dims import Dim

Axes = tuple[tuple[str, Dim], ...]


def axis_order(kind: str, role: str, axes: Axes) -> Axes:
    """Kinds name the axes of their weights in PyTorch's order: out, in, then space."""
    return axes


#: Running means and variances are buffers, which `parameters()` does not give.
TORCH = Conventions("torch", counts_statistics=False, axis_order=axis_order)

_SPACE: Final[dict[int, tuple[str, ...]]] = {
    1: ("time",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}

#: The axes of a batch of images by their number of spatial axes: channels first.
IMAGE: Final[dict[int, Roles]] = {n: (BATCH, CHANNEL, *roles) for n, roles in _SPACE.items()}


def guess(rank: int) -> Roles:
    """What an input of `rank` axes, batch included, most likely is when no layer says so."""
    if rank in (4, 5):
        return IMAGE[rank - 2]
    if rank == 3:
        return (BATCH, "time", FEATURE)
    if rank == 2:
        return (BATCH, FEATURE)
    return (BATCH, *[None] * (rank - 1)) if rank else ()

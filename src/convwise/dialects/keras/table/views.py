"""The roles that Keras's layers give the axes of their inputs; must never know a layer."""

from __future__ import annotations

from typing import Final

from convwise.graph.axes import BATCH, CHANNEL, FEATURE
from convwise.graph.builder import Roles

#: Spatial roles by how many axes a layer's windows have.
SPACE: Final[dict[int, tuple[str, ...]]] = {
    1: ("time",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}

LAST: Final[dict[int, Roles]] = {n: (BATCH, *roles, CHANNEL) for n, roles in SPACE.items()}
FIRST: Final[dict[int, Roles]] = {n: (BATCH, CHANNEL, *roles) for n, roles in SPACE.items()}


def image(data_format: str, rank: int) -> Roles:
    """The axes of a batch of images with `rank` spatial axes."""
    return FIRST[rank] if data_format == "channels_first" else LAST[rank]


def guess(rank: int, data_format: str) -> Roles:
    """What an input of `rank` axes, batch included, most likely is when no layer says so."""
    if rank == 5:
        return image(data_format, 3)
    if rank == 4:
        return image(data_format, 2)
    if rank == 3:
        return image(data_format, 1)
    if rank == 2:
        return (BATCH, FEATURE)
    return (BATCH, *[None] * (rank - 1)) if rank else ()

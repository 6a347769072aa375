"""Functions that resize and shuffle pixels: as the modules."""

from __future__ import annotations

from convwise.dialects.python.checks import flag
from convwise.dialects.python.parameters import Parameter
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.resizing import (
    ALIGNED,
    MODE,
    RECOMPUTED,
    TARGET,
    resizing_parts,
)
from convwise.dialects.torch.table.resizing import ENTRIES as MODULES

_MODULES = {one.name: one for one in MODULES}
_SMOOTH = Parameter("antialias", False, flag)


def _like(name: str, module: str) -> Entry:
    found = _MODULES[module]
    return Entry(name, found.parameters, found.parts)


ENTRIES = (
    Entry("interpolate", (*TARGET, MODE, ALIGNED, RECOMPUTED, _SMOOTH), resizing_parts),
    Entry("upsample", (*TARGET, MODE, ALIGNED), resizing_parts),
    _like("upsample_nearest", "UpsamplingNearest2d"),
    _like("upsample_bilinear", "UpsamplingBilinear2d"),
    _like("pixel_shuffle", "PixelShuffle"),
    _like("pixel_unshuffle", "PixelUnshuffle"),
    _like("channel_shuffle", "ChannelShuffle"),
)

"""PyTorch's upsampling and pixel shuffling: sizes or factors, and which corners coincide."""

from __future__ import annotations

from math import isfinite
from typing import Any, Final

from convwise.dialects.python.checks import choice, flag, show
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.dialects.torch.conventions import IMAGE
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.forms import count, open_sizes, optional, scaled
from convwise.dialects.torch.table.views import image
from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL, Tensor
from convwise.graph.dims import Dim
from convwise.kinds.adaptive import AdaptivePool
from convwise.kinds.contract import Kind
from convwise.kinds.reshape import Reshape
from convwise.kinds.resize import Resize, Upsample
from convwise.kinds.shuffle import PixelShuffle, PixelUnshuffle
from convwise.kinds.views import Permute

#: How values between pixels are made, by PyTorch's word.
_METHODS: Final = {
    "nearest": "nearest",
    "nearest-exact": "nearest",
    "linear": "bilinear",
    "bilinear": "bilinear",
    "trilinear": "bilinear",
    "bicubic": "bicubic",
    "area": "area",
}
#: The number of axes of an input that each word is for, batch and channels included.
_RANKS: Final = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5}

Factors = tuple[float | int, ...]


def _targets(value: Any, name: str) -> tuple[Dim | None, ...]:
    """One size for all axes or one each; those of an input left open are symbols."""
    found = open_sizes(value)
    if found is not None and None not in found:
        return tuple(found)
    listed = list(value) if type(value) in (tuple, list) else [value]
    hint = f"such as {name}=(64, 64)"
    if any(type(one) is float for one in listed):
        hint = f"use // instead of /, or int(...), for {name}"
    raise RuleError(f"{name} must be positive integers, found {show(value)}", hint=hint)


def _factors(value: Any, name: str) -> Factors:
    listed = list(value) if type(value) in (tuple, list) else [value]
    if listed and all(type(one) in (int, float) and one > 0 and isfinite(one) for one in listed):
        return tuple(listed)
    raise RuleError(
        f"{name} must be positive numbers, found {show(value)}", hint=f"such as {name}=2"
    )


def _one_each(given: tuple[Any, ...], rank: int, name: str) -> tuple[Any, ...]:
    if len(given) == rank:
        return given
    if len(given) == 1:
        return given * rank
    raise RuleError(
        f"{name} has {len(given)} entries, the input has {rank} axes of space",
        hint="give one entry per axis of space; batch and channels stay",
    )


def _must_be_one(size: object, factor: object) -> None:
    if (size is None) == (factor is None):
        found = "neither is" if size is None else "both are"
        raise RuleError(
            f"give either size or scale_factor, {found} given", hint="such as scale_factor=2"
        )


def resizing_parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """Space of any rank; whole factors stay factors, so that open sizes stay open."""
    size, factor, mode = arguments["size"], arguments["scale_factor"], arguments["mode"]
    _must_be_one(size, factor)
    source = inputs[0]
    rank = source.rank - 2
    if not 1 <= rank <= 3 or _RANKS.get(mode, source.rank) != source.rank:
        wanted = _RANKS.get(mode)
        raise RuleError(
            f'mode="{mode}" needs an input with {wanted or "3, 4 or 5"} axes, it has {source.rank}',
            hint='use "linear" for 3 axes, "bilinear" or "bicubic" for 4, "trilinear" for 5',
        )
    aligned = arguments.get("align_corners")
    if aligned is not None and mode not in _RANKS:
        raise RuleError(
            f'align_corners={aligned} has no meaning for mode="{mode}": PyTorch refuses it',
            hint="leave align_corners out",
        )
    _must_have_use(arguments)
    method, corners = _METHODS[mode], bool(aligned)
    roles = IMAGE[rank]
    if size is None:
        scale = _one_each(factor, rank, "scale_factor")
        if method != "area" and all(float(one).is_integer() for one in scale):
            kind: Kind = Upsample(tuple([int(one) for one in scale]), method, corners)
            return (Part(kind, (roles,)),)
        size = _scaled(source, scale)
    targets = _one_each(size, rank, "size")
    if method == "area":
        return (Part(AdaptivePool("average", targets), (roles,)),)
    smooth = bool(arguments.get("antialias"))
    return (Part(Resize(targets, method, corners, smooth), (roles,)),)


def _must_have_use(arguments: Arguments) -> None:
    """RuleError for options that PyTorch refuses beside the others."""
    mode = arguments["mode"]
    if arguments.get("antialias") and mode not in ("bilinear", "bicubic"):
        raise RuleError(
            f'antialias has no meaning for mode="{mode}": PyTorch refuses it',
            hint='use mode="bilinear" or "bicubic"',
        )
    if arguments.get("recompute_scale_factor") and arguments["size"] is not None:
        raise RuleError(
            "recompute_scale_factor has no meaning with a size: PyTorch refuses it",
            hint="give scale_factor, or leave recompute_scale_factor out",
        )


def _scaled(source: Tensor, factors: Factors) -> tuple[Dim, ...]:
    pairs = zip(source.axes[2:], factors, strict=True)
    return tuple([scaled(axis.dim, factor, "scale_factor") for axis, factor in pairs])


_SIZE = Parameter("size", None, optional(_targets))
_FACTOR = Parameter("scale_factor", None, optional(_factors))
MODE: Final = Parameter("mode", "nearest", choice(*_METHODS))
ALIGNED: Final = Parameter("align_corners", None, optional(flag))
RECOMPUTED: Final = Parameter("recompute_scale_factor", None, optional(flag))
TARGET: Final = (_SIZE, _FACTOR)


def _nearest2d(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return resizing_parts({**arguments, "mode": "nearest"}, inputs)


def _bilinear2d(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return resizing_parts({**arguments, "mode": "bilinear", "align_corners": True}, inputs)


def _shuffle(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(PixelShuffle(arguments["upscale_factor"]), (image(2, inputs),)),)


def _unshuffle(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(PixelUnshuffle(arguments["downscale_factor"]), (image(2, inputs),)),)


def _channels(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """Groups and channels of a group change places: what a transposition of the two does."""
    groups, source = arguments["groups"], inputs[0]
    if source.rank < 3:
        raise RuleError(
            f"ChannelShuffle needs an input with 3 axes or more, it has {source.rank}",
            hint="(batch, channels, and at least one axis of space)",
        )
    channels = source.axes[1].dim
    if type(channels) is int and channels % groups:
        raise RuleError(
            f"{channels} channels do not split into groups={groups}",
            hint="groups must divide the number of channels",
        )
    first, rest = source.axes[0], source.axes[2:]
    behind = tuple([axis.dim for axis in rest])
    roles = tuple([axis.role for axis in rest])
    split = Reshape(
        (first.dim, groups, channels // groups, *behind),
        (first.role, None, None, *roles),
        with_batch=True,
    )
    order = (0, 2, 1, *range(3, source.rank + 1))
    joined = Reshape((first.dim, channels, *behind), (first.role, CHANNEL, *roles), with_batch=True)
    return (Part(split), Part(Permute(order)), Part(joined))


GROUPS: Final = Parameter("groups", REQUIRED, count)
UPSCALE: Final = Parameter("upscale_factor", REQUIRED, count)
DOWNSCALE: Final = Parameter("downscale_factor", REQUIRED, count)

ENTRIES = (
    Entry("Upsample", (*TARGET, MODE, ALIGNED, RECOMPUTED), resizing_parts),
    Entry("UpsamplingNearest2d", TARGET, _nearest2d),
    Entry("UpsamplingBilinear2d", TARGET, _bilinear2d),
    Entry("PixelShuffle", (UPSCALE,), _shuffle),
    Entry("PixelUnshuffle", (DOWNSCALE,), _unshuffle),
    Entry("ChannelShuffle", (GROUPS,), _channels),
)

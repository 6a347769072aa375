"""Keras's padding, cropping, upsampling and resizing layers."""

from __future__ import annotations

from typing import Any

from convwise.dialects.keras.table.entry import Entry
from convwise.dialects.keras.table.formats import data_format
from convwise.dialects.keras.table.views import SPACE, image
from convwise.dialects.python.checks import borders, choice, flag, positive, sizes
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part, free
from convwise.kinds.adaptive import AdaptivePool
from convwise.kinds.contract import Kind
from convwise.kinds.padding import CenterCrop, Crop, Pad
from convwise.kinds.resize import Resize, Upsample

_FORMAT = Parameter("data_format", None, data_format)
_OLD = {"dim_ordering": "data_format", "length": "size"}
_METHODS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")


def _padding_entry(rank: int) -> Entry:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        kind = Pad(tuple(zip(SPACE[rank], arguments["padding"], strict=True)))
        return (Part(kind, (image(arguments["data_format"], rank),)),)

    amount = Parameter("padding", ((1, 1),) * rank, borders(rank))
    return Entry(f"ZeroPadding{rank}D", (amount, _FORMAT), parts, old=_OLD)


def _cropping_entry(rank: int) -> Entry:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        kind = Crop(tuple(zip(SPACE[rank], arguments["cropping"], strict=True)))
        return (Part(kind, (image(arguments["data_format"], rank),)),)

    default = ((0, 0),) * 2 if rank == 2 else ((1, 1),) * rank
    amount = Parameter("cropping", default, borders(rank))
    return Entry(f"Cropping{rank}D", (amount, _FORMAT), parts, old=_OLD)


def _upsampling_entry(rank: int) -> Entry:
    """Only images have a choice of interpolation; sequences have their channels last."""

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        kind = Upsample(arguments["size"], arguments.get("interpolation", "nearest"))
        return (Part(kind, (image(arguments.get("data_format", "channels_last"), rank),)),)

    size = Parameter("size", (2,) * rank, _one_size if rank == 1 else sizes(rank))
    method = Parameter("interpolation", "nearest", choice(*_METHODS))
    parameters = ((size,), (size, _FORMAT, method), (size, _FORMAT))[rank - 1]
    return Entry(f"UpSampling{rank}D", parameters, parts, old=_OLD)


def _one_size(value: Any, name: str) -> tuple[int, ...]:
    """Keras takes no tuple here."""
    return (positive(value, name),)


_AREA = choice(*_METHODS, "area")
_HEIGHT = Parameter("height", REQUIRED, positive)
_WIDTH = Parameter("width", REQUIRED, positive)


def _resizing(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    aspect = "stretch"
    if arguments["crop_to_aspect_ratio"]:
        aspect = "crop"
    elif arguments["pad_to_aspect_ratio"]:
        aspect = "pad"
    target = (arguments["height"], arguments["width"])
    method = arguments["interpolation"]
    kind: Kind = Resize(target, method, False, arguments["antialias"], aspect)
    if method == "area":
        kind = AdaptivePool("average", target)
    return (Part(kind, (image(arguments["data_format"], 2),)),)


def _center_crop(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """Keras enlarges an input that is too small, keeping its shape as far as it can."""
    roles = image(arguments["data_format"], 2)
    target = (arguments["height"], arguments["width"])
    source = inputs[0].viewed(roles)
    found = [source.axes[position].dim for position in source.spatial(2)]
    small = any(type(n) is int and n < m for n, m in zip(found, target, strict=True))
    kind = Resize(target, "bilinear", False, False, "crop") if small else CenterCrop(target)
    return (Part(kind, (roles,)),)


ENTRIES = (
    *[_padding_entry(rank) for rank in (1, 2, 3)],
    *[_cropping_entry(rank) for rank in (1, 2, 3)],
    *[_upsampling_entry(rank) for rank in (1, 2, 3)],
    Entry(
        "Resizing",
        (
            _HEIGHT,
            _WIDTH,
            Parameter("interpolation", "bilinear", _AREA),
            Parameter("crop_to_aspect_ratio", False, flag),
            Parameter("pad_to_aspect_ratio", False, flag),
            *free("fill_mode", "fill_value"),
            Parameter("antialias", False, flag),
            _FORMAT,
        ),
        _resizing,
    ),
    Entry("CenterCrop", (_HEIGHT, _WIDTH, _FORMAT), _center_crop, needs_input=True),
)

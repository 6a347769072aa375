"""MATLAB's layers that change how many pixels there are: crop, resize, depth to space and back."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from convwise.dialects.matlab.table.entry import Entry, Parts, first_only
from convwise.dialects.matlab.table.shapes import sized_as, spatial, windowed
from convwise.dialects.matlab.table.values import flag, show, sizes, word
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.errors import RuleError
from convwise.graph.axes import Tensor
from convwise.graph.dims import Dim
from convwise.kinds.contract import Kind
from convwise.kinds.padding import CenterCrop, Crop
from convwise.kinds.resize import Resize, Upsample
from convwise.kinds.shuffle import PixelShuffle, PixelUnshuffle
from convwise.kinds.source import Unknown

_ROUNDING: Final = ("NearestRoundingMode", "round")


def _with_reference(arguments: Arguments) -> tuple[str, ...]:
    return ("in", "ref")


def _location(axes: int) -> Any:
    """'centercrop', or the first pixel that stays, from 1: x (the column), y (the row), z."""
    found = sizes(axes)
    centre = word("centercrop")

    def checked(value: Any, name: str) -> Any:
        return centre(value, name) if type(value) is str else found(value, name)

    return checked


def _crop(axes: int) -> Parts:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        source, reference = inputs
        where = arguments["CropLocation"]
        if not source.known or not reference.known:
            return (Part(Unknown(f"crop{axes}dLayer to a size that is not known")),)
        target = [reference.axes[place].dim for place in spatial(reference)]
        if where == "centercrop" and all(type(one) is int for one in target):
            return (Part(CenterCrop(tuple(target))),)  # type: ignore[arg-type]
        if where == "centercrop":
            return (Part(_halved(source, target) or _cut(source, target)),)
        first = (where[1], where[0], *where[2:])
        return (Part(_from(source, target, first) or _cut(source, target)),)

    return parts


def _cut(source: Tensor, target: list[Dim]) -> Kind:
    """A crop by amounts that depend on free sizes: how large it is, is known."""
    dims = dict(zip(spatial(source), target, strict=True))
    return Unknown("a crop by an amount that is not known", (source.with_dims(dims),))


def _halved(source: Tensor, target: list[Dim]) -> Kind | None:
    """Free sizes whose difference is a number: half of it before."""
    found = []
    for place, size in zip(spatial(source), target, strict=True):
        total = source.axes[place].dim - size
        if type(total) is not int:
            return None
        found.append((place, (total // 2, total - total // 2)))
    return Crop(tuple(found))


def _from(source: Tensor, target: list[Dim], first: tuple[int, ...]) -> Kind | None:
    """The window begins at the pixel `first` of every axis."""
    found = []
    for place, size, begin in zip(spatial(source), target, first, strict=True):
        axis = source.axes[place]
        after = axis.dim - size - (begin - 1)
        if type(after) is not int:
            return None
        if after < 0:
            raise RuleError(
                f"a crop to {size} pixels from pixel {begin} on is larger than its input "
                f"{axis.dim} along {axis.role}",
                hint="crop from a smaller location, or to a smaller reference",
            )
        found.append((place, (begin - 1, after)))
    return Crop(tuple(found))


def _crop_entry(axes: int) -> Entry:
    return Entry(
        f"crop{axes}dLayer",
        (Parameter("CropLocation", (1,) * axes, _location(axes)),),
        _crop(axes),
        f"crop{axes}d",
        1,
        ports=_with_reference,
        feeds=first_only,
    )


def _scale(axes: int) -> Any:
    def checked(value: Any, name: str) -> tuple[Fraction, ...]:
        found = value if type(value) is tuple else (value,)
        found = found * axes if len(found) == 1 else found
        if len(found) == axes and all(type(one) in (int, float) and one > 0 for one in found):
            return tuple([Fraction(one).limit_denominator(10_000) for one in found])
        raise RuleError(
            f"{name} must be a positive number or {axes} of them, found {show(value)}",
            hint="such as 2",
        )

    return checked


def _resize(name: str, axes: int) -> Parts:
    """A whole factor is an upsampling; other scales give floor(scale * size) pixels."""

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        source = inputs[0]
        windowed(name, axes, source)
        method = "bilinear" if arguments["Method"].endswith("linear") else "nearest"
        kind = _resizing(name, arguments, inputs, method)
        for option, default in (("GeometricTransformMode", "half-pixel"), _ROUNDING):
            if arguments[option] != default and not (
                option == _ROUNDING[0] and method != "nearest"
            ):
                what = f"{name} with {option} '{arguments[option]}'"
                return (Part(sized_as(what, kind, source)),)
        return (Part(kind),)

    return parts


def _resizing(name: str, arguments: Arguments, inputs: Inputs, method: str) -> Kind:
    source, target, scale = inputs[0], arguments["OutputSize"], arguments["Scale"]
    if arguments["EnableReferenceInput"]:
        if not inputs[1].known:
            return Unknown(f"{name} to a size that is not known")
        reference = inputs[1]
        return Resize(tuple([reference.axes[place].dim for place in spatial(reference)]), method)
    if scale is not None and all(one.denominator == 1 for one in scale):
        return Upsample(tuple([one.numerator for one in scale]), method)
    if scale is not None:
        places = spatial(source)
        dims = [source.axes[place].dim for place in places]
        pairs = zip(dims, scale, strict=True)
        return Resize(tuple([d * one.numerator // one.denominator for d, one in pairs]), method)
    return Resize(target, method)


def _one_size(arguments: Arguments) -> None:
    given = [arguments["OutputSize"], arguments["Scale"], arguments["EnableReferenceInput"] or None]
    if sum(one is not None for one in given) != 1:
        raise RuleError(
            "a resize layer takes one of OutputSize, Scale and EnableReferenceInput",
            hint="such as 'Scale', 2",
        )


def _resize_inputs(arguments: Arguments) -> tuple[str, ...]:
    return _with_reference(arguments) if arguments["EnableReferenceInput"] else ("in",)


def _resize_entry(axes: int) -> Entry:
    name = f"resize{axes}dLayer"
    linear = "bilinear" if axes == 2 else "trilinear"
    parameters = (
        Parameter("OutputSize", None, sizes(axes)),
        Parameter("Scale", None, _scale(axes)),
        Parameter("EnableReferenceInput", False, flag),
        Parameter("Method", "nearest", word("nearest", linear)),
        Parameter("GeometricTransformMode", "half-pixel", word("half-pixel", "asymmetric")),
        Parameter("NearestRoundingMode", "round", word("round", "floor", "onnx-10")),
    )
    return Entry(
        name,
        parameters,
        _resize(name, axes),
        "resize",
        0,
        ports=_resize_inputs,
        feeds=first_only,
        agree=_one_size,
    )


def _square(block: tuple[int, ...], name: str) -> Kind | None:
    return None if block[0] == block[1] else Unknown(f"{name} with blocks that are no squares")


def _to_space(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    block = arguments["BlockSize"]
    order = "block first" if arguments["Mode"] == "dcr" else "channel first"
    unknown = _square(block, "depthToSpace2dLayer")
    return (Part(unknown or PixelShuffle(block[0], order)),)


def _to_depth(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """Rows and columns that fill no whole block are left out."""
    block, source = arguments["BlockSize"], inputs[0]
    unknown = _square(block, "spaceToDepthLayer")
    kind = Part(unknown or PixelUnshuffle(block[0], "block first"))
    rests = []
    for place, size in zip(spatial(source), block, strict=False):
        dim = source.axes[place].dim
        if type(dim) is int and dim % size and dim > size:
            rests.append((place, (0, dim % size)))
    return (Part(Crop(tuple(rests)), (), "rest"), kind) if rests and not unknown else (kind,)


_BLOCK = Parameter("BlockSize", REQUIRED, sizes(2))

ENTRIES = (
    _crop_entry(2),
    _crop_entry(3),
    _resize_entry(2),
    _resize_entry(3),
    Entry(
        "depthToSpace2dLayer",
        (_BLOCK, Parameter("Mode", "dcr", word("dcr", "crd"))),
        _to_space,
        "depthToSpace",
        1,
    ),
    Entry("spaceToDepthLayer", (_BLOCK,), _to_depth, "spaceToDepth", 1),
)

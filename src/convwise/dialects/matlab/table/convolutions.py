"""MATLAB's convolutions: plain, grouped, transposed; "same" puts the odd pixel at the end."""

from __future__ import annotations

from typing import Any

from convwise.dialects.matlab.table.entry import Entry
from convwise.dialects.matlab.table.shapes import (
    channel_view,
    must_have_channels,
    sized_as,
    turned,
    windowed,
)
from convwise.dialects.matlab.table.values import (
    amounts,
    auto,
    count,
    count_or,
    learned,
    number,
    padding,
    show,
    sizes,
    word,
)
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.graph.axes import Tensor
from convwise.kinds.contract import Kind
from convwise.kinds.convolution import Convolution
from convwise.kinds.padding import Pad
from convwise.kinds.source import Unknown
from convwise.kinds.transposed import TransposedConvolution
from convwise.kinds.windows import VALID, Padding, Window, pads

_MODES = word("symmetric-include-edge", "symmetric-exclude-edge", "replicate")
_CHANNELS = Parameter("NumChannels", None, auto(count))
_WEIGHTS = learned("Weights", "Bias")


def _filled(value: Any, name: str) -> Any:
    return _MODES(value, name) if type(value) is str else number(value, name)


def _window(axes: int, *words: str) -> tuple[Parameter, ...]:
    return (
        Parameter("Stride", (1,) * axes, sizes(axes)),
        Parameter("DilationFactor", (1,) * axes, sizes(axes)),
        Parameter("Padding", VALID, padding(axes, *words)),
        Parameter("PaddingValue", 0, _filled),
    )


def _policy(arguments: Arguments, timed: bool) -> Padding:
    """Padding under the graph's order of axes; causal puts all of it before."""
    found = arguments["Padding"]
    if found == "causal":
        before = (arguments["FilterSize"][0] - 1) * arguments["DilationFactor"][0]
        return Padding("explicit", ((before, 0),)) if before else VALID
    if found.rule == "explicit":
        return Padding("explicit", turned(found.amounts, timed))
    return found  # type: ignore[no-any-return]


def _convolved(
    name: str, arguments: Arguments, source: Tensor, filters: tuple[Any, ...]
) -> tuple[Part, ...]:
    """`filters`: how many, groups, multiplier. What is padded with is a layer of its own."""
    kernel = arguments["FilterSize"]
    timed = windowed(name, len(kernel), source)
    window = [turned(arguments[one], timed) for one in ("FilterSize", "Stride", "DilationFactor")]
    rule = _policy(arguments, timed)
    value = arguments["PaddingValue"]
    number_of, groups, multiplier = filters
    mode = _mode(value, rule)
    before: tuple[Part, ...] = ()
    if mode is None:
        before, rule, mode = _padded_before(name, value, window, rule, source), VALID, "zeros"
    kind = Convolution(
        window[0], number_of, window[1], window[2], rule, mode, groups, multiplier, True
    )
    view = () if before else channel_view(source)
    return (*before, Part(kind, view))


def _mode(value: Any, rule: Padding) -> str | None:
    """The kind's own mode of padding; None where the border is made by an operation before it."""
    if value == 0 or rule.rule == "valid":
        return "zeros"
    if value == "symmetric-include-edge" and _at_most_one(rule):
        return "replicate"
    return {"replicate": "replicate", "symmetric-exclude-edge": "reflect"}.get(value)


def _at_most_one(rule: Padding) -> bool:
    """Mirrored with its edge, a border of one pixel repeats it."""
    return rule.rule == "explicit" and all(max(pair) <= 1 for pair in rule.amounts)


def _padded_before(
    name: str, value: Any, window: list[tuple[int, ...]], rule: Padding, source: Tensor
) -> tuple[Part, ...]:
    found = []
    for index, position in enumerate(source.spatial(len(window[0]))):
        axis = source.axes[position]
        one = Window(window[0][index], window[1][index], window[2][index])
        found.append((axis.role, pads(one, rule, index, axis.dim)))
    if any(type(side) is not int for _, sides in found for side in sides):
        return (Part(Unknown(f"{name} with PaddingValue {show(value)} and free sizes")),)
    mirrored = type(value) is str
    kind: Kind = Pad(tuple(found), "constant", 0.0 if mirrored else float(value))  # type: ignore[arg-type]
    if mirrored:
        kind = sized_as(f"{name} with PaddingValue '{value}'", kind, source)
    return (Part(kind, channel_view(source), "padding"),)


def _convolution(axes: int) -> Entry:
    name = f"convolution{axes}dLayer"

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        must_have_channels(arguments, inputs)
        return _convolved(name, arguments, inputs[0], (arguments["NumFilters"], 1, 1))

    parameters = (
        Parameter("FilterSize", REQUIRED, sizes(axes)),
        Parameter("NumFilters", REQUIRED, count),
        *_window(axes, *(("causal",) if axes == 1 else ())),
        _CHANNELS,
        *_WEIGHTS,
    )
    return Entry(name, parameters, parts, ("conv1d", "conv", "conv3d")[axes - 1], 2)


def _grouped(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """Every group has filters of its own; one group per channel where they are channel-wise."""
    must_have_channels(arguments, inputs)
    each, groups = arguments["NumFiltersPerGroup"], arguments["NumGroups"]
    filters = (None, None, each) if groups == "channel-wise" else (each * groups, groups, 1)
    return _convolved("groupedConvolution2dLayer", arguments, inputs[0], filters)


def _same_crop(extent: int, stride: int) -> tuple[int, int]:
    """What makes the output stride times the input; the odd pixel is cut at the end."""
    total = extent - stride
    before = max(total, 0) // 2
    return before, total - before


def _cropping(axes: int) -> Any:
    pairs = amounts(axes)

    def checked(value: Any, name: str) -> Any:
        return word("same")(value, name) if type(value) is str else pairs(value, name)

    return checked


def _transposed(axes: int) -> Entry:
    name = f"transposedConv{axes}dLayer"

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        must_have_channels(arguments, inputs)
        kernel, strides, crop = [arguments[one] for one in ("FilterSize", "Stride", "Cropping")]
        timed = windowed(name, axes, inputs[0])
        if crop == "same":
            crop = tuple([_same_crop(*pair) for pair in zip(kernel, strides, strict=True)])
        kind = TransposedConvolution(
            turned(kernel, timed),
            arguments["NumFilters"],
            turned(strides, timed),
            (1,) * axes,
            turned(crop, timed),
            1,
            True,
        )
        return (Part(kind, channel_view(inputs[0])),)

    parameters = (
        Parameter("FilterSize", REQUIRED, sizes(axes)),
        Parameter("NumFilters", REQUIRED, count),
        Parameter("Stride", (1,) * axes, sizes(axes)),
        Parameter("Cropping", ((0, 0),) * axes, _cropping(axes)),
        _CHANNELS,
        *_WEIGHTS,
    )
    default = ("transposed-conv1d", "transposed-conv", "transposed-conv3d")[axes - 1]
    return Entry(name, parameters, parts, default, 2)


ENTRIES = (
    *[_convolution(axes) for axes in (1, 2, 3)],
    Entry(
        "groupedConvolution2dLayer",
        (
            Parameter("FilterSize", REQUIRED, sizes(2)),
            Parameter("NumFiltersPerGroup", REQUIRED, count),
            Parameter("NumGroups", REQUIRED, count_or("channel-wise")),
            *_window(2),
            _CHANNELS,
            *_WEIGHTS,
        ),
        _grouped,
        "groupedconv",
        3,
    ),
    *[_transposed(axes) for axes in (1, 2, 3)],
)

"""MATLAB's pooling layers: windows, global, adaptive, unpooling; the default stride is 1."""

from __future__ import annotations

from typing import Any

from convwise.dialects.matlab.table.entry import Entry, Parts
from convwise.dialects.matlab.table.shapes import (
    TIME,
    channel_view,
    spatial,
    turned,
    windowed,
)
from convwise.dialects.matlab.table.values import flag, padding, show, sizes
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.errors import RuleError
from convwise.graph.axes import Tensor, describe
from convwise.graph.dims import Dim
from convwise.kinds.adaptive import AdaptivePool, GlobalPool
from convwise.kinds.pooling import AveragePool, MaxPool
from convwise.kinds.source import Unknown
from convwise.kinds.unpooling import MaxUnpool
from convwise.kinds.windows import VALID, Padding

_UNPOOLING = ("out", "indices", "size")


_Ints = tuple[int, ...]


def _window(arguments: Arguments, timed: bool) -> tuple[_Ints, _Ints, _Ints, Padding]:
    """Window, stride, dilation and padding under the graph's order of axes."""
    size, stride, rule = [arguments[one] for one in ("PoolSize", "Stride", "Padding")]
    if rule.rule == "explicit":
        rule = Padding("explicit", turned(rule.amounts, timed))
    return turned(size, timed), turned(stride, timed), (1,) * len(size), rule


def _max(name: str, axes: int) -> Parts:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        window = _window(arguments, windowed(name, axes, inputs[0]))
        kind = MaxPool(*window, False, arguments.get("HasUnpoolingOutputs", False))
        return (Part(kind, channel_view(inputs[0])),)

    return parts


def _average(name: str, axes: int) -> Parts:
    """Zeros of the padding count, unless the padding is the mean of the rest."""

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        window = _window(arguments, windowed(name, axes, inputs[0]))
        divisor = "valid" if arguments["PaddingValue"] == "mean" else "padded"
        return (Part(AveragePool(*window, False, divisor), channel_view(inputs[0])),)

    return parts


def _outputs(arguments: Arguments) -> tuple[str, ...]:
    return _UNPOOLING if arguments.get("HasUnpoolingOutputs") else ("out",)


def _filled(value: Any, name: str) -> Any:
    if value == 0 or (type(value) is str and value.lower() == "mean"):
        return "mean" if value else 0
    raise RuleError(f"{name} must be 0 or 'mean', found {show(value)}", hint="such as 'mean'")


def _windows(axes: int) -> tuple[Parameter, ...]:
    return (
        Parameter("PoolSize", REQUIRED, sizes(axes)),
        Parameter("Stride", (1,) * axes, sizes(axes)),
        Parameter("Padding", VALID, padding(axes)),
    )


def _max_entry(axes: int) -> Entry:
    name = f"maxPooling{axes}dLayer"
    more = (Parameter("HasUnpoolingOutputs", False, flag),) if axes == 2 else ()
    default = ("maxpool1d", "maxpool", "maxpool3d")[axes - 1]
    return Entry(name, (*_windows(axes), *more), _max(name, axes), default, 1, outputs=_outputs)


def _average_entry(axes: int) -> Entry:
    name = f"averagePooling{axes}dLayer"
    parameters = (*_windows(axes), Parameter("PaddingValue", 0, _filled))
    return Entry(name, parameters, _average(name, axes), f"avgpool{axes}d", 1)


def _global(name: str, axes: int, mode: str) -> Parts:
    """Space stays, one pixel large; time, where it is pooled, goes."""

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        source = inputs[0]
        timed = windowed(name, axes, source)
        view = channel_view(source)
        if timed and spatial(source):
            return (Part(Unknown(f"{name} over space and time")),)
        if TIME in source.roles and not timed:
            return (Part(AdaptivePool(mode, (1,) * axes), view),)
        return (Part(GlobalPool(mode, not timed), view),)

    return parts


def _global_entry(axes: int, word: str, short: str) -> Entry:
    name = f"global{word}Pooling{axes}dLayer"
    default = (f"{short}1d", short, f"{short}3d")[axes - 1]
    return Entry(name, (), _global(name, axes, word.lower()), default)


def _adaptive_entry(axes: int) -> Entry:
    name = f"adaptiveAveragePooling{axes}dLayer"

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        timed = windowed(name, axes, inputs[0])
        kind = AdaptivePool("average", turned(arguments["OutputSize"], timed))
        return (Part(kind, channel_view(inputs[0])),)

    parameters = (Parameter("OutputSize", REQUIRED, sizes(axes)),)
    return Entry(name, parameters, parts, "adaptiveavgpool", 1)


def _unpool(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """The layer is told the sizes and not the windows, which are those that lead to the sizes."""
    source, _, before = inputs
    if not source.known or not before.known:
        return (Part(Unknown("maxUnpooling2dLayer of unknown sizes")),)
    places = spatial(source)
    target = [before.axes[place].dim for place in spatial(before)]
    if len(places) != 2 or len(target) != 2:
        raise RuleError(
            f"unpooling takes images, found {describe(source)}", hint="such as of imageInputLayer"
        )
    stride = tuple([_step(source, place, size) for place, size in zip(places, target, strict=True)])
    return (Part(MaxUnpool(stride, stride, (0, 0), tuple(target))),)


def _step(source: Tensor, place: int, target: Dim) -> int:
    size = source.axes[place].dim
    if type(size) is int and type(target) is int:
        return max(round(target / size), 1)
    return next((step for step in range(2, 9) if target // step == size), 2)


ENTRIES = (
    *[_max_entry(axes) for axes in (1, 2, 3)],
    *[_average_entry(axes) for axes in (1, 2, 3)],
    *[_global_entry(axes, "Max", "gmpool") for axes in (1, 2, 3)],
    *[_global_entry(axes, "Average", "gapool") for axes in (1, 2, 3)],
    *[_adaptive_entry(axes) for axes in (1, 2)],
    Entry(
        "maxUnpooling2dLayer",
        (),
        _unpool,
        "unpool",
        ports=lambda arguments: ("in", "indices", "size"),
        feeds=lambda arguments: (0, 1),
    ),
)

"""MATLAB's normalisation layers: scale and offset are one number per channel, whatever the rest."""

from __future__ import annotations

from typing import Any

from convwise.dialects.matlab.table.entry import Entry
from convwise.dialects.matlab.table.shapes import TIME, channel_view, must_have_channels, spatial
from convwise.dialects.matlab.table.values import (
    auto,
    count,
    learned,
    number,
    show,
    word,
)
from convwise.dialects.python.parameters import (
    REQUIRED,
    Arguments,
    Inputs,
    Parameter,
    Part,
    free,
)
from convwise.errors import RuleError
from convwise.graph.axes import Axis
from convwise.kinds.folded_time import BatchToTime, TimeToBatch
from convwise.kinds.layer_normalization import LayerNorm, LocalResponseNorm
from convwise.kinds.normalization import BatchNorm, GroupNorm, InstanceNorm
from convwise.kinds.rolling import Flip

_EPSILON = Parameter("Epsilon", 1e-5, number)
_CHANNELS = Parameter("NumChannels", None, auto(count))
_AFFINE = learned("Offset", "Scale")


def _batch(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """A decay is the share of the new statistics, a momentum that of the old ones."""
    must_have_channels(arguments, inputs)
    momentum = 1 - arguments["MeanDecay"]
    kind = BatchNorm(-1, epsilon=arguments["Epsilon"], momentum=momentum)
    return (Part(kind, channel_view(inputs[0])),)


def _group(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    must_have_channels(arguments, inputs)
    groups = {"all-channels": 1, "channel-wise": None}.get(
        arguments["NumGroups"], arguments["NumGroups"]
    )
    kind = GroupNorm(groups, -1, epsilon=arguments["Epsilon"])
    return (Part(kind, channel_view(inputs[0])),)


_GROUP_WORDS = word("all-channels", "channel-wise")


def _groups(value: Any, name: str) -> Any:
    return _GROUP_WORDS(value, name) if type(value) is str else count(value, name)


def _instance(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    must_have_channels(arguments, inputs)
    kind = InstanceNorm(True, False, arguments["Epsilon"])
    return (Part(kind, channel_view(inputs[0])),)


def _layer(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """Over more than the channels it is a group normalisation with a single group."""
    must_have_channels(arguments, inputs)
    source, epsilon = inputs[0], arguments["Epsilon"]
    over = arguments["OperationDimension"]
    space = spatial(source)
    if over == "auto":
        over = "channel-only" if len(space) < 2 else "spatial-channel"
    timed = TIME in source.roles
    if over == "channel-only" or not (space or (timed and over == "batch-excluded")):
        return (Part(LayerNorm((-1,), epsilon=epsilon)),)
    whole = GroupNorm(1, -1, epsilon=epsilon)
    if over == "batch-excluded" or not timed:
        return (Part(whole, channel_view(source)),)
    steps = Axis(TIME, source.dim(TIME))
    return (Part(TimeToBatch()), Part(whole), Part(BatchToTime(steps)))


def _cross_channel(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """x / (K + Alpha * sum of squares / size)^Beta: the mean square, where the kind has the sum.

    A window of an even size reaches one channel further behind than before. The kind's reaches
    further before: it is that of the channels in the other order.
    """
    size = arguments["WindowChannelSize"]
    kind = LocalResponseNorm(size, arguments["Alpha"] / size, arguments["Beta"], arguments["K"])
    if size % 2:
        return (Part(kind),)
    flip = Flip((-1,))
    return (Part(flip, (), "turn"), Part(kind), Part(flip, (), "turn back"))


def _decay(value: Any, name: str) -> float | int:
    if type(value) in (int, float) and 0 <= value <= 1:
        return value  # type: ignore[no-any-return]
    raise RuleError(f"{name} must be a number from 0 to 1, found {show(value)}")


ENTRIES = (
    Entry(
        "batchNormalizationLayer",
        (
            _EPSILON,
            Parameter("MeanDecay", 0.1, _decay),
            Parameter("VarianceDecay", 0.1, _decay),
            _CHANNELS,
            *_AFFINE,
            *free("TrainedMean", "TrainedVariance"),
        ),
        _batch,
        "batchnorm",
    ),
    Entry(
        "groupNormalizationLayer",
        (Parameter("NumGroups", REQUIRED, _groups), _EPSILON, _CHANNELS, *_AFFINE),
        _group,
        "groupnorm",
        1,
    ),
    Entry("instanceNormalizationLayer", (_EPSILON, _CHANNELS, *_AFFINE), _instance, "instancenorm"),
    Entry(
        "layerNormalizationLayer",
        (
            _EPSILON,
            _CHANNELS,
            Parameter(
                "OperationDimension",
                "auto",
                word("auto", "channel-only", "spatial-channel", "batch-excluded"),
            ),
            *_AFFINE,
        ),
        _layer,
        "layernorm",
    ),
    Entry(
        "crossChannelNormalizationLayer",
        (
            Parameter("WindowChannelSize", REQUIRED, count),
            Parameter("Alpha", 1e-4, number),
            Parameter("Beta", 0.75, number),
            Parameter("K", 2.0, number),
        ),
        _cross_channel,
        "crossnorm",
        1,
    ),
)

"""Arguments of MATLAB's layers: every spelling that is accepted, and every message."""

from __future__ import annotations

from typing import Any

import pytest

from convwise.dialects.matlab.table import index
from convwise.dialects.matlab.table.values import show
from convwise.errors import RuleError
from convwise.kinds.convolution import Convolution
from convwise.kinds.windows import Padding

from .called import Called, bound, data, refused

IMAGE = data("image", 25, 20, 7)
SEQUENCE = data("sequence", 50, 12)
VOLUME = data("volume", 12, 10, 8, 2)


def _padding(source: Any, name: str, kernel: Any, padding: Any) -> Padding:
    [kind] = Called((source,), name, kernel, 4, Padding=padding).kinds
    assert isinstance(kind, Convolution)
    return kind.padding


@pytest.mark.parametrize(
    ("given", "pairs"),
    [
        (1, ((1, 1), (1, 1))),
        ((1,), ((1, 1), (1, 1))),
        ((1, 2), ((1, 1), (2, 2))),
        ((1, 2, 3, 4), ((1, 2), (3, 4))),
        (((1, 3), (2, 4)), ((1, 2), (3, 4))),
    ],
)
def test_spellings_of_padding(given: Any, pairs: Any) -> None:
    """A scalar, [vertical horizontal], [top bottom left right], [top left; bottom right]."""
    assert _padding(IMAGE, "convolution2dLayer", 3, given) == Padding("explicit", pairs)


def test_padding_along_one_and_three_axes() -> None:
    one = _padding(SEQUENCE, "convolution1dLayer", 3, (1, 2))
    assert one == Padding("explicit", ((1, 2),))
    causal = _padding(SEQUENCE, "convolution1dLayer", 3, "causal")
    assert causal == Padding("explicit", ((2, 0),))
    matrix = ((1, 2, 3), (4, 5, 6))
    assert _padding(VOLUME, "convolution3dLayer", 3, matrix).amounts == ((1, 4), (2, 5), (3, 6))
    assert _padding(VOLUME, "convolution3dLayer", 3, (1, 2, 3)).amounts == ((1, 1), (2, 2), (3, 3))
    assert _padding(IMAGE, "convolution2dLayer", 3, "Same") == Padding("same")
    assert _padding(IMAGE, "convolution2dLayer", 3, 0) == Padding()


def test_values_of_padding() -> None:
    def mode(padding: Any, value: Any) -> list[str]:
        called = Called((IMAGE,), "convolution2dLayer", 3, 4, Padding=padding, PaddingValue=value)
        return [getattr(kind, "padding_mode", kind.name) for kind in called.kinds]

    assert mode(1, 0) == ["zeros"]
    assert mode(2, "replicate") == ["replicate"]
    assert mode("same", "symmetric-exclude-edge") == ["reflect"]
    assert mode(1, "symmetric-include-edge") == ["replicate"]
    assert mode(2, "symmetric-include-edge") == ["unknown", "zeros"]
    assert mode("same", 3) == ["pad", "zeros"]
    assert mode(0, "replicate") == ["zeros"]


def test_case_and_old_values() -> None:
    _, arguments = bound("lstmLayer", 8, OutputMode="LAST")
    assert arguments["OutputMode"] == "last"
    _, arguments = bound("maxPooling2dLayer", 2, HasUnpoolingOutputs=1)
    assert arguments["HasUnpoolingOutputs"] is True
    _, arguments = bound("convolution2dLayer", 3, 8, NumChannels="auto", BiasLearnRateFactor=2)
    assert arguments["NumChannels"] is None
    _, arguments = bound("inputLayer", (float("nan"), 3), "bc")
    assert arguments["InputFormat"] == "BC"


def test_values_are_shown_as_matlab_writes_them() -> None:
    shown = [show(one) for one in ((3, 3), ((1, 2), (3, 4)), True, "same", 0.5, [1, "a"])]
    assert shown == ["[3 3]", "[1 2; 3 4]", "true", "'same'", "0.5", "{1, 'a'}"]


#: (input, layer, positional, named, in the message, in the hint)
REFUSED: list[tuple[Any, str, tuple[Any, ...], dict[str, Any], str, str]] = [
    (IMAGE, "convolution2dLayer", (3, 0), {}, "NumFilters must be a positive integer, found 0", ""),
    (
        IMAGE,
        "convolution2dLayer",
        ((3, 3, 3), 4),
        {},
        "FilterSize must be an integer or 2 integers of at least 1, found [3 3 3]",
        "such as 3 or [3 3]",
    ),
    (
        IMAGE,
        "convolution2dLayer",
        (3, 4),
        {"Padding": (1, 2, 3)},
        "Padding must be p, [vertical horizontal] or [top bottom left right] of integers from 0",
        "'same'",
    ),
    (
        IMAGE,
        "convolution2dLayer",
        (3, 4),
        {"Padding": "smae"},
        "Padding must be one of 'same', found 'smae'",
        "did you mean 'same'?",
    ),
    (
        IMAGE,
        "convolution2dLayer",
        (3, 4),
        {"NumChannels": 3},
        "NumChannels is 3, the input (None, 25, 20, 7) has 7 channels",
        "leave NumChannels out",
    ),
    (
        IMAGE,
        "convolution3dLayer",
        (3, 4),
        {},
        "convolution3dLayer slides over 3 axes, its input (None, 25, 20, 7) has 2 of space",
        "did you mean convolution2dLayer?",
    ),
    (
        SEQUENCE,
        "maxPooling2dLayer",
        (2,),
        {},
        "maxPooling2dLayer slides over 2 axes, its input (None, 50, 12) has 0 of space and time",
        "did you mean maxPooling1dLayer?",
    ),
    (
        IMAGE,
        "convolution2dLayer",
        (30, 4),
        {},
        "kernel 30 is larger than its input 25 along height",
        "the smallest input",
    ),
    (
        IMAGE,
        "groupedConvolution2dLayer",
        (3, 2, "channelwise"),
        {},
        "NumGroups must be a positive integer or 'channel-wise', found 'channelwise'",
        "did you mean 'channel-wise'?",
    ),
    (
        IMAGE,
        "groupedConvolution2dLayer",
        (3, 2, 3),
        {},
        "7 input channels do not split into 3 groups",
        "groups must divide",
    ),
    (IMAGE, "dropoutLayer", (50,), {}, "Probability must be a number from 0 to 1, found 50", "0.5"),
    (IMAGE, "eluLayer", ("x",), {}, "Alpha must be a number, found 'x'", "0.1"),
    (
        IMAGE,
        "maxPooling2dLayer",
        (2,),
        {"HasUnpoolingOutputs": "yes"},
        "HasUnpoolingOutputs must be true or false, found 'yes'",
        "true or 1",
    ),
    (
        IMAGE,
        "averagePooling2dLayer",
        (2,),
        {"PaddingValue": 3},
        "PaddingValue must be 0 or 'mean', found 3",
        "",
    ),
    (
        IMAGE,
        "batchNormalizationLayer",
        (),
        {"MeanDecay": 2},
        "MeanDecay must be a number from 0 to 1, found 2",
        "",
    ),
    (IMAGE, "groupNormalizationLayer", (2,), {}, "7 channels do not split into 2 groups", ""),
    (
        SEQUENCE,
        "selfAttentionLayer",
        (3, 16),
        {},
        "16 NumKeyChannels do not split into 3 heads",
        "multiple of NumHeads",
    ),
    (
        IMAGE,
        "resize2dLayer",
        (),
        {},
        "a resize layer takes one of OutputSize, Scale and EnableReferenceInput",
        "'Scale', 2",
    ),
    (
        IMAGE,
        "resize2dLayer",
        (),
        {"Scale": -1},
        "Scale must be a positive number or 2 of them, found -1",
        "",
    ),
    (
        SEQUENCE,
        "positionEmbeddingLayer",
        (12, 40),
        {},
        "there are 50 positions and at most 40 are embedded",
        "set MaxPosition to 50",
    ),
    (
        IMAGE,
        "positionEmbeddingLayer",
        (12, 40),
        {},
        "positions are those of one axis, the input (None, 25, 20, 7) has 2 in space",
        "flatten",
    ),
    (
        IMAGE,
        "patchEmbeddingLayer",
        ((5, 5, 5), 8),
        {},
        "patches [5 5 5] have 3 axes, the input (None, 25, 20, 7) has 2 in space",
        "one number",
    ),
    (
        IMAGE,
        "sequenceFoldingLayer",
        (),
        {},
        "only a sequence can be folded, the input is (None, 25, 20, 7)",
        "sequenceInputLayer",
    ),
    (
        SEQUENCE,
        "wordEmbeddingLayer",
        (10, 5),
        {},
        "wordEmbeddingLayer takes a sequence of word numbers, found (None, 50, 12)",
        "sequenceInputLayer(1)",
    ),
    (IMAGE, "convolution2dLayer", (3,), {}, "convolution2dLayer needs NumFilters", ""),
    (
        IMAGE,
        "convolution2dLayer",
        (3, 4),
        {"Paddin": 1},
        "convolution2dLayer has no argument Paddin",
        "did you mean Padding?",
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case[1]}-{case[4][:40]}")
def test_messages(case: Any) -> None:
    source, name, args, named, message, hint = case
    error = refused((source,), name, *args, **named)
    assert message in error.message
    assert hint in (error.hint or "")


def _not_taken(name: str, *args: Any) -> RuleError:
    with pytest.raises(RuleError) as caught:
        bound(name, *args)
    return caught.value


def test_messages_of_input_layers() -> None:
    error = _not_taken("imageInputLayer", 28)
    assert error.message == "InputSize must be 2 or 3 positive integers, found 28"
    assert error.hint == "such as [28 28 1]"
    error = _not_taken("inputLayer", (1, 2), "XB")
    assert error.message == "InputFormat must be letters of S, C, B and T, found 'XB'"
    error = _not_taken("inputLayer", (1, 2, 3), "CB")
    assert error.message == "there are 3 sizes and the format CB has 2 letters"
    error = _not_taken("inputLayer", (1, "a"), "CB")
    assert error.message == "InputSize must be positive integers or NaN, found [1 'a']"


def test_messages_of_layers_with_several_inputs() -> None:
    assert (
        _not_taken("depthConcatenationLayer", 1).message == "NumInputs must be 2 or more, found 1"
    )
    error = refused((IMAGE, IMAGE), "concatenationLayer", 5, 2)
    assert error.message == "dimension 5 does not exist in the input (None, 25, 20, 7)"
    error = refused((IMAGE, data("image", 25, 20, 9)), "additionLayer", 2)
    assert error.message == "channel 7 and 9 do not add"
    error = refused((IMAGE, data("image", 9, 8, 1)), "crop2dLayer", (15, 3))
    assert "a crop to 8 pixels from pixel 15 on is larger than its input 20" in error.message
    error = refused((IMAGE, data("image", 40, 8, 1)), "crop2dLayer", "centercrop")
    assert "a centre crop to 40 is larger than its input 25 along height" in error.message


@pytest.mark.parametrize("name", index.names())
def test_strange_values_end_in_an_error_or_not_at_all(name: str) -> None:
    entry = index.find(name)
    assert entry is not None
    strange = (None, -1, 0.5, "", "x", (), (0,), ((1, 2), (3,)), [], float("nan"), 10**30, True)
    tried = 0
    for parameter in entry.parameters:
        if parameter.check is None:
            continue
        for value in strange:
            tried += 1
            try:
                parameter.check(value, parameter.name)
            except RuleError as error:
                assert parameter.name in error.message or error.hint
    assert tried % len(strange) == 0

"""Every layer of MATLAB's table: what comes out, how much it learns, and Keras's equal layers."""

from __future__ import annotations

from typing import Any

import pytest

from convwise.dialects.matlab.table import index
from convwise.dialects.matlab.table.entry import weight_name
from convwise.graph.axes import Tensor
from convwise.kinds.source import Unknown

from .called import Called, InKeras, bound, data

IMAGE = data("image", 25, 20, 7)
VOLUME = data("volume", 12, 10, 8, 2)
SEQUENCE = data("sequence", 50, 12)
FILM = data("film", 6, 25, 20, 7)
FEATURES = data("features", 30)

#: (input, layer, positional, named, output without the batch, learnables)
CALLS: list[tuple[Any, str, tuple[Any, ...], dict[str, Any], tuple[int, ...], int]] = [
    (IMAGE, "convolution2dLayer", (5, 15), {}, (21, 16, 15), 2640),
    (IMAGE, "convolution2dLayer", ((5, 3), 4), {"Stride": (2, 3)}, (11, 6, 4), 424),
    (IMAGE, "convolution2dLayer", (3, 4), {"Stride": 2, "Padding": "same"}, (13, 10, 4), 256),
    (IMAGE, "convolution2dLayer", (3, 4), {"Padding": (1, 2)}, (25, 22, 4), 256),
    (IMAGE, "convolution2dLayer", (3, 4), {"Padding": (0, 1, 2, 3)}, (24, 23, 4), 256),
    (IMAGE, "convolution2dLayer", (3, 4), {"DilationFactor": (2, 3)}, (21, 14, 4), 256),
    (IMAGE, "convolution2dLayer", (3, 4), {"Padding": 1, "PaddingValue": 2.5}, (25, 20, 4), 256),
    (FILM, "convolution2dLayer", (3, 4), {}, (6, 23, 18, 4), 256),
    (VOLUME, "convolution3dLayer", (3, 4), {"Padding": "same"}, (12, 10, 8, 4), 220),
    (
        VOLUME,
        "convolution3dLayer",
        ((3, 3, 2), 4),
        {"Padding": ((1, 0, 0), (1, 1, 1))},
        (12, 9, 8, 4),
        148,
    ),
    (FILM, "convolution3dLayer", ((3, 5, 2), 4), {}, (5, 23, 16, 4), 844),
    (SEQUENCE, "convolution1dLayer", (5, 4), {"Padding": "causal"}, (50, 4), 244),
    (SEQUENCE, "convolution1dLayer", (5, 4), {"Padding": (1, 2), "Stride": 2}, (25, 4), 244),
    (IMAGE, "groupedConvolution2dLayer", (3, 2, 7), {"Padding": 1}, (25, 20, 14), 140),
    (IMAGE, "groupedConvolution2dLayer", (3, 2, "channel-wise"), {}, (23, 18, 14), 140),
    (IMAGE, "transposedConv2dLayer", (4, 3), {"Stride": 2}, (52, 42, 3), 339),
    (IMAGE, "transposedConv2dLayer", (3, 3), {"Stride": 2, "Cropping": "same"}, (50, 40, 3), 192),
    (IMAGE, "transposedConv2dLayer", (4, 3), {"Stride": 2, "Cropping": (1, 0)}, (50, 42, 3), 339),
    (VOLUME, "transposedConv3dLayer", (2, 3), {"Stride": (2, 1, 3)}, (24, 11, 23, 3), 51),
    (SEQUENCE, "transposedConv1dLayer", (4, 3), {"Stride": 2, "Cropping": (1, 0)}, (101, 3), 147),
    (IMAGE, "maxPooling2dLayer", (2,), {}, (24, 19, 7), 0),
    (IMAGE, "maxPooling2dLayer", (2,), {"Padding": "same"}, (25, 20, 7), 0),
    (IMAGE, "maxPooling2dLayer", ((3, 2),), {"Stride": 2, "Padding": (0, 1, 0, 1)}, (12, 10, 7), 0),
    (VOLUME, "maxPooling3dLayer", ((2, 2, 1),), {"Stride": 2}, (6, 5, 4, 2), 0),
    (SEQUENCE, "maxPooling1dLayer", (3,), {"Stride": 3}, (16, 12), 0),
    (IMAGE, "averagePooling2dLayer", (3,), {"Stride": 2, "Padding": 1}, (13, 10, 7), 0),
    (SEQUENCE, "averagePooling1dLayer", (3,), {}, (48, 12), 0),
    (VOLUME, "averagePooling3dLayer", (2,), {}, (11, 9, 7, 2), 0),
    (IMAGE, "globalAveragePooling2dLayer", (), {}, (1, 1, 7), 0),
    (FILM, "globalMaxPooling2dLayer", (), {}, (6, 1, 1, 7), 0),
    (SEQUENCE, "globalMaxPooling1dLayer", (), {}, (12,), 0),
    (VOLUME, "globalAveragePooling3dLayer", (), {}, (1, 1, 1, 2), 0),
    (IMAGE, "adaptiveAveragePooling2dLayer", ((5, 4),), {}, (5, 4, 7), 0),
    (SEQUENCE, "adaptiveAveragePooling1dLayer", (10,), {}, (10, 12), 0),
    (IMAGE, "fullyConnectedLayer", (10,), {}, (10,), 35010),
    (FILM, "fullyConnectedLayer", (10,), {}, (6, 10), 35010),
    (SEQUENCE, "fullyConnectedLayer", (10,), {}, (50, 10), 130),
    (FEATURES, "fullyConnectedLayer", (10,), {}, (10,), 310),
    (IMAGE, "flattenLayer", (), {}, (3500,), 0),
    (FILM, "flattenLayer", (), {}, (6, 3500), 0),
    (SEQUENCE, "flattenLayer", (), {}, (50, 12), 0),
    (data("sequence", 50, 1), "wordEmbeddingLayer", (30, 99), {}, (50, 30), 3000),
    (data("sequence", 50, 1), "wordEmbeddingLayer", (30, 99), {"OOVMode": "error"}, (50, 30), 2970),
    (IMAGE, "batchNormalizationLayer", (), {}, (25, 20, 7), 14),
    (IMAGE, "groupNormalizationLayer", (7,), {}, (25, 20, 7), 14),
    (IMAGE, "groupNormalizationLayer", ("all-channels",), {}, (25, 20, 7), 14),
    (IMAGE, "instanceNormalizationLayer", (), {}, (25, 20, 7), 14),
    (IMAGE, "layerNormalizationLayer", (), {}, (25, 20, 7), 14),
    (SEQUENCE, "layerNormalizationLayer", (), {}, (50, 12), 24),
    (FILM, "layerNormalizationLayer", (), {}, (6, 25, 20, 7), 14),
    (IMAGE, "crossChannelNormalizationLayer", (5,), {}, (25, 20, 7), 0),
    (IMAGE, "crossChannelNormalizationLayer", (4,), {}, (25, 20, 7), 0),
    (IMAGE, "preluLayer", (), {}, (25, 20, 7), 7),
    (SEQUENCE, "lstmLayer", (100,), {}, (50, 100), 45200),
    (SEQUENCE, "lstmLayer", (100,), {"OutputMode": "last"}, (100,), 45200),
    (SEQUENCE, "bilstmLayer", (100,), {}, (50, 200), 90400),
    (SEQUENCE, "gruLayer", (10,), {}, (50, 10), 690),
    (FILM, "lstmLayer", (4,), {"OutputMode": "last"}, (4,), 56080),
    (SEQUENCE, "selfAttentionLayer", (4, 16), {"NumValueChannels": 8}, (50, 12), 628),
    (SEQUENCE, "positionEmbeddingLayer", (12, 100), {}, (50, 12), 1200),
    (IMAGE, "patchEmbeddingLayer", (5, 16), {}, (20, 16), 2816),
    (FILM, "sequenceFoldingLayer", (), {}, (25, 20, 7), 0),
    (IMAGE, "resize2dLayer", (), {"Scale": 2}, (50, 40, 7), 0),
    (IMAGE, "resize2dLayer", (), {"Scale": (0.5, 1.5)}, (12, 30, 7), 0),
    (IMAGE, "resize2dLayer", (), {"OutputSize": (30, 10), "Method": "bilinear"}, (30, 10, 7), 0),
    (VOLUME, "resize3dLayer", (), {"Scale": 2, "Method": "trilinear"}, (24, 20, 16, 2), 0),
    (data("image", 4, 6, 12), "depthToSpace2dLayer", (2,), {}, (8, 12, 3), 0),
    (data("image", 5, 6, 3), "spaceToDepthLayer", (2,), {}, (2, 3, 12), 0),
    (SEQUENCE, "indexing1dLayer", ("last",), {}, (12,), 0),
    (IMAGE, "spatialDropoutLayer", (0.1,), {}, (25, 20, 7), 0),
]

#: Layers without learnables whose output is as large as their input.
PLAIN = {
    **dict.fromkeys(
        (
            *("reluLayer", "leakyReluLayer", "eluLayer", "geluLayer", "swishLayer", "tanhLayer"),
            *("sigmoidLayer", "softplusLayer", "softmaxLayer", "dropoutLayer", "identityLayer"),
            *("classificationLayer", "regressionLayer", "pixelClassificationLayer"),
            *("dicePixelClassificationLayer", "tverskyPixelClassificationLayer", "focalLossLayer"),
        ),
        (),
    ),
    "clippedReluLayer": (6,),
}


def _id(case: Any) -> str:
    return f"{case[1]}-{case[2]}-{case[3]}-{len(case[0].axes)}"


@pytest.mark.parametrize("case", CALLS, ids=_id)
def test_sizes_and_learnables(case: Any) -> None:
    source, name, args, named, shape, learnables = case
    called = Called((source,), name, *args, **named)
    assert called.outputs[0].shape[len(called.outputs[0].shape) - len(shape) :] == shape
    assert called.learnables == learnables


@pytest.mark.parametrize("name", PLAIN)
def test_sizes_stay(name: str) -> None:
    called = Called((IMAGE,), name, *PLAIN[name])
    assert called.outputs == (IMAGE,)
    assert called.learnables == 0


def _several(name: str, *args: Any, inputs: tuple[Tensor, ...]) -> Called:
    entry, arguments = bound(name, *args)
    assert entry.ports(arguments) == tuple([f"in{n + 1}" for n in range(len(inputs))])
    return Called(inputs, name, *args)


def test_layers_of_several_inputs() -> None:
    assert _several("additionLayer", 3, inputs=(IMAGE,) * 3).shape == (25, 20, 7)
    assert _several("multiplicationLayer", 2, inputs=(IMAGE,) * 2).shape == (25, 20, 7)
    assert _several("depthConcatenationLayer", 2, inputs=(IMAGE,) * 2).shape == (25, 20, 14)
    sizes = [_several("concatenationLayer", d, 2, inputs=(IMAGE,) * 2).shape for d in (1, 2, 3)]
    assert sizes == [(50, 20, 7), (25, 40, 7), (25, 20, 14)]
    assert _several("concatenationLayer", 1, 2, inputs=(SEQUENCE,) * 2).shape == (50, 24)
    assert _several("concatenationLayer", 3, 2, inputs=(SEQUENCE,) * 2).shape == (100, 12)
    assert _several("concatenationLayer", 4, 2, inputs=(VOLUME,) * 2).shape == (12, 10, 8, 4)
    assert _several("concatenationLayer", 1, 2, inputs=(FEATURES,) * 2).shape == (60,)


def test_layers_that_need_only_the_size_of_another() -> None:
    small = data("image", 9, 8, 3)
    assert Called((IMAGE, small), "crop2dLayer", "centercrop").shape == (9, 8, 7)
    [crop] = Called((IMAGE, small), "crop2dLayer", (3, 5)).canonical
    assert crop.amounts == (("height", (4, 12)), ("width", (2, 10)))  # type: ignore[attr-defined]
    called = Called((IMAGE, small), "resize2dLayer", EnableReferenceInput=True)
    assert called.shape == (9, 8, 7)
    pooled = Called((IMAGE,), "maxPooling2dLayer", 2, Stride=2, HasUnpoolingOutputs=True)
    entry, arguments = bound("maxPooling2dLayer", 2, Stride=2, HasUnpoolingOutputs=True)
    assert entry.outputs(arguments) == ("out", "indices", "size")
    back = Called((*pooled.outputs, IMAGE), "maxUnpooling2dLayer")
    assert pooled.shape == (12, 10, 7)
    assert back.shape == (25, 20, 7)
    folded = Called((FILM,), "sequenceFoldingLayer").outputs[0]
    assert Called((folded, FILM), "sequenceUnfoldingLayer").outputs[0] == FILM


def test_input_layers() -> None:
    def enters(name: str, *args: Any) -> Tensor:
        entry, arguments = bound(name, *args)
        assert entry.source
        assert entry.ports(arguments) == ()
        return entry.enters(arguments)

    assert enters("imageInputLayer", (25, 20, 7)) == IMAGE
    assert enters("imageInputLayer", (25, 20)) == data("image", 25, 20, 1)
    assert enters("image3dInputLayer", (12, 10, 8, 2)) == VOLUME
    assert enters("featureInputLayer", 30) == FEATURES
    steps = enters("sequenceInputLayer", 12)
    assert steps.roles == SEQUENCE.roles
    assert str(steps.dim("time")) == "T"
    assert enters("sequenceInputLayer", (25, 20, 7)).roles == FILM.roles
    assert enters("inputLayer", (25, 20, 7, float("nan")), "SSCB") == IMAGE
    assert enters("inputLayer", (12, float("nan"), 50), "CBT") == SEQUENCE
    assert enters("inputLayer", (float("nan"), 30), "BC") == FEATURES


#: The same operation in MATLAB and in Keras; canonical forms must agree.
TWINS: list[tuple[Any, tuple[Any, ...], tuple[Any, ...]]] = [
    (
        IMAGE,
        ("convolution2dLayer", 3, 8, {"Padding": "same", "Stride": 2}),
        ("Conv2D", 8, 3, {"padding": "same", "strides": 2}),
    ),
    (
        SEQUENCE,
        ("convolution1dLayer", 3, 8, {"Padding": "causal", "DilationFactor": 4}),
        ("Conv1D", 8, 3, {"padding": "causal", "dilation_rate": 4}),
    ),
    (
        IMAGE,
        ("groupedConvolution2dLayer", 3, 2, "channel-wise", {}),
        ("DepthwiseConv2D", 3, {"depth_multiplier": 2}),
    ),
    (
        IMAGE,
        ("transposedConv2dLayer", 3, 8, {"Stride": 2, "Cropping": "same"}),
        ("Conv2DTranspose", 8, 3, {"padding": "same", "strides": 2}),
    ),
    (
        IMAGE,
        ("transposedConv2dLayer", 2, 8, {"Stride": 3, "Cropping": "same"}),
        ("Conv2DTranspose", 8, 2, {"padding": "same", "strides": 3}),
    ),
    (
        IMAGE,
        ("maxPooling2dLayer", 2, {"Padding": "same"}),
        ("MaxPooling2D", 2, {"strides": 1, "padding": "same"}),
    ),
    (IMAGE, ("averagePooling2dLayer", 2, {}), ("AveragePooling2D", 2, {"strides": 1})),
    (
        IMAGE,
        ("averagePooling2dLayer", 2, {"Padding": "same", "PaddingValue": "mean"}),
        ("AveragePooling2D", 2, {"strides": 1, "padding": "same"}),
    ),
    (SEQUENCE, ("globalMaxPooling1dLayer", {}), ("GlobalMaxPooling1D", {})),
    (IMAGE, ("globalMaxPooling2dLayer", {}), ("GlobalMaxPooling2D", {"keepdims": True})),
    (FEATURES, ("fullyConnectedLayer", 4, {}), ("Dense", 4, {})),
    (
        IMAGE,
        ("batchNormalizationLayer", {}),
        ("BatchNormalization", {"epsilon": 1e-5, "momentum": 0.9}),
    ),
    (
        SEQUENCE,
        ("layerNormalizationLayer", {}),
        ("LayerNormalization", {"epsilon": 1e-5}),
    ),
    (
        IMAGE,
        ("groupNormalizationLayer", "channel-wise", {}),
        ("GroupNormalization", -1, {"epsilon": 1e-5}),
    ),
    (SEQUENCE, ("lstmLayer", 9, {"OutputMode": "last"}), ("LSTM", 9, {})),
    (
        SEQUENCE,
        ("gruLayer", 9, {"ResetGateMode": "recurrent-bias-after-multiplication"}),
        ("GRU", 9, {"return_sequences": True}),
    ),
    (
        SEQUENCE,
        ("gruLayer", 9, {"ResetGateMode": "before-multiplication"}),
        ("GRU", 9, {"return_sequences": True, "reset_after": False}),
    ),
    (IMAGE, ("preluLayer", {}), ("PReLU", {"shared_axes": (1, 2)})),
    (IMAGE, ("clippedReluLayer", 6, {}), ("ReLU", 6.0, {})),
    (IMAGE, ("leakyReluLayer", 0.3, {}), ("LeakyReLU", {})),
    (IMAGE, ("eluLayer", {}), ("ELU", {})),
    (IMAGE, ("softmaxLayer", {}), ("Softmax", {})),
    (IMAGE, ("dropoutLayer", {}), ("Dropout", 0.5, {})),
    (IMAGE, ("spatialDropoutLayer", 0.2, {}), ("SpatialDropout2D", 0.2, {})),
    (IMAGE, ("resize2dLayer", {"Scale": 2}), ("UpSampling2D", 2, {})),
    (data("image", 25, 20, 8), ("depthToSpace2dLayer", 2, {}), ("Dense", 0, {})),
]


@pytest.mark.parametrize("case", TWINS[:-1], ids=lambda case: f"{case[1][0]}-{case[1][-1]}")
def test_equal_layers_are_the_same_kinds_as_in_keras(case: Any) -> None:
    source, ours, theirs = case
    one = Called((source,), *ours[:-1], **ours[-1])
    two = InKeras((source,), *theirs[:-1], **theirs[-1])
    assert one.canonical == two.canonical
    assert one.outputs == two.outputs


def test_a_default_stride_of_keras_is_another_network() -> None:
    one = Called((IMAGE,), "maxPooling2dLayer", 2)
    two = InKeras((IMAGE,), "MaxPooling2D", 2)
    assert one.canonical != two.canonical
    assert (one.shape, two.shape) == ((24, 19, 7), (12, 10, 7))


#: What a layer can say and no kind can: reported, never guessed.
UNKNOWN = [
    (IMAGE, "convolution2dLayer", (5, 4), {"Padding": 2, "PaddingValue": "symmetric-include-edge"}),
    (IMAGE, "resize2dLayer", (), {"Scale": 2, "GeometricTransformMode": "asymmetric"}),
    (IMAGE, "resize2dLayer", (), {"Scale": 2, "NearestRoundingMode": "floor"}),
    (IMAGE, "depthToSpace2dLayer", ((1, 7),), {}),
    (SEQUENCE, "lstmLayer", (9,), {"GateActivationFunction": "hard-sigmoid"}),
    (SEQUENCE, "bilstmLayer", (9,), {"HasStateOutputs": True}),
    (SEQUENCE, "selfAttentionLayer", (2, 8), {"HasPaddingMaskInput": True}),
    (SEQUENCE, "functionLayer", (None,), {}),
]


@pytest.mark.parametrize("case", UNKNOWN, ids=lambda case: f"{case[1]}-{case[3]}")
def test_what_is_not_known_is_said(case: Any) -> None:
    source, name, args, named = case
    called = Called((source,), name, *args, **named)
    assert isinstance(called.kinds[0], Unknown)
    assert called.kinds[0].what.startswith((name, "the function"))


def test_every_layer_is_tried_here() -> None:
    tried = {case[1] for case in (*CALLS, *UNKNOWN)} | PLAIN.keys()
    several = {"additionLayer", "multiplicationLayer", "concatenationLayer"}
    several |= {"depthConcatenationLayer", "crop2dLayer", "maxUnpooling2dLayer"}
    several |= {name for name in index.names() if "InputLayer" in name or name == "inputLayer"}
    others = {"sequenceUnfoldingLayer", "globalAveragePooling1dLayer", "globalMaxPooling3dLayer"}
    others |= {"crop3dLayer", "attentionLayer", "sinusoidalPositionEncodingLayer"}
    assert set(index.names()) == tried | several | others


def test_three_more() -> None:
    assert Called((SEQUENCE,), "globalAveragePooling1dLayer").shape == (12,)
    assert Called((VOLUME,), "globalMaxPooling3dLayer").shape == (1, 1, 1, 2)
    small = data("volume", 4, 4, 4, 1)
    assert Called((VOLUME, small), "crop3dLayer", "centercrop").shape == (4, 4, 4, 2)
    assert Called((SEQUENCE,) * 3, "attentionLayer", 1).shape == (50, 12)
    assert Called((SEQUENCE,), "sinusoidalPositionEncodingLayer", 12).shape == (50, 12)


def test_weights_have_matlabs_names() -> None:
    convolution, _ = bound("convolution2dLayer", 3, 8)
    norm, _ = bound("batchNormalizationLayer")
    lstm, _ = bound("bilstmLayer", 8)
    attention, _ = bound("selfAttentionLayer", 2, 8)
    assert [weight_name(convolution, one) for one in ("kernel", "bias")] == ["Weights", "Bias"]
    roles = ("gamma", "beta", "moving_mean", "moving_variance")
    names = ["Scale", "Offset", "TrainedMean", "TrainedVariance"]
    assert [weight_name(norm, one) for one in roles] == names
    assert weight_name(lstm, "recurrent_kernel") == "RecurrentWeights"
    assert weight_name(lstm, "kernel_reverse") == "InputWeights (backward)"
    assert weight_name(attention, "query_kernel") == "QueryWeights"
    assert weight_name(convolution, "part/kernel") == "part/Weights"

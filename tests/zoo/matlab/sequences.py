"""The zoo's networks over sequences, restated for the sheet; `STEPS` time steps each."""

from __future__ import annotations

from .worked_out import Sheet, Size

STEPS = 64


def sequence_lstm() -> Sheet:
    s = Sheet()
    x = s.sequence("sequenceinput", STEPS, 12)
    x = s.lstm("biLSTM", x, 100, both=True)
    x = s.same("dropout", x, "dropoutLayer")
    x = s.lstm("lstm", x, 100, "last")
    x = s.connected("fc", x, 9)
    s.chain(x, ("softmax", "softmaxLayer"), ("classoutput", "classificationLayer"))
    return s


def text_conv() -> Sheet:
    s = Sheet()
    tokens = s.sequence("tokens", STEPS, 1)
    words = s.words("emb", tokens, 100, 5000)
    ends = []
    for n in (2, 3, 4, 5):
        x = s.conv(f"conv{n}", words, n, 200, pad="same")
        x = s.normalised(f"bn{n}", x, "batch")
        x = s.chain(x, (f"relu{n}", "reluLayer"), (f"drop{n}", "dropoutLayer"))
        ends.append(s.everywhere(f"max{n}", x, "Max"))
    x = s.joined("cat", "concatenationLayer", *ends)
    x = s.connected("fc", x, 4)
    s.same("soft", x, "softmaxLayer")
    return s


def tcn() -> Sheet:
    s = Sheet()
    last = s.sequence("input", STEPS, 3)
    for i in (1, 2, 3, 4):
        x = s.conv(f"conv1_{i}", last, 5, 32, pad="causal", dilation=2 ** (i - 1))
        x = s.normalised(f"norm1_{i}", x, "layer")
        x = s.same(f"drop1_{i}", x, "spatialDropoutLayer")
        x = s.conv(f"conv2_{i}", x, 5, 32, pad="causal", dilation=2 ** (i - 1))
        x = s.normalised(f"norm2_{i}", x, "layer")
        x = s.chain(x, (f"relu_{i}", "reluLayer"), (f"drop2_{i}", "spatialDropoutLayer"))
        if i == 1:
            s.conv("convSkip", last, 1, 32)
        last = s.same(f"add_{i}", x, "additionLayer")
    x = s.connected("fc", last, 5)
    s.same("softmax", x, "softmaxLayer")
    return s


def gru_regression() -> Sheet:
    s = Sheet()
    x = s.sequence("sequenceinput", STEPS, 17)
    x = s.gru("gru_1", x, 32)
    x = s.gru("gru_2", x, 24)
    x = s.gru("gru_3", x, 16, "last", biases=2)
    x = s.connected("fc", x, 1)
    s.same("regressionoutput", x, "regressionLayer")
    return s


def ecg_conv1d() -> Sheet:
    s = Sheet()
    x = s.sequence("sequenceinput", STEPS, 2)
    x = s.same("relu_1", s.conv("conv1d_1", x, 9, 16, 2, "same"), "reluLayer")
    x = s.pool("maxpool1d", x, "max", 3, 2, ((0, 1),))
    x = s.same("relu_2", s.conv("conv1d_2", x, 5, 32, pad=((4, 0),)), "reluLayer")
    x = s.pool("avgpool1d", x, "average", 2, 2)
    x = s.same("relu_3", s.conv("conv1d_3", x, 3, 32, dilation=2), "reluLayer")
    x = s.transposed("transposed-conv1d", x, 4, 16, 2, 1)
    x = s.everywhere("gapool1d", x, "Average")
    x = s.connected("fc", x, 4)
    s.chain(x, ("softmax", "softmaxLayer"), ("classoutput", "classificationLayer"))
    return s


def transformer_encoder() -> Sheet:
    s = Sheet()
    tokens = s.sequence("tokens", STEPS, 1)
    words = s.words("words", tokens, 64, 3000)
    s.put("positions", "positionEmbeddingLayer", s.sizes[words], 64 * 128)
    embed = s.same("embed", words, "additionLayer")
    x = s.attention("attention", embed, 4, 64)
    x = s.same("add1", x, "additionLayer")
    norm = s.normalised("norm1", x, "layer")
    x = s.same("gelu", s.connected("wide", norm, 256), "geluLayer")
    x = s.connected("narrow", x, 64)
    x = s.same("add2", x, "additionLayer")
    x = s.normalised("norm2", x, "layer")
    x = s.put("first", "indexing1dLayer", Size((), 64))
    x = s.connected("fc", x, 2)
    s.same("softmax", x, "softmaxLayer")
    return s


def video_lstm() -> Sheet:
    s = Sheet()
    x = s.sequence("video", STEPS, 32, 24, 3)
    size = s.sizes[x]
    x = s.put("fold", "sequenceFoldingLayer", size._replace(steps=0, folded=STEPS))
    x = s.conv("conv", x, 5, 10, 2, "same")
    x = s.normalised("bn", x, "batch")
    x = s.same("relu", x, "reluLayer")
    x = s.pool("pool", x, "average", 2, 2)
    size = s.sizes[x]
    x = s.put("unfold", "sequenceUnfoldingLayer", size._replace(steps=STEPS, folded=1))
    x = s.put("flatten", "flattenLayer", Size((), size.features, STEPS))
    x = s.lstm("lstm", x, 40, "last")
    x = s.connected("fc", x, 7)
    s.chain(x, ("softmax", "softmaxLayer"), ("classification", "classificationLayer"))
    return s

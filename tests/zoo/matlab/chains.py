"""The zoo's networks that are one chain of layers, restated for the sheet of `worked_out`."""

from __future__ import annotations

from .worked_out import Sheet


def digits() -> Sheet:
    s = Sheet()
    x = s.image("imageinput", 28, 28, 1)
    for n, filters in enumerate((8, 16, 32), 1):
        x = s.conv(f"conv_{n}", x, 3, filters, pad="same")
        x = s.normalised(f"batchnorm_{n}", x, "batch")
        x = s.same(f"relu_{n}", x, "reluLayer")
        if n < 3:
            x = s.pool(f"maxpool_{n}", x, "max", 2, 2)
    x = s.connected("fc", x, 10)
    s.chain(x, ("softmax", "softmaxLayer"), ("classoutput", "classificationLayer"))
    return s


def dncnn() -> Sheet:
    s = Sheet()
    x = s.image("InputLayer", 50, 50, 1)
    for k in range(1, 21):
        x = s.conv(f"Conv{k}", x, 3, 1 if k == 20 else 64, pad=1)
        if 1 < k < 20:
            x = s.normalised(f"BNorm{k}", x, "batch")
        if k < 20:
            x = s.same(f"ReLU{k}", x, "reluLayer")
    s.same("FinalRegressionLayer", x, "regressionLayer")
    return s


def vgg_functions() -> Sheet:
    s = Sheet()
    x = s.image("input", 64, 64, 3)
    for block, filters in enumerate((32, 64, 128), 1):
        for c in range(1, block + 1):
            x = s.conv(f"conv{block}_{c}", x, 3, filters, pad=1)
            x = s.same(f"relu{block}_{c}", x, "reluLayer")
        x = s.pool(f"pool{block}", x, "max", 2, 2)
    x = s.connected("fc6", x, 256)
    x = s.chain(x, ("relu6", "reluLayer"), ("drop6", "dropoutLayer"))
    x = s.connected("fc7", x, 20)
    s.chain(x, ("prob", "softmaxLayer"), ("output", "classificationLayer"))
    return s


def autoencoder() -> Sheet:
    s = Sheet()
    x = s.image("imageinput", 28, 28, 1)
    x = s.conv("conv_1", x, 3, 16, 2, "same")
    x = s.same("leakyrelu_1", x, "leakyReluLayer")
    x = s.conv("conv_2", x, 3, 8, 2, "same")
    x = s.same("leakyrelu_2", x, "leakyReluLayer")
    x = s.transposed("transposed-conv_1", x, 3, 8, 2, "same")
    x = s.same("leakyrelu_3", x, "leakyReluLayer")
    x = s.transposed("transposed-conv_2", x, 4, 16, 2, 1)
    x = s.same("leakyrelu_4", x, "leakyReluLayer")
    x = s.conv("conv_3", x, 3, 1, pad="same")
    s.chain(x, ("sigmoid", "sigmoidLayer"), ("regressionoutput", "regressionLayer"))
    return s


def gan_generator() -> Sheet:
    s = Sheet()
    x = s.vector("noise", 100)
    x = s.connected("project", x, 4 * 4 * 512)
    x = s.normalised("bnorm0", x, "batch")
    x = s.same("relu0", x, "reluLayer")
    x = s.connected("mix", x, 256)
    s.same("tanh", x, "tanhLayer")
    return s


def gan_discriminator() -> Sheet:
    s = Sheet()
    x = s.image("in", 64, 64, 3)
    x = s.same("dropout", x, "dropoutLayer")
    for n in (1, 2, 3):
        x = s.conv(f"conv{n}", x, 4, 64 * 2 ** (n - 1), 2, "same")
        if n > 1:
            x = s.normalised(f"bn{n}", x, "batch")
        x = s.same(f"lrelu{n}", x, "leakyReluLayer")
    s.conv("conv4", x, 8, 1)
    return s


def pooling_same(stride: int = 1) -> Sheet:
    s = Sheet()
    x = s.image("imageinput", 25, 20, 7)
    for n in (1, 2, 3):
        x = s.conv(f"conv_{n}", x, 5, 15, pad="same")
        x = s.pool(f"maxpool_{n}", x, "max", 2, stride, "same")
    return s


def pooling_same_stride2() -> Sheet:
    return pooling_same(2)


def video_conv3d() -> Sheet:
    s = Sheet()
    x = s.image("image3dinput", 56, 56, 16, 3)
    x = s.conv("conv3d_1", x, 3, 16, pad="same")
    x = s.same("relu_1", x, "reluLayer")
    x = s.pool("maxpool3d_1", x, "max", (2, 2, 1), (2, 2, 1))
    x = s.conv("conv3d_2", x, 3, 32, (1, 1, 2), "same")
    x = s.same("relu_2", x, "reluLayer")
    x = s.pool("maxpool3d_2", x, "max", 2, 2, "same")
    x = s.conv("conv3d_3", x, 3, 64)
    x = s.same("relu_3", x, "reluLayer")
    x = s.pool("avgpool3d", x, "average", (3, 3, 1), 3)
    x = s.everywhere("gmpool3d", x, "Max")
    x = s.connected("fc", x, 6)
    s.same("softmax", x, "softmaxLayer")
    return s


def feature_mlp() -> Sheet:
    s = Sheet()
    x = s.vector("input", 22)
    x = s.connected("fc_1", x, 50)
    x = s.normalised("batchnorm", x, "batch")
    x = s.same("relu", x, "reluLayer")
    x = s.connected("fc_2", x, 50)
    x = s.normalised("layernorm", x, "layer")
    x = s.chain(x, ("swish", "swishLayer"), ("dropout", "dropoutLayer"))
    x = s.connected("fc_3", x, 2)
    s.chain(x, ("softmax", "softmaxLayer"), ("classoutput", "classificationLayer"))
    return s


def group_norm() -> Sheet:
    s = Sheet()
    x = s.image("imageinput", 40, 30, 2)
    x = s.conv("conv_1", x, (5, 3), 24, pad="same")
    x = s.normalised("groupnorm_1", x, "group")
    x = s.same("elu", x, "eluLayer")
    x = s.conv("conv_2", x, 3, 36, dilation=(2, 3))
    x = s.normalised("groupnorm_2", x, "group")
    x = s.same("gelu", x, "geluLayer")
    x = s.conv("conv_3", x, 3, 36, pad="same", dilation=2)
    x = s.normalised("groupnorm_3", x, "group")
    x = s.same("prelu", x, "preluLayer", learnables=36)
    x = s.normalised("layernorm", x, "layer")
    x = s.same("softplus", x, "softplusLayer")
    x = s.everywhere("gmpool", x, "Max")
    s.connected("fc", x, 3)
    return s


def alexnet() -> Sheet:
    s = Sheet()
    x = s.image("data", 227, 227, 3)
    x = s.conv("conv1", x, 11, 96, 4)
    x = s.chain(x, ("relu1", "reluLayer"), ("norm1", "crossChannelNormalizationLayer"))
    x = s.pool("pool1", x, "max", 3, 2)
    x = s.grouped("conv2", x, 5, 128, 2, pad=2)
    x = s.chain(x, ("relu2", "reluLayer"), ("norm2", "crossChannelNormalizationLayer"))
    x = s.pool("pool2", x, "max", 3, 2)
    x = s.same("relu3", s.conv("conv3", x, 3, 384, pad=1), "reluLayer")
    x = s.same("relu4", s.grouped("conv4", x, 3, 192, 2, pad=1), "reluLayer")
    x = s.same("relu5", s.grouped("conv5", x, 3, 128, 2, pad=1), "reluLayer")
    x = s.pool("pool5", x, "max", 3, 2)
    for n in (6, 7):
        x = s.connected(f"fc{n}", x, 4096)
        x = s.chain(x, (f"relu{n}", "reluLayer"), (f"drop{n}", "dropoutLayer"))
    x = s.connected("fc8", x, 1000)
    s.chain(x, ("prob", "softmaxLayer"), ("output", "classificationLayer"))
    return s


def strings_name_value() -> Sheet:
    s = Sheet()
    x = s.image("in", 48, 32, 3)
    x = s.conv("c1", x, (3, 5), 32, (2, 1), "same")
    x = s.same("a1", x, "leakyReluLayer")
    x = s.pool("p1", x, "average", (2, 3), (2, 3), ((1, 1), (0, 0)))
    x = s.conv("c2", x, 3, 64, pad=((1, 2), (0, 1)))
    x = s.same("a2", x, "reluLayer")
    x = s.pool("p2", x, "average", 3, 2, "same")
    s.connected("fc", x, 7)
    return s


def pixel_shuffle() -> Sheet:
    s = Sheet()
    x = s.image("low", 24, 20, 1)
    x = s.same("tanh1", s.conv("features", x, 5, 64, pad="same"), "tanhLayer")
    x = s.same("tanh2", s.conv("map", x, 3, 32, pad="same"), "tanhLayer")
    x = s.conv("sub", x, 3, 9, pad="same")
    size = s.sizes[x]
    size = size._replace(space=(72, 60), channels=1)
    s.put("high", "depthToSpace2dLayer", size)
    s.put("blocks", "spaceToDepthLayer", size._replace(space=(36, 30), channels=4))
    return s

"""The zoo's networks with branches, restated for the sheet of `worked_out`."""

from __future__ import annotations

from .worked_out import Sheet


def _unit(s: Sheet, x: str, filters: int, stride: int, tag: str) -> str:
    x = s.conv(f"{tag}conv1", x, 3, filters, stride, "same")
    x = s.normalised(f"{tag}BN1", x, "batch")
    x = s.same(f"{tag}relu1", x, "reluLayer")
    x = s.conv(f"{tag}conv2", x, 3, filters, pad="same")
    return s.normalised(f"{tag}BN2", x, "batch")


def cifar_residual() -> Sheet:
    s = Sheet()
    x = s.image("input", 32, 32, 3)
    x = s.conv("convInp", x, 3, 16, pad="same")
    x = s.normalised("BNInp", x, "batch")
    x = s.same("reluInp", x, "reluLayer")
    for stage in (1, 2, 3):
        for unit in (1, 2):
            before = x
            halves = stage > 1 and unit == 1
            filters = 16 * 2 ** (stage - 1)
            x = _unit(s, before, filters, 2 if halves else 1, f"S{stage}U{unit}")
            if halves:
                skip = s.conv(f"skipConv{stage - 1}", before, 1, filters, 2)
                s.normalised(f"skipBN{stage - 1}", skip, "batch")
            x = s.chain(
                x, (f"add{stage}{unit}", "additionLayer"), (f"relu{stage}{unit}", "reluLayer")
            )
    x = s.pool("globalPool", x, "average", 8)
    x = s.connected("fcFinal", x, 10)
    s.chain(x, ("softmax", "softmaxLayer"), ("classoutput", "classificationLayer"))
    return s


def _twice(s: Sheet, x: str, name: str, filters: int) -> str:
    for n in (1, 2):
        x = s.same(f"{name}_relu{n}", s.conv(f"{name}_conv{n}", x, 3, filters), "reluLayer")
    return x


def unet_by_hand() -> Sheet:
    s = Sheet()
    x = s.image("image", 188, 188, 1)
    kept = []
    for level in (1, 2):
        x = _twice(s, x, f"down{level}", 16 * level)
        kept.append(x)
        x = s.pool(f"down{level}_pool", x, "max", 2, 2)
    x = s.same("bridge_drop", _twice(s, x, "bridge", 64), "dropoutLayer")
    for level in (2, 1):
        up = s.transposed(f"up{level}_conv", x, 2, 16 * level, 2)
        space, size = s.sizes[up].space, s.sizes[kept[level - 1]]
        crop = s.put(f"up{level}_crop", "crop2dLayer", size._replace(space=space))
        x = s.joined(f"up{level}_cat", "depthConcatenationLayer", up, crop)
        x = _twice(s, x, f"up{level}", 16 * level)
    x = s.conv("final_conv", x, 1, 2)
    s.chain(x, ("softmax", "softmaxLayer"), ("labels", "pixelClassificationLayer"))
    return s


def segmentation3d() -> Sheet:
    s = Sheet()
    x = s.image("volume", 32, 32, 24, 1)
    x = s.conv("enc_conv1", x, 3, 8, pad="same")
    x = s.normalised("enc_bn1", x, "batch")
    kept = s.same("enc_relu1", x, "reluLayer")
    x = s.pool("enc_pool", kept, "max", 2, 2)
    x = s.conv("bridge_conv", x, (3, 3, 1), 16, pad=((1, 1), (1, 1), (0, 0)))
    x = s.normalised("bridge_bn", x, "batch")
    x = s.same("bridge_relu", x, "reluLayer")
    x = s.transposed("dec_up", x, 2, 8, 2)
    x = s.joined("dec_cat", "concatenationLayer", x, kept)
    x = s.same("dec_relu", s.conv("dec_conv", x, 3, 8, pad=1), "reluLayer")
    x = s.conv("scores", x, 1, 3)
    s.chain(x, ("softmax", "softmaxLayer"), ("labels", "dicePixelClassificationLayer"))
    return s


def _fire(s: Sheet, x: str, name: str, squeeze: int, expand: int) -> str:
    x = s.conv(f"{name}-squeeze1x1", x, 1, squeeze)
    x = s.same(f"{name}-relu_squeeze1x1", x, "reluLayer")
    ends = []
    for window, pad in ((1, 0), (3, 1)):
        wide = f"expand{window}x{window}"
        one = s.conv(f"{name}-{wide}", x, window, expand, pad=pad)
        ends.append(s.same(f"{name}-relu_{wide}", one, "reluLayer"))
    return s.joined(f"{name}-concat", "depthConcatenationLayer", *ends)


def squeezenet_fire() -> Sheet:
    s = Sheet()
    x = s.image("data", 227, 227, 3)
    x = s.same("relu_conv1", s.conv("conv1", x, 3, 64, 2), "reluLayer")
    x = s.pool("pool1", x, "max", 3, 2)
    x = _fire(s, x, "fire2", 16, 64)
    x = _fire(s, x, "fire3", 16, 64)
    x = s.pool("pool3", x, "max", 3, 2, ((0, 1), (0, 1)))
    x = _fire(s, x, "fire4", 32, 128)
    x = s.same("drop9", x, "dropoutLayer")
    x = s.same("relu_conv10", s.conv("conv10", x, 1, 100), "reluLayer")
    x = s.everywhere("pool10", x, "Average")
    s.chain(x, ("prob", "softmaxLayer"), ("ClassificationLayer_predictions", "classificationLayer"))
    return s


def mobilenet_v2() -> Sheet:
    s = Sheet()
    x = s.image("input", 96, 96, 3)
    x = s.normalised("stem_bn", s.conv("stem", x, 3, 16, 2, "same"), "batch")
    x = s.same("stem_relu", x, "clippedReluLayer")
    channels = 16
    settings = ((1, 8, 1), (6, 12, 2), (6, 12, 1), (6, 16, 2))
    for n, (expansion, filters, stride) in enumerate(settings, 1):
        tag, wide = f"block_{n}", expansion * channels
        before = x
        x = s.normalised(f"{tag}_expand_bn", s.conv(f"{tag}_expand", x, 1, wide), "batch")
        x = s.same(f"{tag}_expand_relu", x, "clippedReluLayer")
        x = s.grouped(f"{tag}_depthwise", x, 3, 1, wide, stride, "same")
        x = s.normalised(f"{tag}_depthwise_bn", x, "batch")
        x = s.same(f"{tag}_depthwise_relu", x, "clippedReluLayer")
        x = s.normalised(f"{tag}_project_bn", s.conv(f"{tag}_project", x, 1, filters), "batch")
        if s.sizes[before] == s.sizes[x]:
            x = s.same(f"{tag}_add", x, "additionLayer")
        channels = filters
    x = s.everywhere("gap", x, "Average")
    x = s.connected("logits", x, 5)
    s.chain(x, ("probabilities", "softmaxLayer"), ("output", "classificationLayer"))
    return s


def multi_input() -> Sheet:
    s = Sheet()
    x = s.image("images", 28, 28, 1)
    x = s.same("relu", s.conv("conv", x, 5, 16), "reluLayer")
    x = s.same("flatten", s.connected("fc1", x, 50), "flattenLayer")
    other = s.vector("features", 1)
    x = s.joined("concat", "concatenationLayer", x, other)
    s.same("softmax", s.connected("fc2", x, 10), "softmaxLayer")
    return s


def inception() -> Sheet:
    s = Sheet()
    x = s.image("data", 56, 56, 3)
    x = s.same("relu1", s.conv("conv1", x, 7, 64, 2, 3), "reluLayer")
    data = s.pool("pool1", x, "max", 3, 2, ((0, 1), (0, 1)))
    ends = [s.same("relu_1x1", s.conv("1x1", data, 1, 64), "reluLayer")]
    for window, narrow, wide in ((3, 96, 128), (5, 16, 32)):
        name = f"{window}x{window}"
        x = s.same(f"relu_{name}_reduce", s.conv(f"{name}_reduce", data, 1, narrow), "reluLayer")
        x = s.conv(name, x, window, wide, pad=window // 2)
        ends.append(s.same(f"relu_{name}", x, "reluLayer"))
    x = s.pool("pool", data, "max", 3, 1, 1)
    ends.append(s.same("relu_pool_proj", s.conv("pool_proj", x, 1, 32), "reluLayer"))
    x = s.joined("output", "depthConcatenationLayer", *ends)
    x = s.same("dropout", s.pool("average", x, "average", 7), "dropoutLayer")
    s.same("prob", s.connected("classifier", x, 12), "softmaxLayer")
    return s


def fcn_unpooling() -> Sheet:
    s = Sheet()
    x = s.image("inputImage", 64, 48, 3)
    for n in (1, 2):
        x = s.conv(f"encoder{n}_conv", x, 3, 32 * n, pad=1)
        x = s.normalised(f"encoder{n}_bn", x, "batch")
        x = s.same(f"encoder{n}_relu", x, "reluLayer")
        x = s.pool(f"encoder{n}_pool", x, "max", 2, 2)
    x = s.put("decoder2_unpool", "maxUnpooling2dLayer", s.sizes[x]._replace(space=(32, 24)))
    x = s.normalised("decoder2_bn", s.conv("decoder2_conv", x, 3, 32, pad=1), "batch")
    x = s.same("decoder2_relu", x, "reluLayer")
    x = s.put("decoder1_unpool", "maxUnpooling2dLayer", s.sizes[x]._replace(space=(64, 48)))
    x = s.conv("decoder1_conv", x, 3, 11, pad=1)
    s.chain(x, ("softmax", "softmaxLayer"), ("pixelLabels", "pixelClassificationLayer"))
    return s


def resize_upsampling() -> Sheet:
    s = Sheet()
    x = s.image("image", 60, 44, 3)
    levels = []
    for n, filters in ((2, 24), (3, 48), (4, 64)):
        x = s.same(f"r{n}", s.conv(f"c{n}", x, 3, filters, 2, "same"), "reluLayer")
        levels.append(x)
    x = s.conv("p4", x, 1, 32)
    p3, p2 = s.conv("p3", levels[1], 1, 32), s.conv("p2", levels[0], 1, 32)
    x = s.put("up4", "resize2dLayer", s.sizes[x]._replace(space=s.sizes[p3].space))
    x = s.same("m3", x, "additionLayer")
    rows, columns = s.sizes[x].space
    x = s.put("up3", "resize2dLayer", s.sizes[x]._replace(space=(2 * rows, 2 * columns)))
    assert s.sizes[x] == s.sizes[p2]
    x = s.conv("smooth", s.same("m2", x, "additionLayer"), 3, 8, pad="same")
    x = s.put("full", "resize2dLayer", s.sizes[x]._replace(space=(60, 44)))
    s.same("out", s.conv("mask", x, 1, 1), "sigmoidLayer")
    return s


def instance_norm_style() -> Sheet:
    s = Sheet()
    x = s.image("photo", 128, 128, 3)
    x = s.normalised("in1", s.conv("conv1", x, 9, 16, pad="same"), "instance")
    x = s.same("relu1", x, "reluLayer")
    x = s.normalised("in2", s.conv("conv2", x, 3, 32, 2, 1), "instance")
    x = s.same("relu2", x, "reluLayer")
    for k in (1, 2, 3):
        x = s.normalised(f"res{k}_in1", s.conv(f"res{k}_conv1", x, 3, 32, pad=1), "instance")
        x = s.same(f"res{k}_relu", x, "reluLayer")
        x = s.normalised(f"res{k}_in2", s.conv(f"res{k}_conv2", x, 3, 32, pad=1), "instance")
        x = s.same(f"res{k}_add", x, "additionLayer")
    x = s.normalised("in3", s.transposed("up1", x, 3, 16, 2, "same"), "instance")
    x = s.same("relu3", x, "reluLayer")
    s.same("painting", s.conv("conv4", x, 9, 3, pad="same"), "tanhLayer")
    return s


def dlnetwork_new_style() -> Sheet:
    s = Sheet()
    x = s.image("imageinput", 32, 32, 3)
    x = s.normalised("batchnorm", s.conv("conv", x, 3, 32, pad="same"), "batch")
    wide = s.same("relu", x, "reluLayer")
    x = s.conv("squeeze", s.everywhere("gapool", wide, "Average"), 1, 4)
    x = s.conv("excite", s.same("swish", x, "swishLayer"), 1, 32)
    s.same("sigmoid", x, "sigmoidLayer")
    x = s.same("multiplication", wide, "multiplicationLayer")
    x = s.pool("maxpool", x, "max", 2, 2)
    s.same("softmax", s.connected("fc", x, 10), "softmaxLayer")
    return s

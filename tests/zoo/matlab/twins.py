"""The same networks in Keras, layer by layer under MATLAB's names: an independent second opinion.

What MATLAB means is spelled out where Keras means something else: a fully connected layer after
images flattens column by column, so that a `Permute((3, 2, 1))` stands before `Flatten`; the
defaults of epsilon and slope; padding of given amounts is a layer of zeros.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import Input, Model, layers, ops

from .sequences import STEPS


def bn(name: str) -> layers.Layer:
    return layers.BatchNormalization(epsilon=1e-5, momentum=0.9, name=name)


def conv(filters: int, kernel: Any, name: str, **more: Any) -> layers.Layer:
    return layers.Conv2D(filters, kernel, name=name, **more)


def padded(x: Any, before: Any, layer: layers.Layer) -> Any:
    return layer(layers.ZeroPadding2D(before)(x))


def flat(x: Any) -> Any:
    """MATLAB's order of the values of an image or a volume."""
    rank = len(x.shape) - 1
    turned = layers.Permute(tuple(range(rank, 0, -1)), name="permute_columns")(x)
    return layers.Flatten(name="flatten_columns")(turned)


def digits() -> Model:
    inputs = x = Input((28, 28, 1), name="imageinput")
    for n, filters in enumerate((8, 16, 32), 1):
        x = conv(filters, 3, f"conv_{n}", padding="same")(x)
        x = layers.ReLU(name=f"relu_{n}")(bn(f"batchnorm_{n}")(x))
        if n < 3:
            x = layers.MaxPooling2D(2, name=f"maxpool_{n}")(x)
    x = layers.Dense(10, name="fc")(flat(x))
    return Model(inputs, layers.Softmax(name="softmax")(x))


def cifar_residual() -> Model:
    inputs = x = Input((32, 32, 3), name="input")
    x = layers.ReLU(name="reluInp")(bn("BNInp")(conv(16, 3, "convInp", padding="same")(x)))
    for stage in (1, 2, 3):
        for unit in (1, 2):
            tag, filters = f"S{stage}U{unit}", 16 * 2 ** (stage - 1)
            halves = stage > 1 and unit == 1
            strides = 2 if halves else 1
            y = conv(filters, 3, f"{tag}conv1", padding="same", strides=strides)(x)
            y = layers.ReLU(name=f"{tag}relu1")(bn(f"{tag}BN1")(y))
            y = bn(f"{tag}BN2")(conv(filters, 3, f"{tag}conv2", padding="same")(y))
            if halves:
                x = conv(filters, 1, f"skipConv{stage - 1}", strides=2)(x)
                x = bn(f"skipBN{stage - 1}")(x)
            x = layers.Add(name=f"add{stage}{unit}")([y, x])
            x = layers.ReLU(name=f"relu{stage}{unit}")(x)
    x = layers.AveragePooling2D(8, strides=1, name="globalPool")(x)
    x = layers.Dense(10, name="fcFinal")(flat(x))
    return Model(inputs, layers.Softmax(name="softmax")(x))


def _twice(x: Any, name: str, filters: int) -> Any:
    for n in (1, 2):
        x = layers.ReLU(name=f"{name}_relu{n}")(conv(filters, 3, f"{name}_conv{n}")(x))
    return x


def unet_by_hand() -> Model:
    inputs = x = Input((188, 188, 1), name="image")
    kept = []
    for level in (1, 2):
        x = _twice(x, f"down{level}", 16 * level)
        kept.append(x)
        x = layers.MaxPooling2D(2, name=f"down{level}_pool")(x)
    x = layers.Dropout(0.5, name="bridge_drop")(_twice(x, "bridge", 64))
    for level in (2, 1):
        up = layers.Conv2DTranspose(16 * level, 2, strides=2, name=f"up{level}_conv")(x)
        size = up.shape[1]
        crop = layers.CenterCrop(size, size, name=f"up{level}_crop")(kept[level - 1])
        x = layers.Concatenate(name=f"up{level}_cat")([up, crop])
        x = _twice(x, f"up{level}", 16 * level)
    x = conv(2, 1, "final_conv")(x)
    return Model(inputs, layers.Softmax(name="softmax")(x))


def segmentation3d() -> Model:
    inputs = x = Input((32, 32, 24, 1), name="volume")
    x = bn("enc_bn1")(layers.Conv3D(8, 3, padding="same", name="enc_conv1")(x))
    kept = layers.ReLU(name="enc_relu1")(x)
    x = layers.MaxPooling3D(2, name="enc_pool")(kept)
    x = layers.ZeroPadding3D(((1, 1), (1, 1), (0, 0)))(x)
    x = bn("bridge_bn")(layers.Conv3D(16, (3, 3, 1), name="bridge_conv")(x))
    x = layers.ReLU(name="bridge_relu")(x)
    x = layers.Conv3DTranspose(8, 2, strides=2, name="dec_up")(x)
    x = layers.Concatenate(name="dec_cat")([x, kept])
    x = layers.Conv3D(8, 3, padding="same", name="dec_conv")(x)
    x = layers.Conv3D(3, 1, name="scores")(layers.ReLU(name="dec_relu")(x))
    return Model(inputs, layers.Softmax(name="softmax")(x))


def sequence_lstm() -> Model:
    inputs = x = Input((STEPS, 12), name="sequenceinput")
    x = layers.Bidirectional(layers.LSTM(100, return_sequences=True), name="biLSTM")(x)
    x = layers.LSTM(100, name="lstm")(layers.Dropout(0.2, name="dropout")(x))
    x = layers.Dense(9, name="fc")(x)
    return Model(inputs, layers.Softmax(name="softmax")(x))


def autoencoder() -> Model:
    inputs = x = Input((28, 28, 1), name="imageinput")
    makers = (
        conv(16, 3, "conv_1", strides=2, padding="same"),
        conv(8, 3, "conv_2", strides=2, padding="same"),
        layers.Conv2DTranspose(8, 3, strides=2, padding="same", name="transposed-conv_1"),
        layers.Conv2DTranspose(16, 4, strides=2, padding="same", name="transposed-conv_2"),
    )
    for n, make in enumerate(makers, 1):
        x = layers.LeakyReLU(negative_slope=0.2, name=f"leakyrelu_{n}")(make(x))
    x = conv(1, 3, "conv_3", padding="same")(x)
    return Model(inputs, layers.Activation("sigmoid", name="sigmoid")(x))


def gan_discriminator() -> Model:
    inputs = Input((64, 64, 3), name="in")
    x = layers.Dropout(0.5, name="dropout")(inputs)
    for n in (1, 2, 3):
        x = conv(64 * 2 ** (n - 1), 4, f"conv{n}", strides=2, padding="same")(x)
        if n > 1:
            x = bn(f"bn{n}")(x)
        x = layers.LeakyReLU(negative_slope=0.2, name=f"lrelu{n}")(x)
    return Model(inputs, conv(1, 8, "conv4")(x))


def pooling_same(strides: int = 1) -> Model:
    inputs = x = Input((25, 20, 7), name="imageinput")
    for n in (1, 2, 3):
        x = conv(15, 5, f"conv_{n}", padding="same")(x)
        x = layers.MaxPooling2D(2, strides=strides, padding="same", name=f"maxpool_{n}")(x)
    return Model(inputs, x)


def pooling_same_stride2() -> Model:
    return pooling_same(2)


def video_conv3d() -> Model:
    inputs = x = Input((56, 56, 16, 3), name="image3dinput")
    x = layers.ReLU(name="relu_1")(layers.Conv3D(16, 3, padding="same", name="conv3d_1")(x))
    x = layers.MaxPooling3D((2, 2, 1), name="maxpool3d_1")(x)
    x = layers.Conv3D(32, 3, strides=(1, 1, 2), padding="same", name="conv3d_2")(x)
    x = layers.ReLU(name="relu_2")(x)
    x = layers.MaxPooling3D(2, padding="same", name="maxpool3d_2")(x)
    x = layers.ReLU(name="relu_3")(layers.Conv3D(64, 3, name="conv3d_3")(x))
    x = layers.AveragePooling3D((3, 3, 1), strides=3, name="avgpool3d")(x)
    x = layers.GlobalMaxPooling3D(keepdims=True, name="gmpool3d")(x)
    x = layers.Dense(6, name="fc")(flat(x))
    return Model(inputs, layers.Softmax(name="softmax")(x))


def feature_mlp() -> Model:
    inputs = x = Input((22,), name="input")
    x = layers.ReLU(name="relu")(bn("batchnorm")(layers.Dense(50, name="fc_1")(x)))
    x = layers.LayerNormalization(epsilon=1e-5, name="layernorm")(layers.Dense(50, name="fc_2")(x))
    x = layers.Dropout(0.5, name="dropout")(layers.Activation("silu", name="swish")(x))
    x = layers.Dense(2, name="fc_3")(x)
    return Model(inputs, layers.Softmax(name="softmax")(x))


def multi_input() -> Model:
    image = Input((28, 28, 1), name="images")
    other = Input((1,), name="features")
    x = layers.ReLU(name="relu")(conv(16, 5, "conv")(image))
    x = layers.Dense(50, name="fc1")(flat(x))
    x = layers.Concatenate(name="concat")([layers.Flatten(name="flatten")(x), other])
    x = layers.Dense(10, name="fc2")(x)
    return Model([image, other], layers.Softmax(name="softmax")(x))


def inception() -> Model:
    inputs = x = Input((56, 56, 3), name="data")
    x = layers.ReLU(name="relu1")(padded(x, 3, conv(64, 7, "conv1", strides=2)))
    # Nothing is below zero behind a rectifier: a border of zeros never wins.
    data = padded(x, ((0, 1), (0, 1)), layers.MaxPooling2D(3, strides=2, name="pool1"))
    ends = [layers.ReLU(name="relu_1x1")(conv(64, 1, "1x1")(data))]
    for window, narrow, wide in ((3, 96, 128), (5, 16, 32)):
        name = f"{window}x{window}"
        x = layers.ReLU(name=f"relu_{name}_reduce")(conv(narrow, 1, f"{name}_reduce")(data))
        x = padded(x, window // 2, conv(wide, window, name))
        ends.append(layers.ReLU(name=f"relu_{name}")(x))
    x = padded(data, 1, layers.MaxPooling2D(3, strides=1, name="pool"))
    ends.append(layers.ReLU(name="relu_pool_proj")(conv(32, 1, "pool_proj")(x)))
    x = layers.Concatenate(name="output")(ends)
    x = layers.AveragePooling2D(7, strides=1, name="average")(x)
    x = layers.Dense(12, name="classifier")(flat(layers.Dropout(0.4, name="dropout")(x)))
    return Model(inputs, layers.Softmax(name="prob")(x))


def mobilenet_v2() -> Model:
    inputs = x = Input((96, 96, 3), name="input")
    x = conv(16, 3, "stem", strides=2, padding="same")(x)
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.9, name="stem_bn")(x)
    x = layers.ReLU(6.0, name="stem_relu")(x)
    settings = ((1, 8, 1), (6, 12, 2), (6, 12, 1), (6, 16, 2))
    for n, (expansion, filters, strides) in enumerate(settings, 1):
        tag, before = f"block_{n}", x
        x = conv(expansion * x.shape[-1], 1, f"{tag}_expand", padding="same")(x)
        x = layers.ReLU(6.0, name=f"{tag}_expand_relu")(bn(f"{tag}_expand_bn")(x))
        name = f"{tag}_depthwise"
        x = layers.DepthwiseConv2D(3, strides=strides, padding="same", name=name)(x)
        x = layers.ReLU(6.0, name=f"{name}_relu")(bn(f"{name}_bn")(x))
        x = bn(f"{tag}_project_bn")(conv(filters, 1, f"{tag}_project", padding="same")(x))
        if before.shape == x.shape:
            x = layers.Add(name=f"{tag}_add")([x, before])
    x = layers.GlobalAveragePooling2D(keepdims=True, name="gap")(x)
    x = layers.Dense(5, name="logits")(flat(x))
    return Model(inputs, layers.Softmax(name="probabilities")(x))


def tcn() -> Model:
    inputs = last = Input((STEPS, 3), name="input")
    for i in (1, 2, 3, 4):
        x = last
        for n in (1, 2):
            more = {"dilation_rate": 2 ** (i - 1), "padding": "causal"}
            x = layers.Conv1D(32, 5, name=f"conv{n}_{i}", **more)(x)
            x = layers.LayerNormalization(epsilon=1e-5, name=f"norm{n}_{i}")(x)
            if n == 2:
                x = layers.ReLU(name=f"relu_{i}")(x)
            x = layers.SpatialDropout1D(0.005, name=f"drop{n}_{i}")(x)
        if i == 1:
            last = layers.Conv1D(32, 1, name="convSkip")(last)
        last = layers.Add(name=f"add_{i}")([x, last])
    x = layers.Dense(5, name="fc")(last)
    return Model(inputs, layers.Softmax(name="softmax")(x))


def dncnn() -> Model:
    inputs = x = Input((50, 50, 1), name="InputLayer")
    for k in range(1, 21):
        x = conv(1 if k == 20 else 64, 3, f"Conv{k}", padding="same")(x)
        if 1 < k < 20:
            x = bn(f"BNorm{k}")(x)
        if k < 20:
            x = layers.ReLU(name=f"ReLU{k}")(x)
    return Model(inputs, x)


def ecg_conv1d() -> Model:
    inputs = x = Input((STEPS, 2), name="sequenceinput")
    x = layers.Conv1D(16, 9, strides=2, padding="same", name="conv1d_1")(x)
    x = layers.ZeroPadding1D((0, 1))(layers.ReLU(name="relu_1")(x))
    x = layers.MaxPooling1D(3, strides=2, name="maxpool1d")(x)
    x = layers.Conv1D(32, 5, name="conv1d_2")(layers.ZeroPadding1D((4, 0))(x))
    x = layers.AveragePooling1D(2, name="avgpool1d")(layers.ReLU(name="relu_2")(x))
    x = layers.Conv1D(32, 3, dilation_rate=2, name="conv1d_3")(x)
    x = layers.ReLU(name="relu_3")(x)
    x = layers.Conv1DTranspose(16, 4, strides=2, padding="same", name="transposed-conv1d")(x)
    x = layers.GlobalAveragePooling1D(name="gapool1d")(x)
    x = layers.Dense(4, name="fc")(x)
    return Model(inputs, layers.Softmax(name="softmax")(x))


def strings_name_value() -> Model:
    inputs = x = Input((48, 32, 3), name="in")
    x = conv(32, (3, 5), "c1", strides=(2, 1), padding="same")(x)
    x = layers.LeakyReLU(negative_slope=0.01, name="a1")(x)
    # MATLAB's average counts the zeros of the padding, as Keras's does of a layer of zeros.
    pool = layers.AveragePooling2D((2, 3), strides=(2, 3), name="p1")
    x = padded(x, ((1, 1), (0, 0)), pool)
    x = padded(x, ((1, 2), (0, 1)), conv(64, 3, "c2"))
    x = layers.ReLU(name="a2")(x)
    # A padding with the mean of the rest leaves the mean as it is: zeros, and a smaller divisor.
    # (Keras's own "same" repeats the border here, on PyTorch and with uneven padding.)
    pool = layers.AveragePooling2D(3, strides=2, name="p2")
    inside = layers.AveragePooling2D(3, strides=2)
    ones = np.ones((1, *x.shape[1:3], 1), "float32")
    share = np.asarray(padded(ones, ((0, 1), (1, 1)), inside).detach())
    x = layers.Lambda(lambda y: ops.divide(y, share))(padded(x, ((0, 1), (1, 1)), pool))
    return Model(inputs, layers.Dense(7, name="fc")(flat(x)))


#: File stem -> the equal network.
TWINS = {
    one.__name__: one
    for one in (
        digits,
        cifar_residual,
        unet_by_hand,
        segmentation3d,
        sequence_lstm,
        autoencoder,
        gan_discriminator,
        pooling_same,
        pooling_same_stride2,
        video_conv3d,
        feature_mlp,
        multi_input,
        inception,
        mobilenet_v2,
        tcn,
        dncnn,
        ecg_conv1d,
        strings_name_value,
    )
}

"""Written modules with Keras's weights compute what Keras computes: layouts, padding, weights."""

from __future__ import annotations

import pytest

from .values import largest_difference


def chain(shape: str, *layers: str) -> str:
    return f"model = keras.Sequential([keras.Input({shape}), {', '.join(layers)}])"


IMAGE = "(9, 8, 3)"
SOUND = "(12, 3)"
FILM = "(5, 6, 7, 2)"

CASES = {
    "dense": chain("(7,)", "layers.Dense(5, 'relu')", "layers.Dense(3, 'softmax')"),
    "valid": chain(IMAGE, "layers.Conv2D(4, 3)"),
    "same": chain(IMAGE, "layers.Conv2D(4, 3, padding='same')"),
    "same even": chain(IMAGE, "layers.Conv2D(4, (2, 4), padding='same')"),
    "same strided": chain(IMAGE, "layers.Conv2D(4, 3, strides=2, padding='same')"),
    "same strided even": chain(IMAGE, "layers.Conv2D(4, (4, 2), strides=(3, 2), padding='same')"),
    "dilated": chain(IMAGE, "layers.Conv2D(4, 3, dilation_rate=2, padding='same')"),
    "grouped": chain("(9, 8, 4)", "layers.Conv2D(6, 3, groups=2, use_bias=False)"),
    "depthwise": chain(IMAGE, "layers.DepthwiseConv2D(3, depth_multiplier=2)"),
    "depthwise same": chain(IMAGE, "layers.DepthwiseConv2D(4, strides=2, padding='same')"),
    "separable": chain(IMAGE, "layers.SeparableConv2D(5, 3, padding='same', activation='elu')"),
    "causal": chain(SOUND, "layers.Conv1D(4, 3, dilation_rate=2, padding='causal')"),
    "conv1d": chain(SOUND, "layers.Conv1D(4, 4, strides=3, padding='same')"),
    "conv3d": chain(FILM, "layers.Conv3D(4, (2, 3, 3), strides=(1, 2, 2), padding='same')"),
    "transposed": chain(IMAGE, "layers.Conv2DTranspose(4, 3, strides=2)"),
    "transposed same": chain(IMAGE, "layers.Conv2DTranspose(4, 3, strides=2, padding='same')"),
    "transposed even": chain(IMAGE, "layers.Conv2DTranspose(4, 4, strides=2, padding='same')"),
    "transposed small": chain(IMAGE, "layers.Conv2DTranspose(4, 2, strides=3, padding='same')"),
    "max pool": chain(IMAGE, "layers.MaxPooling2D(2)"),
    "max pool same": chain(IMAGE, "layers.MaxPooling2D(3, 2, padding='same')"),
    "max pool even": chain(IMAGE, "layers.MaxPooling2D((2, 4), 3, padding='same')"),
    "average pool": chain(IMAGE, "layers.AveragePooling2D(3, 2)"),
    "average pool same": chain("(9, 7, 3)", "layers.AveragePooling2D(3, 2, padding='same')"),
    "max pool 3d": chain(FILM, "layers.MaxPooling3D(2, padding='same')"),
    "global": chain(IMAGE, "layers.GlobalAveragePooling2D()", "layers.Dense(3)"),
    "global max": chain(IMAGE, "layers.GlobalMaxPooling2D(keepdims=True)", "layers.Conv2D(3, 1)"),
    "flatten": chain(IMAGE, "layers.Conv2D(4, 3)", "layers.Flatten()", "layers.Dense(5)"),
    "flatten 3d": chain(FILM, "layers.Conv3D(3, 2)", "layers.Flatten()", "layers.Dense(5)"),
    "flatten pooled": chain(
        IMAGE, "layers.GlobalMaxPooling2D(keepdims=True)", "layers.Flatten()", "layers.Dense(5)"
    ),
    "dense on pixels": chain(IMAGE, "layers.Conv2D(4, 3)", "layers.Dense(5, 'relu')"),
    "reshape": chain("(12,)", "layers.Reshape((2, 3, 2))", "layers.Conv2D(4, 2)"),
    "reshape image": chain(IMAGE, "layers.Reshape((8, 9, 3))", "layers.Conv2D(4, 2)"),
    "reshape flat": chain(IMAGE, "layers.Reshape((-1, 6))", "layers.Dense(4)"),
    "permute": chain(IMAGE, "layers.Permute((2, 1, 3))", "layers.Conv2D(4, (2, 3))"),
    "permute channels": chain(IMAGE, "layers.Permute((3, 1, 2))", "layers.Flatten()"),
    "batch norm": chain(IMAGE, "layers.Conv2D(4, 3)", "layers.BatchNormalization()"),
    "batch norm dense": chain("(7,)", "layers.BatchNormalization(scale=False)"),
    "batch norm plain": chain(IMAGE, "layers.BatchNormalization(center=False)"),
    "batch norm axis": chain(IMAGE, "layers.BatchNormalization(axis=1)", "layers.Conv2D(2, 3)"),
    "layer norm": chain(IMAGE, "layers.LayerNormalization()", "layers.Conv2D(4, 3)"),
    "layer norm axes": chain(IMAGE, "layers.LayerNormalization(axis=[1, 2, 3])"),
    "layer norm plain": chain(IMAGE, "layers.LayerNormalization(scale=False)"),
    "group norm": chain("(9, 8, 4)", "layers.GroupNormalization(2)"),
    "unit norm": chain(IMAGE, "layers.UnitNormalization()"),
    "prelu": chain(IMAGE, "layers.PReLU(shared_axes=[1, 2])"),
    "prelu everywhere": chain(IMAGE, "layers.PReLU()", "layers.Flatten()"),
    "prelu rows": chain(IMAGE, "layers.PReLU(shared_axes=[2])"),
    "upsample": chain(IMAGE, "layers.UpSampling2D((2, 3))"),
    "upsample bilinear": chain(IMAGE, "layers.UpSampling2D(2, interpolation='bilinear')"),
    "padding": chain(IMAGE, "layers.ZeroPadding2D(((1, 2), (0, 3)))", "layers.Conv2D(2, 3)"),
    "cropping": chain(IMAGE, "layers.Cropping2D(((1, 2), (0, 3)))", "layers.Flatten()"),
    "embedding": chain(
        "(6,), dtype='int32'",
        "layers.Embedding(9, 4)",
        "layers.Conv1D(3, 2)",
        "layers.GlobalMaxPooling1D()",
    ),
    "repeat": chain("(4,)", "layers.RepeatVector(3)", "layers.Conv1D(2, 2)"),
    "softmax": chain(IMAGE, "layers.Conv2D(4, 1)", "layers.Softmax()"),
    "softmax axes": chain(IMAGE, "layers.Softmax(axis=(1, 2))"),
    "rescaling": chain(IMAGE, "layers.Rescaling(1 / 127.5, offset=-1)", "layers.Conv2D(2, 3)"),
    "time distributed": chain(
        "(4, 9, 8, 3)",
        "layers.TimeDistributed(layers.Conv2D(2, 3))",
        "layers.TimeDistributed(layers.Flatten())",
        "layers.Dense(3)",
    ),
    "activations": chain(
        "(7,)", *[f"layers.Dense(7, '{name}')" for name in ("gelu", "silu", "elu", "softplus")]
    ),
    "relu": chain(
        "(7,)",
        "layers.ReLU(negative_slope=0.2, max_value=1.5, threshold=0.1)",
        "layers.LeakyReLU(negative_slope=0.3)",
    ),
    "lstm": chain("(6, 4)", "layers.LSTM(5, return_sequences=True)", "layers.LSTM(3)"),
    "lstm backwards": chain("(6, 4)", "layers.LSTM(5, return_sequences=True, go_backwards=True)"),
    "lstm without bias": chain("(6, 4)", "layers.LSTM(5, use_bias=False)", "layers.Dense(2)"),
    "lstm of relu": chain("(6, 4)", "layers.LSTM(5, activation='relu')", "layers.Dense(2)"),
    "gru": chain("(6, 4)", "layers.GRU(5, return_sequences=True)", "layers.GRU(3)"),
    "gru that resets before": chain("(6, 4)", "layers.GRU(5, reset_after=False)"),
    "simple": chain("(6, 4)", "layers.SimpleRNN(5)", "layers.Dense(2)"),
    "both ways": chain(
        "(6, 4)",
        "layers.Bidirectional(layers.LSTM(5, return_sequences=True))",
        "layers.Bidirectional(layers.GRU(3))",
    ),
    "both ways added": chain(
        "(6, 4)",
        "layers.Bidirectional(layers.LSTM(5, return_sequences=True), merge_mode='sum')",
        "layers.Bidirectional(layers.SimpleRNN(3), merge_mode='mul')",
    ),
    "conv lstm": chain(
        "(4, 6, 5, 3)",
        "layers.ConvLSTM2D(2, 3, padding='same', return_sequences=True)",
        "layers.ConvLSTM2D(2, (2, 3), strides=(2, 1))",
    ),
    "conv lstm same strided": chain(
        "(4, 6, 5, 3)", "layers.ConvLSTM2D(2, 3, strides=2, padding='same', go_backwards=True)"
    ),
    "patches": (
        "image = keras.Input((9, 8, 3))\n"
        "x = keras.ops.image.extract_patches(image, (3, 2), (2, 3), padding='same')\n"
        "model = keras.Model(image, layers.Dense(4)(x))"
    ),
    "dilated patches": (
        "image = keras.Input((9, 8, 3))\n"
        "x = keras.ops.image.extract_patches(image, 3, 1, dilation_rate=2)\n"
        "model = keras.Model(image, layers.Dense(4)(x))"
    ),
    "states": (
        "text = keras.Input((6, 4))\n"
        "x, h, c = layers.LSTM(5, return_sequences=True, return_state=True)(text)\n"
        "y = layers.LSTM(5)(x, initial_state=[h, c])\n"
        "model = keras.Model(text, [y, h, c])"
    ),
    "attention": (
        "one = keras.Input((5, 4))\n"
        "two = keras.Input((6, 4))\n"
        "x = layers.Attention(use_scale=True)([one, two])\n"
        "y = layers.AdditiveAttention()([one, two])\n"
        "model = keras.Model([one, two], [x, y, layers.Attention()([one, two])])"
    ),
    "heads": (
        "one = keras.Input((5, 4))\n"
        "two = keras.Input((6, 3))\n"
        "x = layers.MultiHeadAttention(2, 3, value_dim=5)(one, two)\n"
        "y = layers.MultiHeadAttention(3, 2, output_shape=7)(x, x, use_causal_mask=True)\n"
        "z = layers.GroupQueryAttention(2, 4, 2, name='grouped')(x, x)\n"
        "model = keras.Model([one, two], [x, y, z])"
    ),
    "einsum": chain(
        "(5, 4)",
        "layers.EinsumDense('abc,cde->abde', output_shape=(None, 3, 2), bias_axes='de')",
    ),
    "products": (
        "one = keras.Input((5, 4))\n"
        "two = keras.Input((4, 3))\n"
        "x = ops.matmul(one, two)\n"
        "model = keras.Model([one, two], [x, ops.einsum('bij,bjk->bki', one, two)])"
    ),
    "shared": (
        "shared = layers.Conv2D(3, 3, padding='same', strides=2)\n"
        "image = keras.Input((8, 8, 3))\n"
        "first = shared(image)\n"
        "model = keras.Model(image, [first, shared(first)])"
    ),
    "merges": (
        "image = keras.Input((6, 5, 3))\n"
        "gate = layers.Dense(3, 'sigmoid')(layers.GlobalAveragePooling2D()(image))\n"
        "x = image * layers.Reshape((1, 1, 3))(gate)\n"
        "x = layers.Add()([x, layers.Conv2D(3, 3, padding='same')(image)])\n"
        "x = layers.Concatenate()([x, image, x - image])\n"
        "x = layers.Maximum()([x, layers.Average()([x, layers.Dense(9)(x)])])\n"
        "model = keras.Model(image, layers.Conv2D(2, 1)(x))"
    ),
    "two inputs": (
        "left = keras.Input((6, 5, 3), name='left')\n"
        "right = keras.Input((4,), name='right')\n"
        "x = layers.Flatten()(layers.Conv2D(2, 3)(left))\n"
        "x = layers.Concatenate()([x, layers.Dense(3)(right)])\n"
        "model = keras.Model([left, right], [layers.Dense(2)(x), layers.Conv2D(4, 2)(left)])"
    ),
    "dot": (
        "one = keras.Input((5, 4))\n"
        "two = keras.Input((6, 4))\n"
        "x = layers.Dot(axes=2, normalize=True)([one, two])\n"
        "model = keras.Model([one, two], layers.Conv1D(2, 2)(x))"
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_outputs_are_those_of_keras(name: str) -> None:
    assert largest_difference(CASES[name]) < 1e-5

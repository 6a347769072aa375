"""Operations on symbolic tensors in the names of keras.ops, K, TensorFlow and NumPy."""

from __future__ import annotations

import pytest

from .reading import output, read, rows

MODULES = "import tensorflow as tf\nimport numpy as np\nfrom keras import backend as K, ops\n"

SHAPES = [
    ("x + 1", "(None, 8, 6, 4)"),
    ("2 - x", "(None, 8, 6, 4)"),
    ("x / 255.0", "(None, 8, 6, 4)"),
    ("1 / x", "(None, 8, 6, 4)"),
    ("x ** 2 * x", "(None, 8, 6, 4)"),
    ("-x", "(None, 8, 6, 4)"),
    ("x - [1.0, 2.0, 3.0, 4.0]", "(None, 8, 6, 4)"),
    ("x * np.ones((6, 1))", "(None, 8, 6, 4)"),
    ("np.pi * x", "(None, 8, 6, 4)"),
    ("x[:, 0]", "(None, 6, 4)"),
    ("x[:, ::2, 1:-1]", "(None, 4, 4, 4)"),
    ("x[..., -1:]", "(None, 8, 6, 1)"),
    ("x[:, None]", "(None, 1, 8, 6, 4)"),
    ("x[..., tf.newaxis]", "(None, 8, 6, 4, 1)"),
    ("ops.mean(x, axis=[1, 2])", "(None, 4)"),
    ("tf.reduce_mean(x, [1, 2], keepdims=True)", "(None, 1, 1, 4)"),
    ("K.max(x, axis=-1)", "(None, 8, 6)"),
    ("tf.reduce_sum(x, reduction_indices=1)", "(None, 6, 4)"),
    ("K.expand_dims(x, 1)", "(None, 1, 8, 6, 4)"),
    ("tf.squeeze(x[:, :1], axis=1)", "(None, 6, 4)"),
    ("tf.transpose(x, [0, 3, 1, 2])", "(None, 4, 8, 6)"),
    ("K.permute_dimensions(x, (0, 2, 1, 3))", "(None, 6, 8, 4)"),
    ("tf.reshape(x, [-1, 48, 4])", "(None, 48, 4)"),
    ("tf.reshape(x, [tf.shape(x)[0], -1])", "(None, 192)"),
    ("ops.reshape(x, (-1, x.shape[1] * x.shape[2], x.shape[3]))", "(None, 48, 4)"),
    ("K.reshape(x, (-1, 8, 6, 2, 2))", "(None, 8, 6, 2, 2)"),
    ("K.batch_flatten(x)", "(None, 192)"),
    ("tf.concat([x, x], 3)", "(None, 8, 6, 8)"),
    ("tf.concat(axis=1, values=[x, x])", "(None, 16, 6, 4)"),
    ("tf.stack([x, x], axis=1)", "(None, 2, 8, 6, 4)"),
    ("tf.add_n([x, x, x])", "(None, 8, 6, 4)"),
    ("tf.split(x, 2, axis=3)[1]", "(None, 8, 6, 2)"),
    ("tf.split(x, [1, 3], axis=-1)[1]", "(None, 8, 6, 3)"),
    ("tf.pad(x, [[0, 0], [1, 2], [3, 4], [0, 0]], 'REFLECT')", "(None, 11, 13, 4)"),
    ("tf.tile(x, [1, 2, 1, 3])", "(None, 16, 6, 12)"),
    ("ops.repeat(x, 3, axis=1)", "(None, 24, 6, 4)"),
    ("ops.where(x > 0, x, 0.0)", "(None, 8, 6, 4)"),
    ("tf.where(tf.greater(x, x[..., :1]), x, x * 2)", "(None, 8, 6, 4)"),
    ("ops.cast(ops.equal(x, 1) & ~(x < 2), 'float32')", "(None, 8, 6, 4)"),
    ("ops.where(ops.logical_and(x >= 0, ops.isfinite(x)), 1.0, 0.0)", "(None, 8, 6, 4)"),
    ("ops.power(x, x) + 2 ** x + x // x + 5 % x", "(None, 8, 6, 4)"),
    ("ops.arctan2(x, x[:, :1]) + ops.arctan(x)", "(None, 8, 6, 4)"),
    ("ops.var(x, axis=[1, 2], keepdims=True)", "(None, 1, 1, 4)"),
    ("ops.argmax(x, axis=-1)", "(None, 8, 6)"),
    ("tf.reduce_any(x > 0, axis=1)", "(None, 6, 4)"),
    ("ops.all(ops.isfinite(x), axis=(1, 2))", "(None, 4)"),
    ("ops.logsumexp(x, axis=1)", "(None, 6, 4)"),
    ("ops.cumsum(x, axis=1)", "(None, 8, 6, 4)"),
    ("ops.sort(x, axis=1) + ops.cast(ops.argsort(x), 'float32')", "(None, 8, 6, 4)"),
    ("tf.math.top_k(x, k=2)[0]", "(None, 8, 6, 2)"),
    ("ops.top_k(x, 3)[1]", "(None, 8, 6, 3)"),
    ("tf.roll(x, shift=[1, -2], axis=[1, 2])", "(None, 8, 6, 4)"),
    ("ops.roll(x, 3)", "(None, 8, 6, 4)"),
    ("ops.flip(x, axis=1)", "(None, 8, 6, 4)"),
    ("tf.reverse(x, [1, 2])", "(None, 8, 6, 4)"),
    ("tf.image.resize(x, (3, 5))", "(None, 3, 5, 4)"),
    ("tf.image.resize(x, [16, 12], method='nearest')", "(None, 16, 12, 4)"),
    ("tf.image.resize(x, tf.shape(x)[1:3] * 2)", "(None, 16, 12, 4)"),
    ("K.resize_images(x, 2, 3, 'channels_last')", "(None, 16, 18, 4)"),
    ("tf.nn.depth_to_space(x, 2)", "(None, 16, 12, 1)"),
    ("tf.nn.space_to_depth(x, block_size=2)", "(None, 4, 3, 16)"),
    ("keras.ops.image.extract_patches(x, size=2)", "(None, 4, 3, 16)"),
    ("keras.ops.image.extract_patches(x, (3, 2), 2)", "(None, 3, 3, 24)"),
    ("keras.ops.image.extract_patches(x, 3, 1, 2, 'same')", "(None, 8, 6, 36)"),
    (
        "tf.image.extract_patches(images=x, sizes=[1, 2, 2, 1], strides=[1, 2, 2, 1], "
        "rates=[1, 1, 1, 1], padding='VALID')",
        "(None, 4, 3, 16)",
    ),
    ("tf.nn.relu(x)", "(None, 8, 6, 4)"),
    ("tf.nn.leaky_relu(x, alpha=0.1)", "(None, 8, 6, 4)"),
    ("tf.nn.softmax(x, axis=-1)", "(None, 8, 6, 4)"),
    ("K.sigmoid(x) * x", "(None, 8, 6, 4)"),
    ("tf.cast(x, tf.float16)", "(None, 8, 6, 4)"),
    ("tf.stop_gradient(x)", "(None, 8, 6, 4)"),
    ("K.clip(x, 0, 1)", "(None, 8, 6, 4)"),
    ("tf.maximum(x, 0.0)", "(None, 8, 6, 4)"),
    ("tf.square(x - tf.reduce_mean(x, 1, True))", "(None, 8, 6, 4)"),
    ("tf.nn.l2_normalize(x, axis=-1)", "(None, 8, 6, 4)"),
    ("tf.nn.dropout(x, 0.5)", "(None, 8, 6, 4)"),
    ("tf.nn.max_pool2d(x, 2, 2, 'SAME')", "(None, 4, 3, 4)"),
    (
        "tf.nn.avg_pool(x, ksize=[1, 3, 3, 1], strides=[1, 1, 1, 1], padding='VALID')",
        "(None, 6, 4, 4)",
    ),
    ("x + tf.random.normal(tf.shape(x))", "(None, 8, 6, 4)"),
    ("x * ops.ones_like(x)", "(None, 8, 6, 4)"),
]


@pytest.mark.parametrize(("expression", "shape"), SHAPES)
def test_shape(expression: str, shape: str) -> None:
    plain = read(f"{MODULES}x = Input((8, 6, 4))\ny = {expression}\nm = Model(x, y)")
    inside = read(f"{MODULES}i = Input((8, 6, 4))\nm = Model(i, Lambda(lambda x: {expression})(i))")
    assert output(plain) == shape
    assert output(inside) == shape
    assert not plain.unknown


def test_operations_have_rows_named_as_keras_names_them() -> None:
    graph = read(
        "x = Input((8, 6, 4))\ny = keras.ops.relu(x + 1) * x\n"
        "m = Model(x, keras.ops.mean(y - x, axis=1))"
    )
    assert rows(graph) == ["input_layer", "add", "relu", "multiply", "subtract", "mean"]
    assert [layer.dialect_name for layer in graph.layers][1:3] == ["Add", "Relu"]


def test_operations_of_a_lambda_are_its_own() -> None:
    graph = read("m = Sequential([Input((8,)), Lambda(lambda t: (t - 1) / 2, name='scale')])")
    assert rows(graph) == ["input_layer", "scale"]
    assert len(graph.nodes) == 3


def test_arguments_of_a_lambda() -> None:
    graph = read(
        "def last(x, n):\n    return x[:, -n:]\n"
        "m = Sequential([Input((8, 3)), Lambda(last, arguments={'n': 2})])"
    )
    assert output(graph) == "(None, 2, 3)"


def test_sizes_that_are_free_compute() -> None:
    graph = read(
        "import tensorflow as tf\nx = Input((None, None, 4))\n"
        "h, w = tf.shape(x)[1], tf.shape(x)[2]\n"
        "m = Model(x, tf.image.resize(x, (h * 2, w * 2)))"
    )
    assert output(graph) == "(None, 2*H, 2*W, 4)"


def test_what_code_asks_about_shapes() -> None:
    graph = read(
        "from keras import backend as K\nx = Input((8, 6, 4))\n"
        "assert x.shape == (None, 8, 6, 4)\n"
        "assert K.int_shape(x) == (None, 8, 6, 4)\n"
        "assert x.get_shape().as_list() == [None, 8, 6, 4]\n"
        "assert x.shape[0] is None and len(x.shape) == 4\n"
        "n = x.shape[-1] * int(x.shape[1])\nm = Model(x, Dense(n)(x))"
    )
    assert output(graph) == "(None, 8, 6, 32)"
    assert not graph.notes


def test_operations_that_are_not_known_are_reported() -> None:
    graph = read("x = Input((8,))\ny = keras.ops.fft2((x, x))\nm = Model(x, y[0])")
    assert output(graph) == "(unknown shape)"
    assert graph.unknown[0].line == 6


def test_shapes_of_data() -> None:
    graph = read(
        "import numpy as np\nfrom keras.datasets import mnist\n"
        "from keras.utils import to_categorical\n"
        "(x, y), (xt, yt) = mnist.load_data()\n"
        "x = x.reshape(x.shape[0], 28, 28, 1).astype('float32') / 255\n"
        "y = to_categorical(y, 10)\nz = np.expand_dims(xt, -1)\n"
        "m = Sequential([Input(x.shape[1:]), Flatten(), Dense(y.shape[1]), Dense(z.shape[3])])"
    )
    assert output(graph) == "(None, 1)"
    assert graph.weights["dense/kernel"].shape == (784, 10)


def test_small_arrays_keep_their_numbers() -> None:
    graph = read(
        "import numpy as np\nwidths = (2 ** np.arange(4) * 8).astype(int)\n"
        "rates = np.linspace(0, 0.3, 4)\n"
        "m = Sequential([Input((3,))])\n"
        "for w, r in zip(widths, rates):\n    m.add(Dense(int(w)))\n    m.add(Dropout(float(r)))\n"
        "m.add(Dense(int(np.prod((2, 3)))))"
    )
    assert output(graph) == "(None, 6)"
    assert [n.kind.units for n in graph.nodes if n.kind.name == "dense"] == [8, 16, 32, 64, 6]

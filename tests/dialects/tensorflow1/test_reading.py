"""Single things that TensorFlow 1 code says: names, scopes, sharing, fusing, feeds, formats."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import convwise
from convwise.dialects.tensorflow1.conventions import axis_order
from convwise.dialects.tensorflow1.read_code import read_models
from convwise.dialects.tensorflow1.recognised import is_tensorflow1
from convwise.dialects.tensorflow1.table import families, names
from convwise.network import Network

ROOT = Path(__file__).parents[3]
_HEAD = "import tensorflow as tf\nx = tf.placeholder(tf.float32, [None, 28, 28, 4], name='x')\n"


def read(code: str, name: str | None = None) -> Network:
    return convwise.read(_HEAD + code, name=name, dialect="tensorflow1")


def layers(net: Network) -> list[str]:
    return [layer.name for layer in net.graph.layers]


def kinds(net: Network) -> list[str]:
    return [node.kind.name for node in net.graph.nodes]


def shapes(net: Network) -> dict[str, tuple[object, ...]]:
    return {name: weight.shape for name, weight in net.graph.weights.items()}


def output(net: Network) -> tuple[object, ...]:
    return net.graph.tensor(net.graph.outputs[0]).shape[1:]


def test_question_6() -> None:
    net = convwise.read("example:mnist_weights")
    totals = net.summary().answer.totals
    assert totals.parameters == 3_274_634
    assert shapes(net)["Variable_2"] == (5, 5, 32, 64)
    found = [node.outputs[0].shape[1:] for node in net.graph.nodes]
    wanted = [(28, 28, 32), (14, 14, 32), (14, 14, 64), (7, 7, 64), (1024,), (10,)]
    assert [shape for shape in wanted if shape in found] == wanted
    assert [node.kind.rate for node in net.graph.nodes if node.kind.name == "dropout"] == [0.5]


def test_the_same_network_in_keras() -> None:
    keras = """
from keras import Input, Sequential, layers
model = Sequential([
    Input((784,)), layers.Reshape((28, 28, 1)),
    layers.Conv2D(32, 5, padding="same", activation="relu"), layers.MaxPooling2D(2),
    layers.Conv2D(64, 5, padding="same", activation="relu"), layers.MaxPooling2D(2),
    layers.Flatten(), layers.Dense(1024, activation="relu"), layers.Dropout(0.5), layers.Dense(10),
])
"""
    assert convwise.read("example:mnist_weights").difference(convwise.read(keras)) is None


def test_tf_layers_are_keras_layers() -> None:
    net = read("""
training = tf.placeholder(tf.bool)
h = tf.layers.conv2d(x, 8, 3, (2, 2), 'same', use_bias=False, name='first')
h = tf.nn.relu(tf.layers.batch_normalization(h, training=training))
h = tf.layers.conv2d_transpose(h, 4, 3, 2, padding='same')
h = tf.layers.separable_conv2d(h, 6, 3, depth_multiplier=2)
y = tf.layers.dense(tf.layers.flatten(tf.layers.average_pooling2d(h, 2, 2)), 5, tf.nn.tanh)
""")
    keras = """
from keras import Input, Sequential, layers
model = Sequential([
    Input((28, 28, 4)), layers.Conv2D(8, 3, 2, "same", use_bias=False),
    layers.BatchNormalization(), layers.ReLU(), layers.Conv2DTranspose(4, 3, 2, "same"),
    layers.SeparableConv2D(6, 3, depth_multiplier=2), layers.AveragePooling2D(2),
    layers.Flatten(), layers.Dense(5, activation="tanh"),
])
"""
    assert net.difference(convwise.read(keras)) is None
    assert "first/kernel" in shapes(net)
    assert shapes(net)["separable_conv2d/depthwise_kernel"] == (3, 3, 4, 2)
    assert shapes(net)["conv2d_transpose/kernel"] == (3, 3, 4, 8)


def test_a_bias_is_joined_when_nothing_else_takes_the_unbiased_value() -> None:
    head = """
W = tf.Variable(tf.zeros([3, 3, 4, 8]))
b = tf.Variable(tf.zeros([8]))
c = tf.nn.conv2d(x, W, [1, 1, 1, 1], 'SAME')
"""
    assert kinds(read(head + "y = tf.nn.relu(c + b)")) == ["input", "convolution", "activation"]
    assert kinds(read(head + "y = tf.nn.bias_add(c, b)")) == ["input", "convolution"]
    both = read(head + "y = (c + b) * c")
    assert kinds(both) == ["parameter", "input", "convolution", "merge", "merge"]
    assert [one.summary().answer.totals.parameters for one in (both, read(head + "y = c + b"))] == [
        296,
        296,
    ]
    assert kinds(read(head + "y = c + b", name="c")) == ["input", "convolution"]


def test_a_filter_that_is_computed_is_no_weight_of_the_convolution() -> None:
    net = read("""
W = tf.get_variable('W', [3, 3, 4, 8])
g = tf.get_variable('g', [8])
y = tf.nn.conv2d(x, g * tf.nn.l2_normalize(W, [0, 1, 2]), [1, 1, 1, 1], 'SAME')
""")
    assert "given_convolution" in kinds(net)
    assert layers(net) == ["W", "g", "l2_normalize", "mul", "x", "Conv2D"]
    assert net.summary().answer.totals.cost.forward == 28 * 28 * 8 * 9 * 4


def test_a_variable_in_two_places_counts_once() -> None:
    net = read("""
def net(x):
    with tf.variable_scope('net', reuse=tf.AUTO_REUSE):
        W = tf.get_variable('W', [3, 3, 4, 4])
        return tf.nn.conv2d(x, W, [1, 1, 1, 1], 'SAME')
y = net(net(x))
""")
    assert shapes(net) == {"net/W": (3, 3, 4, 4)}
    assert layers(net) == ["x", "net/Conv2D", "net_1/Conv2D"]
    assert net.summary().answer.totals.parameters == 144


def test_tied_weights_of_an_autoencoder() -> None:
    net = read("""
f = tf.reshape(x, [-1, 28 * 28 * 4])
W = tf.Variable(tf.zeros([3136, 20]), name='W')
h = tf.nn.sigmoid(tf.matmul(f, W))
y = tf.nn.sigmoid(tf.matmul(h, tf.transpose(W)))
z = tf.matmul(h, W, transpose_b=True)
""")
    assert net.summary().answer.totals.parameters == 3136 * 20
    assert output(read("y = tf.squeeze(tf.nn.max_pool(x, [1,28,28,1], [1,1,1,1], 'VALID'))")) == (
        4,
    )


def test_scopes_name_operations_and_variables() -> None:
    net = read("""
with tf.variable_scope('block') as scope:
    a = tf.get_variable('w', [1, 1, 4, 4])
    h = tf.nn.conv2d(x, a, [1, 1, 1, 1], 'SAME', name='first')
    with tf.name_scope('inner'):
        v = tf.Variable(tf.zeros([1, 1, 4, 4]), name='v')
        u = tf.get_variable('u', [1, 1, 4, 4])
        h = tf.nn.conv2d(tf.nn.conv2d(h, v, [1]*4, 'SAME'), u, [1]*4, 'SAME')
    h = tf.nn.relu(h, name=scope.name)
with tf.variable_scope(scope, reuse=True):
    y = tf.nn.conv2d(h, tf.get_variable('w'), [1, 1, 1, 1], 'SAME')
""")
    assert layers(net) == [
        "x",
        "block/first",
        "block/inner/Conv2D",
        "block/inner/Conv2D_1",
        "block/block",
        "block_1/Conv2D",
    ]
    assert list(shapes(net)) == ["block/w", "block/inner/v", "block/u"]


def test_groups_and_formats() -> None:
    net = read("""
t = tf.transpose(x, [0, 3, 1, 2])
W = tf.get_variable('W', [3, 3, 2, 6])
c = tf.nn.conv2d(t, W, [1, 1, 2, 2], 'VALID', data_format='NCHW')
c = tf.nn.bias_add(c, tf.get_variable('b', [6]), data_format='NCHW')
y = tf.nn.avg_pool(c, [1, 1, 2, 2], [1, 1, 2, 2], 'SAME', data_format='NCHW')
""")
    assert output(net) == (6, 7, 7)
    convolution = next(node.kind for node in net.graph.nodes if node.kind.name == "convolution")
    assert (convolution.groups, convolution.bias) == (2, True)
    assert shapes(net) == {"W": (3, 3, 2, 6), "b": (6,)}


def test_halves_that_are_convolved_apart_are_groups() -> None:
    net = read("""
W = tf.get_variable('W', [3, 3, 2, 6])
b = tf.get_variable('b', [6])
pairs = zip(tf.split(x, 2, 3), tf.split(W, 2, 3))
halves = [tf.nn.conv2d(i, k, [1, 2, 2, 1], 'SAME') for i, k in pairs]
y = tf.nn.relu(tf.nn.bias_add(tf.concat(halves, 3), b))
""")
    keras = """
from keras import Input, Sequential, layers
model = Sequential([
    Input((28, 28, 4)), layers.Conv2D(6, 3, 2, "same", groups=2, activation="relu"),
])
"""
    assert net.difference(convwise.read(keras)) is None
    assert shapes(net) == {"W": (3, 3, 2, 6), "b": (6,)}
    assert layers(net) == ["x", "concat", "Relu"]


FORMS = {
    "tf.concat(3, [x, x])": (28, 28, 8),
    "tf.concat([x, x], 1)": (56, 28, 4),
    "tf.split(3, 2, x)[1]": (28, 28, 2),
    "tf.split(x, [1, 3], axis=-1)[1]": (28, 28, 3),
    "tf.unstack(x, axis=1)[3]": (28, 4),
    "tf.stack([x, x], axis=1)": (2, 28, 28, 4),
    "tf.pad(x, [[0, 0], [1, 2], [3, 4], [0, 0]])": (31, 35, 4),
    "tf.slice(x, [0, 2, 3, 0], [-1, 10, -1, 2])": (10, 25, 2),
    "x[:, 1:-1, ::2, 0]": (26, 14),
    "tf.reduce_mean(x, reduction_indices=[1, 2], keep_dims=True)": (1, 1, 4),
    "tf.expand_dims(x, dim=1)": (1, 28, 28, 4),
    "tf.image.resize_bilinear(x, (14, 7))": (14, 7, 4),
    "tf.image.resize_images(x, [56, 56], method=tf.image.ResizeMethod.BICUBIC)": (56, 56, 4),
    "tf.image.resize_images(x, [56, 56], 3)": None,
    "tf.space_to_depth(x, 2)": (14, 14, 16),
    "tf.depth_to_space(x, 2)": (56, 56, 1),
    "tf.nn.crelu(x)": (28, 28, 8),
    "tf.nn.lrn(x, 4, bias=1.0, alpha=0.001 / 9.0, beta=0.75)": (28, 28, 4),
    "tf.nn.l2_normalize(x, 3)": (28, 28, 4),
    "tf.nn.atrous_conv2d(x, tf.get_variable('w', [3, 3, 4, 8]), 4, 'VALID')": (20, 20, 8),
    "tf.nn.pool(x, [2, 2], 'MAX', 'SAME', strides=[2, 2])": (14, 14, 4),
    "tf.reshape(x, [-1, x.get_shape()[1] * x.shape[2].value, 4])": (784, 4),
    "tf.reshape(x, [tf.shape(x)[0], -1])": (3136,),
    "tf.reshape(x, tf.stack([tf.shape(x)[0], 784, 4]))": (784, 4),
    "tf.tensordot(x, tf.get_variable('w', [4, 5]), [[3], [0]])": (28, 28, 5),
    "tf.add_n([x, x, x])": (28, 28, 4),
    "tf.layers.dense(x, 7)": (28, 28, 7),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_operations(form: str) -> None:
    net = read(f"z = {form}\ny = tf.identity(z)", name="y")
    if FORMS[form] is None:
        assert [fact.what for fact in net.graph.unknown]
    else:
        assert net.graph.unknown == ()
        assert output(net) == FORMS[form]


def test_dropout_is_read_from_what_is_fed() -> None:
    code = """
keep = tf.placeholder(tf.float32)
y = tf.nn.dropout(x, keep)
step = tf.train.AdamOptimizer().minimize(tf.reduce_mean(y))
with tf.Session() as sess:
    sess.run(step, feed_dict={x: data, keep: 0.8})
    sess.run(y, {x: data, keep: 1})
"""
    net = read(code, name="y")
    assert net.graph.nodes[-1].kind.rate == pytest.approx(0.2)
    assert not [note for note in net.graph.notes if note.code == "dropout-rate"]
    unsaid = read("y = tf.nn.dropout(x, tf.placeholder(tf.float32))", name="y")
    assert [note.code for note in unsaid.graph.notes] == ["dropout-rate"]
    assert read("y = tf.nn.dropout(x, rate=0.3)", name="y").graph.nodes[-1].kind.rate == 0.3


def test_the_result_is_what_the_loss_takes() -> None:
    head = "t = tf.placeholder(tf.float32, [None, 10])\n"
    head += "logits = tf.layers.dense(tf.layers.flatten(x), 10)\nprob = tf.nn.softmax(logits)\n"
    for loss in (
        "tf.nn.softmax_cross_entropy_with_logits(labels=t, logits=logits)",
        "tf.nn.softmax_cross_entropy_with_logits(logits, t)",
        "tf.losses.softmax_cross_entropy(t, logits)",
        "tf.nn.sigmoid_cross_entropy_with_logits(logits=logits, labels=t)",
    ):
        net = read(head + f"loss = tf.reduce_mean({loss})\nacc = tf.argmax(prob, 1)")
        assert net.graph.name == "logits"
    by_hand = (
        "loss = -tf.reduce_sum(t * tf.log(prob))\nop = tf.train.AdamOptimizer().minimize(loss)"
    )
    assert read(head + by_hand).graph.name == "prob"
    assert read(head + "best = tf.argmax(prob, 1)").graph.name == "prob"
    assert read(head, name="logits").graph.name == "logits"
    assert read(head, name="dense").graph.name == "dense"


def test_a_batch_that_the_code_fixes_stays_free() -> None:
    code = """import tensorflow as tf
x = tf.placeholder(tf.float32, [64, 8, 8, 3])
W = tf.get_variable('W', [5, 5, 16, 3])
y = tf.nn.conv2d_transpose(x, W, [64, 16, 16, 16], [1, 2, 2, 1])
z = tf.layers.dense(tf.reshape(y, [64, -1]), 2)
"""
    net = convwise.read(code)
    assert output(net) == (2,)
    assert [note.code for note in net.graph.notes] == ["batch-size", "result"]


def test_steps_of_all_examples_in_one_axis() -> None:
    """As language models have it: the numbers that the code fixes stand for the batch."""
    net = convwise.read("""import tensorflow as tf
batch, steps, size, words = 20, 35, 8, 100
ids = tf.placeholder(tf.int32, [batch, steps])
table = tf.get_variable('table', [words, size])
rows = tf.reshape(tf.nn.embedding_lookup(table, ids), [batch * steps, size])
logits = tf.nn.xw_plus_b(rows, tf.get_variable('w', [size, words]), tf.zeros([words]))
logits = tf.reshape(logits, [batch, steps, words])
""")
    assert output(net) == (35, 100)
    assert net.summary().answer.totals.cost.forward == 35 * 8 * 100
    assert net.graph.constraints == ()


def test_recurrent_layers_keep_their_shapes_and_are_said() -> None:
    net = read("""
cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.BasicLSTMCell(64) for _ in range(2)])
out, state = tf.nn.dynamic_rnn(cell, tf.reshape(x, [-1, 28, 112]), dtype=tf.float32)
y = tf.layers.dense(out[:, -1], 10)
""")
    assert output(net) == (10,)
    assert [fact.what for fact in net.graph.unknown] == ["dynamic_rnn is not known"]


def test_an_unknown_operation_has_its_name() -> None:
    net = read("y = tf.layers.conv2d(tf.nn.erosion2d(x, 3), 8, 3)")
    assert net.graph.unknown[0].what == "erosion2d is not known"
    assert net.graph.unknown[0].line == 3


def test_functions_that_nothing_calls() -> None:
    code = """import tensorflow as tf
def model(images, classes=10):
    h = tf.layers.conv2d(images, 8, 3, activation=tf.nn.relu)
    return tf.layers.dense(tf.layers.flatten(h), classes)
"""
    assert output(convwise.read(code, input=(12, 12, 3))) == (10,)
    assert output(convwise.read(code, name="model", input=(12, 12, 3))) == (10,)


def test_all_tensors_by_name() -> None:
    code = _HEAD + "a = tf.layers.conv2d(x, 8, 3)\nb = tf.layers.max_pooling2d(a, 2, 2)\n"
    assert list(read_models(code, filename="f.py")) == ["a", "b"]


def test_weights_are_in_tensorflows_order() -> None:
    axes = (("out", 64), ("in", 32), ("height", 5), ("width", 3))
    assert [name for name, _ in axis_order("convolution", "kernel", axes)] == [
        "height",
        "width",
        "in",
        "out",
    ]
    into = (("in", 64), ("out", 32), ("height", 5), ("width", 3))
    assert [name for name, _ in axis_order("transposed_convolution", "kernel", into)] == [
        "height",
        "width",
        "out",
        "in",
    ]


def test_which_code_is_tensorflow1() -> None:
    for folder in ("keras", "torch"):
        for path in sorted((ROOT / "tests" / "zoo" / folder).glob("*.py")):
            assert not is_tensorflow1(path.read_text("utf-8")), path.name
    for path in sorted((ROOT / "tests" / "zoo" / "tensorflow1").glob("*.json")):
        assert is_tensorflow1(path.with_suffix(".py").read_text("utf-8")), path.name
    keras = "from tensorflow.keras import layers\ny = tf.nn.relu(layers.Conv2D(8, 3)(x))"
    assert not is_tensorflow1(keras)
    assert is_tensorflow1("W = tf.Variable(v)\ny = tf.nn.conv2d(x, W, 1, 'SAME')")
    assert is_tensorflow1("import tensorflow.compat.v1 as tf\ny = tf.matmul(a, b)")


def test_the_table_names_what_is_read() -> None:
    assert len(names()) == len(set(names())) > 200
    assert {"tf.nn.conv2d", "tf.layers.dense", "tf.get_variable"} <= set(names())
    assert all(families().values())


def test_ten_thousand_operations_in_two_seconds() -> None:
    code = (
        _HEAD
        + """
h = x
for i in range(3000):
    with tf.variable_scope('block%d' % i):
        W = tf.get_variable('W', [3, 3, 4, 4])
        b = tf.get_variable('b', [4])
        h = tf.nn.relu(tf.nn.conv2d(h, W, [1, 1, 1, 1], 'SAME') + b)
"""
    )
    started = time.process_time()
    net = convwise.read(code)
    assert len(net.graph.layers) == 6001
    # Twice what is aimed at: the machine that tests may be slow.
    assert time.process_time() - started < 4


def test_a_model_function_of_an_estimator() -> None:
    net = convwise.read("""import tensorflow as tf
def model_fn(features, labels, mode, params):
    h = tf.reshape(features["x"], [-1, 28, 28, 1])
    h = tf.layers.conv2d(h, params["filters"], 5, activation=tf.nn.relu)
    training = mode == tf.estimator.ModeKeys.TRAIN
    h = tf.layers.dropout(tf.layers.flatten(h), 0.4, training=training)
    logits = tf.layers.dense(h, 10)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions=logits)
    loss = tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
    return tf.estimator.EstimatorSpec(mode, loss=loss)
def main(_):
    model = tf.estimator.Estimator(model_fn=model_fn, params={"filters": 6})
    model.train(input_fn=data, steps=100)
tf.app.run()
""")
    assert output(net) == (10,)
    assert net.summary().answer.totals.parameters == 6 * 26 + 10 * (24 * 24 * 6 + 1)
    assert [note.code for note in net.graph.notes] == ["shape-taken", "result"]


def test_an_input_that_a_data_pipeline_gives() -> None:
    code = """import tensorflow as tf
images, labels = pipeline.inputs()
W = tf.get_variable('W', [5, 5, 3, 8])
y = tf.nn.conv2d(images, W, [1, 1, 1, 1], 'SAME')
"""
    net = convwise.read(code, input=(24, 24, 3))
    assert output(net) == (24, 24, 8)
    unsaid = convwise.read(code.replace("pipeline", "tf.train"))
    assert "data-input" in [note.code for note in unsaid.graph.notes]
    assert unsaid.graph.unknown


def test_statistics_behind_a_condition_are_batch_normalisation() -> None:
    net = read("""
phase = tf.placeholder(tf.bool)
mean, var = tf.nn.moments(x, [0, 1, 2])
def of_batch():
    return tf.identity(mean), tf.identity(var)
mean, var = tf.cond(phase, of_batch, lambda: (averages[0], averages[1]))
beta = tf.Variable(tf.zeros([4]), name='beta')
gamma = tf.Variable(tf.ones([4]), name='gamma')
y = tf.nn.batch_normalization(x, mean, var, beta, gamma, 1e-3)
""")
    assert kinds(net) == ["input", "batch_norm"]
    assert list(shapes(net)) == ["gamma", "beta"]
    assert "condition" in [note.code for note in net.graph.notes]


def test_other_statistics_are_the_arithmetic_that_they_stand_for() -> None:
    net = read("""
mean, var = tf.nn.moments(x, [1, 2], keep_dims=True)
y = tf.nn.batch_normalization(x, mean, var, None, tf.get_variable('g', [4]), 1e-3)
""")
    assert net.graph.unknown == ()
    assert output(net) == (28, 28, 4)

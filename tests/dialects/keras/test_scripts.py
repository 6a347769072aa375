"""Whole scripts as they lie around: options, data, training loops, objects that hold models."""

from __future__ import annotations

from .reading import HEAD, bare, note_codes, output, parameters, read, refused, rows

QUICKSTART = """import tensorflow as tf
from tensorflow.keras.layers import Dense, Flatten, Conv2D
from tensorflow.keras import Model
(x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0
x_train = x_train[..., tf.newaxis].astype("float32")
train_ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(10000).batch(32)
class MyModel(Model):
    def __init__(self):
        super().__init__()
        self.conv1 = Conv2D(32, 3, activation='relu')
        self.flatten = Flatten()
        self.d1 = Dense(10)
    def call(self, x):
        return self.d1(self.flatten(self.conv1(x)))
model = MyModel()
optimizer = tf.keras.optimizers.Adam()
"""


def test_a_training_loop_tells_the_input_shape() -> None:
    graph = bare(
        QUICKSTART + "@tf.function\n"
        "def train_step(images, labels):\n"
        "    with tf.GradientTape() as tape:\n"
        "        predictions = model(images, training=True)\n"
        "    gradients = tape.gradient(predictions, model.trainable_variables)\n"
        "    optimizer.apply_gradients(zip(gradients, model.trainable_variables))\n"
        "for epoch in range(5):\n"
        "    for images, labels in train_ds:\n"
        "        train_step(images, labels)\n"
        "    print(f'Epoch {epoch + 1}')\n"
    )
    assert output(graph) == "(None, 10)"
    assert parameters(graph) == 320 + 26 * 26 * 32 * 10 + 10
    assert not graph.notes


def test_fitting_on_a_data_set_tells_the_input_shape() -> None:
    graph = bare(QUICKSTART + "model.compile('adam')\nmodel.fit(train_ds, epochs=3)")
    assert output(graph) == "(None, 10)"


def test_data_sets_that_are_mapped() -> None:
    graph = bare(
        QUICKSTART + "def prepare(x, y):\n    return tf.image.resize(x, (32, 32)), y\n"
        "small = train_ds.map(lambda x, y: (x[:, ::2, ::2], y)).prefetch(2)\n"
        "model.fit(small)"
    )
    assert output(graph) == "(None, 10)"
    assert parameters(graph) == 320 + 12 * 12 * 32 * 10 + 10


OPTIONS = """import argparse
parser = argparse.ArgumentParser(description='train')
group = parser.add_argument_group('network')
group.add_argument('-f', '--filters', type=int, default=16)
parser.add_argument('--depth', type=int, default=3)
parser.add_argument('--batch-norm', action='store_true')
parser.add_argument('--classes', type=int, required=True)
args = parser.parse_args()
x = i = Input((64, 64, 3))
for n in range(args.depth):
    x = Conv2D(args.filters * 2**n, 3, padding='same')(x)
    if args.batch_norm:
        x = BatchNormalization()(x)
m = Model(i, Dense({})(x))
"""


def test_options_of_a_program_have_their_defaults() -> None:
    graph = read(OPTIONS.format(5))
    assert output(graph) == "(None, 64, 64, 5)"
    assert rows(graph) == ["input_layer", "conv2d", "conv2d_1", "conv2d_2", "dense"]


def test_options_without_default_are_asked_for() -> None:
    error = refused(HEAD + OPTIONS.format("args.classes"))
    assert "`classes`" in error.message
    graph = read(OPTIONS.format("args.classes"), settings={"args.classes": 7, "classes": 7})
    assert output(graph) == "(None, 64, 64, 7)"


def test_models_that_an_object_holds_are_named_by_its_attributes() -> None:
    text = (
        "class GAN():\n    def __init__(self):\n"
        "        self.discriminator = Sequential([Input((4,)), Dense(1)])\n"
        "        self.discriminator.compile('sgd')\n"
        "        self.generator = Sequential([Input((2,)), Dense(4)])\n"
        "        z = Input((2,))\n        self.discriminator.trainable = False\n"
        "        self.combined = Model(z, self.discriminator(self.generator(z)))\n"
        "        self.combined.compile('sgd')\n"
        "if __name__ == '__main__':\n    gan = GAN()\n"
    )
    graph = read(text)
    assert graph.name == "combined"
    assert rows(graph) == ["input_layer_2", "sequential_1/dense_1", "sequential/dense"]
    assert parameters(read(text, name="generator")) == 12
    assert note_codes(graph) == ["several-models"]


def test_a_wrapper_that_only_trains_is_passed_over() -> None:
    text = (
        "class Trainer(keras.Model):\n    def __init__(self, net):\n"
        "        super().__init__()\n        self.net = net\n"
        "    def train_step(self, data):\n        return {}\n"
        "net = Sequential([Input((4,)), Dense(3)])\n"
        "trainer = Trainer(net)\ntrainer.compile('adam')\n"
    )
    assert read(text).name == "net"


def test_names_that_are_not_defined_leave_sizes_free() -> None:
    graph = bare("m = Sequential([Conv2D(8, 3, input_shape=(rows, cols, 3)), MaxPooling2D()])")
    assert output(graph) == "(None, floor(rows/2) - 1, floor(cols/2) - 1, 8)"
    assert note_codes(graph) == ["free-size", "free-size"]
    assert output(bare("x = Input((N, 3))\nm = Model(x, Dense(2)(x))")) == "(None, N_, 2)"


def test_an_input_shape_that_is_not_defined_may_be_given() -> None:
    text = "m = Sequential([Conv2D(8, 3, input_shape=input_shape)])"
    assert "`input_shape`" in refused(text).message
    assert output(bare(text, inputs={None: (8, 8, 3)})) == "(None, 6, 6, 8)"
    assert output(bare(text, settings={"input_shape": (8, 8, 3)})) == "(None, 6, 6, 8)"


def test_a_function_of_a_tensor_may_be_tried() -> None:
    text = "def block(x, n=8):\n    x = Conv2D(n, 3)(x)\n    return BatchNormalization()(x)\n"
    assert "--input x=224,224,3" in (refused(text).hint or "")
    graph = bare(text, inputs={"x": (28, 28, 1)})
    assert rows(graph) == ["x", "conv2d", "batch_normalization"]
    assert output(graph) == "(None, 26, 26, 8)"


def test_tokens_have_a_length() -> None:
    graph = read("m = Sequential([Embedding(100, 8), Conv1D(4, 3)])")
    assert output(graph) == "(None, T - 2, 4)"
    assert graph.tensor(graph.inputs[0]).dtype == "int32"


def test_a_statement_that_stops_is_noted() -> None:
    graph = read(
        "def check(n):\n    if n != 3:\n        raise ValueError('n must be 3')\n"
        "x = Input((8,))\ncheck(4)\nm = Model(x, Dense(2)(x))"
    )
    [note] = graph.notes
    assert (note.code, note.line) == ("passed-over", 7)
    assert "n must be 3" in note.message


def test_a_model_changed_under_an_unknown_condition_only_by_training_is_known() -> None:
    graph = read(
        "import config\nm = Sequential([Input((8,)), Dense(2)])\n"
        "if config.train:\n    m.compile('adam')\n    m.fit(config.data)\n    m.summary()\n"
    )
    assert output(graph) == "(None, 2)"

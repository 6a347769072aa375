"""One layer in the names of Keras 1, 2 and 3: the same kinds, shapes and counts."""

from __future__ import annotations

import pytest

from convwise.graph.nodes import Graph

from .reading import bare, note_codes, output, parameters, read


def kinds(graph: Graph) -> list[object]:
    return [node.kind for node in graph.nodes]


PAIRS = [
    ("(8, 8, 3)", "Convolution2D(4, 3, 5)", "Conv2D(4, (3, 5))"),
    ("(8, 8, 3)", "Convolution2D(nb_filter=4, nb_row=3, nb_col=5)", "Conv2D(4, (3, 5))"),
    ("(8, 8, 3)", "Convolution2D(4, 3, 3, border_mode='same')", "Conv2D(4, 3, padding='same')"),
    ("(8, 8, 3)", "Convolution2D(4, 3, 3, subsample=(2, 2))", "Conv2D(4, 3, strides=2)"),
    ("(8, 8, 3)", "Convolution2D(4, 3, 3, 'uniform', 'relu')", "Conv2D(4, 3, activation='relu')"),
    ("(8, 8, 3)", "Convolution2D(4, 3, 3, bias=False)", "Conv2D(4, 3, use_bias=False)"),
    ("(8, 8, 3)", "Conv2D(4, 3, 3, border_mode='same')", "Conv2D(4, (3, 3), padding='same')"),
    ("(8, 8, 3)", "Convolution2D(4, (3, 3), strides=(2, 2))", "Conv2D(4, 3, strides=2)"),
    (
        "(3, 8, 8)",
        "Convolution2D(4, 3, 3, dim_ordering='th')",
        "Conv2D(4, 3, data_format='channels_first')",
    ),
    ("(9, 3)", "Convolution1D(4, 3, border_mode='same')", "Conv1D(4, 3, padding='same')"),
    ("(9, 3)", "Convolution1D(nb_filter=4, filter_length=3)", "Conv1D(4, 3)"),
    ("(9, 3)", "Convolution1D(4, 3, subsample_length=2)", "Conv1D(4, 3, strides=2)"),
    ("(5, 6, 7, 2)", "Convolution3D(4, 3, 2, 1)", "Conv3D(4, (3, 2, 1))"),
    (
        "(5, 6, 7, 2)",
        "Convolution3D(4, kernel_dim1=3, kernel_dim2=2, kernel_dim3=1)",
        "Conv3D(4, (3, 2, 1))",
    ),
    ("(9, 9, 2)", "AtrousConvolution2D(4, 3, 3, atrous_rate=2)", "Conv2D(4, 3, dilation_rate=2)"),
    ("(9, 9, 2)", "SeparableConvolution2D(4, 3, 3)", "SeparableConv2D(4, 3)"),
    (
        "(4, 4, 2)",
        "Deconvolution2D(3, 3, 3, output_shape=(None, 8, 8, 3), border_mode='same', "
        "subsample=(2, 2))",
        "Conv2DTranspose(3, 3, strides=2, padding='same')",
    ),
    (
        "(8, 8, 3)",
        "MaxPooling2D(pool_size=(2, 2), border_mode='same')",
        "MaxPool2D(padding='same')",
    ),
    ("(9, 3)", "MaxPooling1D(pool_length=3, stride=2)", "MaxPooling1D(3, strides=2)"),
    ("(8,)", "Dense(output_dim=3, init='uniform')", "Dense(3)"),
    ("(8,)", "Dense(3, W_regularizer=None, b_constraint=None)", "Dense(3)"),
    ("(8,)", "Dropout(p=0.3)", "Dropout(0.3)"),
    ("(8,)", "GaussianNoise(sigma=0.3)", "GaussianNoise(0.3)"),
    ("(8,)", "LeakyReLU(alpha=0.2)", "LeakyReLU(0.2)"),
    ("(8, 8, 3)", "SpatialDropout2D(p=0.3, dim_ordering='tf')", "SpatialDropout2D(0.3)"),
    ("(8,)", "Reshape(dims=(2, 4))", "Reshape((2, 4))"),
    ("(8, 8, 3)", "BatchNormalization(mode=0, axis=3)", "BatchNormalization(axis=3)"),
    ("(8, 8, 3)", "GlobalAvgPool2D()", "GlobalAveragePooling2D()"),
    ("(8, 8, 3)", "AvgPool2D(2)", "AveragePooling2D(2)"),
]


@pytest.mark.parametrize(("shape", "old", "new"), PAIRS)
def test_old_names_mean_the_same(shape: str, old: str, new: str) -> None:
    one = read(f"m = Sequential([Input({shape}), {old}])")
    two = read(f"m = Sequential([Input({shape}), {new}])")
    assert kinds(one) == kinds(two)
    assert output(one) == output(two)
    assert parameters(one) == parameters(two)
    assert list(one.weights) == list(two.weights) or "Atrous" in old


def test_names_of_keras_1_are_told_once() -> None:
    graph = read("m = Sequential([Input((8,)), Dense(output_dim=3, init='zero'), Dropout(p=0.1)])")
    [note] = [note for note in graph.notes if note.code == "old-names"]
    assert note.message.endswith("output_dim, init, p")


def test_three_numbers_of_conv2d_are_a_stride_and_a_note() -> None:
    graph = read("m = Sequential([Input((9, 9, 1)), Conv2D(4, 3, 3)])")
    assert output(graph) == "(None, 3, 3, 4)"
    assert "third-argument" in note_codes(graph)


MODELS = [
    "m = Model(input=i, output=y)",
    "m = Model(inputs=i, outputs=y)",
    "m = Model(i, y, 'net')",
    "m = keras.Model([i], [y])",
    "m = keras.models.Model(outputs=y, inputs=i, name='net')",
]


@pytest.mark.parametrize("line", MODELS)
def test_every_spelling_of_model(line: str) -> None:
    graph = read(f"i = Input((4,))\ny = Dense(3)(i)\n{line}")
    assert (len(graph.inputs), len(graph.outputs), parameters(graph)) == (1, 1, 15)


INPUTS = [
    "m = Sequential([Input((8, 6, 3)), Conv2D(4, 3)])",
    "m = Sequential([Input(shape=[8, 6, 3], batch_size=None), Conv2D(4, 3)])",
    "m = Sequential([Input(batch_shape=(None, 8, 6, 3)), Conv2D(4, 3)])",
    "m = Sequential([InputLayer((8, 6, 3)), Conv2D(4, 3)])",
    "m = Sequential([InputLayer(input_shape=(8, 6, 3)), Conv2D(4, 3)])",
    "m = Sequential([InputLayer(batch_input_shape=(None, 8, 6, 3)), Conv2D(4, 3)])",
    "m = Sequential([Conv2D(4, 3, input_shape=(8, 6, 3))])",
    "m = Sequential([Conv2D(4, 3, batch_input_shape=(None, 8, 6, 3))])",
    "m = Sequential()\nm.add(Input((8, 6, 3)))\nm.add(Conv2D(4, 3))",
    "m = Sequential([Conv2D(4, 3)])\nm.build((None, 8, 6, 3))",
    "m = Sequential([Conv2D(4, 3)])\nm.build(input_shape=(None, 8, 6, 3))",
    "m = Sequential([Conv2D(4, 3)])\ny = m(Input((8, 6, 3)))",
    "import numpy as np\nm = Sequential([Conv2D(4, 3)])\nm.predict(np.zeros((5, 8, 6, 3)))",
]


@pytest.mark.parametrize("text", INPUTS)
def test_every_spelling_of_the_input_shape(text: str) -> None:
    assert output(read(text)) == "(None, 6, 4, 4)"


def test_a_flat_input_by_its_width() -> None:
    assert output(read("m = Sequential([Dense(3, input_dim=4)])")) == "(None, 3)"
    assert output(read("m = Sequential([Embedding(50, 8, input_length=7)])")) == "(None, 7, 8)"


def test_a_fixed_batch_stays_free_and_is_noted() -> None:
    for spelling in ("batch_shape=(16, 8, 6)", "shape=(8, 6), batch_size=16"):
        graph = read(f"x = Input({spelling})\ny = keras.ops.reshape(x, (16, 48))\nm = Model(x, y)")
        assert output(graph) == "(None, 48)"
        assert note_codes(graph) == ["batch-size"]


def test_free_sizes_are_named_by_their_role() -> None:
    assert output(read("m = Sequential([Input((None, None, 3)), Conv2D(4, 3)])")) == (
        "(None, H - 2, W - 2, 4)"
    )
    assert output(read("m = Sequential([Input((None, 3)), Conv1D(4, 3)])")) == "(None, T - 2, 4)"
    assert output(
        read("m = Sequential([Input((3, None, 9)), Conv2D(4, 3, data_format='channels_first')])")
    ) == ("(None, 4, H - 2, 7)")


def test_free_sizes_of_two_inputs_are_told_apart() -> None:
    graph = read(
        "a = Input((None, None, 3))\nb = Input((None, None, 3))\n"
        "m = Model([a, b], Add()([Conv2D(3, 1)(a), Conv2D(3, 1)(b)]))"
    )
    assert sorted(str(one) for one in graph.constraints) == ["H == H2", "W == W2"]


@pytest.mark.parametrize(
    "line",
    [
        "keras.backend.set_image_data_format('channels_first')",
        "keras.config.set_image_data_format('channels_first')",
        "from keras import backend as K\nK.set_image_dim_ordering('th')",
    ],
)
def test_channels_first_for_the_whole_file(line: str) -> None:
    graph = read(
        f"{line}\nm = Sequential([Conv2D(4, 3, input_shape=(3, 8, 6)), MaxPooling2D(), Flatten()])"
    )
    assert output(graph) == "(None, 24)"
    assert [axis.role for axis in graph.nodes[0].outputs[0].axes] == [
        "batch",
        "channel",
        "height",
        "width",
    ]


MERGES = [
    "merge([a, b], mode='concat', concat_axis=-1)",
    "merge([a, b], 'concat')",
    "concatenate([a, b], axis=-1)",
    "Concatenate()([a, b])",
    "layers.concatenate(inputs=[a, b])",
    "keras.ops.concatenate([a, b], axis=-1)",
    "keras.backend.concatenate([a, b])",
    "Lambda(lambda t: keras.ops.concatenate(t, axis=-1))([a, b])",
]


@pytest.mark.parametrize("expression", MERGES)
def test_every_spelling_of_concatenate(expression: str) -> None:
    graph = read(f"a = Input((3,))\nb = Input((4,))\nm = Model([a, b], {expression})")
    assert output(graph) == "(None, 7)"


ACTIVATIONS = [
    "Dense(3, activation='relu')",
    "Dense(3, activation=keras.activations.relu)",
    "Dense(3, activation=tf.nn.relu)",
    "Dense(3, activation=ReLU())",
    "Dense(3, activation=lambda t: keras.ops.relu(t))",
    "Dense(3, 'relu')",
]


@pytest.mark.parametrize("layer", ACTIVATIONS)
def test_every_spelling_of_an_activation(layer: str) -> None:
    graph = read(f"import tensorflow as tf\nm = Sequential([Input((4,)), {layer}])")
    assert [node.kind.name for node in graph.nodes] == ["input", "dense", "activation"]
    assert graph.nodes[2].kind.function == "relu"
    assert len(graph.layers) == 2


def test_branches_merged_at_the_front_of_a_sequential() -> None:
    graph = bare(
        "left = Sequential([Dense(3, input_dim=4)])\n"
        "right = Sequential([Dense(3, input_dim=5)])\n"
        "model = Sequential()\n"
        "model.add(Merge([left, right], mode='concat'))\n"
        "model.add(Dense(2))",
        name="model",
    )
    assert len(graph.inputs) == 2
    assert parameters(graph) == 15 + 18 + 14

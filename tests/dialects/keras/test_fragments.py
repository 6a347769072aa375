"""What people paste: code without imports, lists of layers, bare layers, chains, weight shapes."""

from __future__ import annotations

import pytest

from convwise.errors import MissingInputError

from .reading import bare, note_codes, output, parameters, refused, rows, shapes

IMAGE = {None: (28, 28, 1)}


def test_code_without_imports() -> None:
    graph = bare(
        "model = Sequential()\n"
        "model.add(Conv2D(32, (3, 3), input_shape=(28, 28, 1)))\n"
        "model.add(Flatten())\n"
        "model.add(Dense(10))"
    )
    assert rows(graph) == ["input_layer", "conv2d", "flatten", "dense"]
    assert parameters(graph) == 216_650


@pytest.mark.parametrize("prefix", ["layers.", "keras.layers.", "tf.keras.layers."])
def test_every_prefix_without_an_import(prefix: str) -> None:
    graph = bare(f"m = tf.keras.Sequential([{prefix}Conv2D(8, 3, input_shape=(8, 8, 3))])")
    assert output(graph) == "(None, 6, 6, 8)"


def test_a_list_of_layers() -> None:
    text = "[\n  Conv2D(32, (3, 3), activation='relu'),\n  MaxPooling2D(),\n  Flatten(),\n]"
    graph = bare(text, inputs=IMAGE)
    assert shapes(graph) == {
        "input_layer": "(None, 28, 28, 1)",
        "conv2d": "(None, 26, 26, 32)",
        "max_pooling2d": "(None, 13, 13, 32)",
        "flatten": "(None, 5408)",
    }
    assert [layer.line for layer in graph.layers] == [2, 2, 3, 4]
    assert note_codes(graph) == ["fragment"]


def test_a_list_of_layers_in_a_variable() -> None:
    graph = bare("body = [Conv2D(8, 3, input_shape=(8, 8, 3)), Dense(2)]")
    assert output(graph) == "(None, 6, 6, 2)"


def test_a_list_without_an_input_shape_asks_for_one() -> None:
    error = refused("[Conv2D(32, (3, 3)), Flatten()]")
    assert isinstance(error, MissingInputError)
    assert "its first layer, conv2d, needs 3 sizes besides the batch" in error.message


def test_one_bare_layer() -> None:
    assert parameters(bare("Conv2D(32, (3, 3))", inputs=IMAGE)) == 320
    assert output(bare("Conv2D(32, (3, 3))", inputs=IMAGE)) == "(None, 26, 26, 32)"


def test_one_bare_layer_on_any_size() -> None:
    graph = bare("Conv2D(32, 3, strides=2)", inputs={None: ("H", "W", 3)})
    assert output(graph) == "(None, floor((H - 3)/2) + 1, floor((W - 3)/2) + 1, 32)"
    assert sorted(str(one) for one in graph.constraints) == ["H >= 3", "W >= 3"]


def test_a_chain_whose_first_tensor_is_not_shown() -> None:
    text = "x = Conv2D(32, 3)(x)\nx = MaxPooling2D()(x)\nx = Flatten()(x)\nx = Dense(10)(x)"
    graph = bare(text, inputs=IMAGE)
    assert rows(graph) == ["x", "conv2d", "max_pooling2d", "flatten", "dense"]
    assert parameters(graph) == 54_410


def test_a_chain_from_a_named_input() -> None:
    graph = bare("y = Conv2D(32, 3)(inputs)", inputs={"inputs": (28, 28, 1)})
    assert rows(graph) == ["inputs", "conv2d"]


def test_functional_code_without_the_model() -> None:
    graph = bare("i = Input((28, 28, 1))\nx = Conv2D(8, 3)(i)\ny = Dense(3)(x)")
    assert output(graph) == "(None, 26, 26, 3)"
    assert len(graph.inputs) == 1


def test_layers_added_to_a_model_that_is_not_shown() -> None:
    graph = bare("model.add(Conv2D(8, 3, input_shape=(8, 8, 3)))\nmodel.add(Flatten())")
    assert output(graph) == "(None, 288)"
    assert "fragment" in note_codes(graph)


@pytest.mark.parametrize(
    ("shape", "name", "count", "out"),
    [
        ("[5, 5, 1, 32]", "conv2d", 832, "(None, H - 4, W - 4, 32)"),
        ("[3, 1, 8]", "conv1d", 32, "(None, T - 2, 8)"),
        ("(3, 3, 3, 2, 4)", "conv3d", 220, "(None, D - 2, H - 2, W - 2, 4)"),
    ],
)
def test_a_weight_shape(shape: str, name: str, count: int, out: str) -> None:
    graph = bare(shape)
    assert rows(graph) == ["input_layer", name]
    assert parameters(graph) == count
    assert output(graph) == out
    assert "weight-shape" in note_codes(graph)


def test_a_weight_shape_on_a_given_image() -> None:
    assert output(bare("[5, 5, 1, 32]", inputs=IMAGE)) == "(None, 24, 24, 32)"


def test_a_layer_tried_on_random_numbers() -> None:
    graph = bare(
        "input_shape = (4, 28, 28, 3)\n"
        "x = tf.random.normal(input_shape)\n"
        "y = tf.keras.layers.Conv2D(2, 3, activation='relu', input_shape=input_shape[1:])(x)\n"
        "print(y.shape)"
    )
    assert output(graph) == "(None, 26, 26, 2)"


def test_prompts_and_fences_are_passed_over() -> None:
    prompts = ">>> model = Sequential([Input((8, 8, 3)), Conv2D(3, 3)])\n>>> model.summary()"
    fences = "```python\nmodel = Sequential([Input((8, 8, 3)), Conv2D(3, 3)])\n```"
    assert output(bare(prompts)) == output(bare(fences)) == "(None, 6, 6, 3)"


def test_indented_code() -> None:
    text = "    m = Sequential()\n    m.add(Conv2D(8, 3, input_shape=(8, 8, 3)))\n"
    assert output(bare(text)) == "(None, 6, 6, 8)"


def test_the_data_tells_the_input_shape() -> None:
    graph = bare(
        "model = Sequential([Conv2D(32, 3), Flatten(), Dense(10)])\n"
        "(x_train, y_train), _ = keras.datasets.mnist.load_data()\n"
        "x_train = x_train.reshape(-1, 28, 28, 1) / 255.0\n"
        "model.fit(x_train, y_train)"
    )
    assert parameters(graph) == 216_650


def test_a_call_on_zeros_tells_the_input_shape() -> None:
    graph = bare("m = Sequential([Conv2D(32, 3), Flatten()])\nm(tf.zeros((1, 28, 28, 1)))")
    assert output(graph) == "(None, 21632)"


def test_a_given_shape_goes_before_the_written_one() -> None:
    text = "m = Sequential([Input((28, 28, 1)), Conv2D(8, 3)])"
    graph = bare(text, inputs={None: (10, 12, 1)})
    assert output(graph) == "(None, 8, 10, 8)"
    assert "input-given" in note_codes(graph)

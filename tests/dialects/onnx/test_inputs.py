"""Shapes of inputs: the file's, free ones as symbols, what the user gives."""

from __future__ import annotations

import pytest

from convwise.errors import MissingInputError, ReadError, UsageError

from .models import model, node, read, shape, weight

RELU = [node("Relu", "x", "y")]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (("batch", 3, 16, 16), "N, 3, 16, 16"),
        (("N", 3, "height", "width"), "N, 3, height, width"),
        (("anything", 3, 16, 16), "N, 3, 16, 16"),
        ((None, 3, None, None), "N, 3, H, W"),
        ((1, 3, 16, 16), "1, 3, 16, 16"),
        ((0, 3, -1, 16), "N, 3, H, 16"),
        (("time", "batch", 8), "time, N, 8"),
        (("batch", "seq len/2", 8), "N, seq_len_2, 8"),
    ],
)
def test_sizes_of_the_file(given, wanted):
    assert shape(read(model(RELU, inputs={"x": given}))) == wanted


def test_given_sizes_stand_behind_the_batch():
    made = model(RELU, inputs={"x": ("batch", 3, "h", "w")})
    assert shape(read(made, x=(3, 32, 48))) == "N, 3, 32, 48"
    assert shape(read(made, x=(3, "tall", None))) == "N, 3, tall, W"


def test_one_name_is_one_size():
    inputs = {"x": ("batch", 3, "h", "h"), "z": ("batch", 3, "h", "h")}
    graph = read(model([node("Add", "x z", "y")], inputs=inputs))
    assert shape(graph) == "N, 3, h, h"
    assert graph.constraints == ()


def test_an_input_with_an_initializer_is_a_weight():
    conv = [node("Conv", "x w", "y")]
    inputs = {"x": ("batch", 3, 16, 16), "w": (8, 3, 3, 3)}
    graph = read(model(conv, weight("w", 8, 3, 3, 3), inputs=inputs))
    assert len(graph.inputs) == 1
    assert list(graph.weights) == ["w"]


def test_an_unknown_shape_is_asked_for():
    with pytest.raises(MissingInputError, match="does not tell the shape of the input 'x'"):
        read(model(RELU, inputs={"x": None}))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"x": (4, 16, 16)}, r"the input 'x' is \(3, 16, 16\) in the file, \(4, 16, 16\) is given"),
        ({"x": (3, 16)}, r"\(3, 16\) is given"),
        ({"z": (3, 16, 16)}, "there is no input 'z'"),
    ],
)
def test_shapes_that_do_not_fit(given, message):
    with pytest.raises(UsageError, match=message):
        read(model(RELU), **given)


def test_an_axis_of_negative_size_is_refused():
    with pytest.raises(ReadError, match="an axis of -32 values"):
        read(model(RELU, inputs={"x": (1, 3, -32, 16)}))


def test_two_inputs_of_one_name_are_refused():
    made = model(RELU)
    made.graph.input.append(made.graph.input[0])
    with pytest.raises(ReadError, match="two inputs of one name"):
        read(made)

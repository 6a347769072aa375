"""Inputs, free weights, constants and unknown operations."""

from __future__ import annotations

from convwise.graph.axes import FREE_BATCH, UNKNOWN_TENSOR, tensor
from convwise.graph.obligations import Must
from convwise.kinds.contract import SOURCE, UNKNOWN
from convwise.kinds.source import Constant, Input, Parameter, Unknown
from tests.kinds.asking import ask

IMAGE = ("batch", "height", "width", "channel")


def test_an_input_is_its_tensor():
    image = tensor((FREE_BATCH, 28, 28, 1), IMAGE, "uint8")
    assert Input(image).outputs((), Must()) == (image,)
    assert Input(image).traits == {SOURCE}
    assert Input(image).weights(()) == ()


def test_a_free_weight_flows_as_a_value():
    kernel = Parameter("kernel", (("height", 5), ("width", 5), ("in", 1), ("out", 32)))
    said = ask(kernel)
    assert said.shape == (5, 5, 1, 32)
    assert said.roles == ("height", "width", None, None)
    assert said.weights == {"kernel": (5, 5, 1, 32)}
    assert said.parameters == said.trainable == 800
    assert said.equations == {"parameters": "5*5*1*32 = 800"}
    assert [name for name, _ in kernel.weights(())[0].axes] == ["height", "width", "in", "out"]


def test_axes_without_names_are_named_by_position():
    position = Parameter("position", ((None, 1), ("time", 16), (None, 8)), trainable=False)
    spec = position.weights(())[0]
    assert spec.axes == (("axis0", 1), ("time", 16), ("axis2", 8))
    assert (spec.trainable, spec.statistic) == (False, False)


def test_constants_are_no_weights():
    said = ask(Constant(tensor((3,), ("channel",))))
    assert (said.shape, said.parameters) == ((3,), 0)


def test_an_unknown_operation_says_nothing():
    unknown = Unknown("a Lambda of my_function")
    assert unknown.outputs((tensor((1, 5), IMAGE[:2]),), Must()) == (UNKNOWN_TENSOR,)
    assert unknown.traits == {UNKNOWN}


def test_an_unknown_operation_whose_shape_is_told_gives_it():
    told = (tensor((1, 5), IMAGE[:2]), tensor((1,), ("batch",), "int64"))
    unknown = Unknown("a kernel of its own", told)
    assert unknown.outputs((tensor((1, 5), IMAGE[:2]),), Must()) == told
    assert unknown.traits == {UNKNOWN}

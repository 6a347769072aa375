"""Dense layers of published networks, flattened inputs and inputs with positions."""

from __future__ import annotations

from convwise.graph.axes import Axis, Tensor, tensor
from convwise.kinds.dense import Dense
from convwise.kinds.windows import WHOLE
from tests.kinds.asking import ask, refusal


def flattened(*factors):
    size = 1
    for _, dim in factors:
        size *= dim
    merged = Axis("feature", size, tuple(Axis(role, dim) for role, dim in factors))
    return Tensor((Axis("batch", 1), merged))


def test_first_dense_layer_of_vgg():
    # Simonyan and Zisserman (2014): 7 x 7 x 512 to 4096, 103 million parameters.
    said = ask(Dense(4096), flattened(("height", 7), ("width", 7), ("channel", 512)))
    assert said.shape == (1, 4096)
    assert said.roles == ("batch", "feature")
    assert said.parameters == 102_764_544
    assert said.macs == 4096 * 25_088
    assert said.equations["parameters"] == "4096 x (7*7*512 + 1) = 102764544"
    assert said.reach == {"height": WHOLE, "width": WHOLE}


def test_regression_head_shows_what_was_flattened():
    said = ask(Dense(1), flattened(("height", 10), ("width", 10), ("channel", 24)))
    assert said.equations["parameters"] == "1 x (10*10*24 + 1) = 2401"
    assert said.elementwise_ops == 1


def test_factors_of_factors_are_seen_through():
    inner = Axis(None, 6, (Axis("height", 2), Axis("width", 3)))
    source = Tensor((Axis("batch", 1), Axis("feature", 24, (inner, Axis("channel", 4)))))
    assert ask(Dense(5), source).reach == {"height": WHOLE, "width": WHOLE}
    assert ask(Dense(5), source).equations["macs"] == "5 x 2*3*4 = 120"


def test_only_the_last_axis_is_contracted():
    image = tensor((2, 5, 4, 3), ("batch", "height", "width", "channel"))
    said = ask(Dense(7, bias=False), image)
    assert said.shape == (2, 5, 4, 7)
    assert said.roles == ("batch", "height", "width", "channel")
    assert said.weights == {"kernel": (7, 3)}
    assert said.macs == 2 * 5 * 4 * 7 * 3
    assert said.reach == {}
    assert said.elementwise_ops == 0


def test_the_last_axis_is_contracted_whatever_it_is():
    source = tensor((2, 3, 5, 4), ("batch", "channel", "height", "width"))
    said = ask(Dense(6), source)
    assert said.roles == ("batch", "channel", "height", "feature")
    assert said.reach == {"width": WHOLE}


def test_a_vector_is_refused_without_batch():
    error = refusal(Dense(3), tensor((4,), ("batch",)))
    assert "at least 2 axes" in error.message
    assert "(4,) has 1" in error.message


def test_a_dense_layer_has_units():
    error = refusal(Dense(0), tensor((1, 4), ("batch", "feature")))
    assert error.message == "the number of units must be 1 or more, found 0"

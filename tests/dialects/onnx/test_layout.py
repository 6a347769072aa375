"""Images with their channels last are told by the transpose in front of their first convolution."""

from __future__ import annotations

import pytest

from .models import model, node, number, read, weight

LAST = ("batch", "height", "width", "channel")
FIRST = ("batch", "channel", "height", "width")
INPUT = {"x": ("batch", 32, 30, 3)}


def network(*before, perm=(0, 3, 1, 2), source="x"):
    nodes = [*before, node("Transpose", source, "t", perm=perm), node("Conv", "t w", "y")]
    held = (weight("w", 8, 3, 3, 3), number("scale", 0.5))
    return model(nodes, *held, inputs=INPUT)


def roles(made):
    graph = read(made)
    return graph.nodes[graph.inputs[0].node].outputs[0].roles


@pytest.mark.parametrize(
    "before",
    [(), (node("Mul", "x scale", "s"), node("Cast", "s", "u", to=1))],
    ids=["at once", "scaled"],
)
def test_channels_last(before):
    made = network(*before, source="u" if before else "x")
    assert roles(made) == LAST
    graph = read(made)
    assert graph.tensor(graph.outputs[0]).roles == FIRST


def test_channels_first():
    assert roles(model([node("Conv", "x w", "y")], weight("w", 8, 3, 3, 3))) == FIRST
    volume = {"x": ("batch", 3, 8, 16, 16)}
    made = model([node("Conv", "x w", "y")], weight("w", 8, 3, 3, 3, 3), inputs=volume)
    assert roles(made) == ("batch", "channel", "depth", "height", "width")


def test_another_transpose_says_nothing():
    made = model([node("Transpose", "x", "y", perm=[0, 2, 1, 3])], inputs=INPUT)
    assert roles(made) == FIRST

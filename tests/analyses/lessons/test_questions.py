"""Explanations of the networks people ask about say what is true and refute what is not."""

from __future__ import annotations

import pytest

import convwise
from convwise.analyses.explain import Explanation


def told(source: str, layer: str | None = None) -> str:
    """The explanation on one line per paragraph, as a reader takes it in."""
    answer = convwise.read(source).explain(layer, framework=False)
    return " ".join(answer.text(100).split())


def answer(source: str) -> Explanation:
    return convwise.read(source).explain(framework=False).answer


SAID = {
    "example:feature_maps": (
        "64 filters make 64 maps of 147 x 147",
        "A filter has a slice of 3 x 3 for every one of the 32 maps that come in",
        "conv2d makes 32 x 3 = 96 maps, and this layer 64 x 96 = 6,144",
        "64 x (3*3*96 + 1) = 55,360 parameters. It has 18,496",
        "32 x (3*3*3 + 1) = 896",
        "floor((300 - 3)/1) + 1 = 298",
    ),
    "example:input_channels": (
        "The 3 x 24 = 72 partial maps exist only inside that sum",
        "it contracts the 3 channels away",
        "not multiplied and not concatenated",
        "24 x (8*8*3 + 1) = 4,632",
        "1 along height, 1 along width",
        "6 along height, 6 along width",
        "the network never learns again",
        "activation='softplus'",
        "10 x 10 x 24",
    ),
    "example:cifar10": (
        "32 x (3*3*3 + 1) = 896",
        "The output is 32 x 32 because there are 32 filters",
        "comes from the padding: without it, the output is 30 x 30",
    ),
    "example:pooling_same": (
        "That is 26, not 25",
        "(25 - 2 + 1)/1 + 1 = 25",
        '"valid" with stride 1 only trims to 24 x 19',
        "It is the stride that shrinks",
        "running maximum",
        "13 x 10, 7 x 5 and 4 x 3",
        "'Stride', 2",
    ),
    "example:pooling_same_keras": ("That is 26, not 25", "13 x 10, 7 x 5 and 4 x 3", "strides=2"),
    "example:mnist_weights_torch": (
        "[64, 32, 5, 5] (out, in, height, width) in PyTorch",
        "[5, 5, 32, 64] (height, width, in, out) in TensorFlow, Keras and MATLAB",
        "64 filters of 5 x 5 x 32: as deep as what it looks at, local in space",
        "64 x (5*5*32 + 1) = 51,264",
        "1024 x (64*7*7 + 1) = 3,212,288",
    ),
    "example:mnist_weights": (
        "[64, 32, 5, 5] (out, in, height, width) in PyTorch",
        "[5, 5, 32, 64] (height, width, in, out) in TensorFlow, Keras and MATLAB",
        "64 filters of 5 x 5 x 32: as deep as what it looks at, local in space",
        "64 x (5*5*32 + 1) = 51,264",
    ),
    "example:conv3d": ("1 x (5*5*5*1 + 1) = 126", "16 x 1024 x 1024"),
    "example:time_as_channels": ("16 x (5*5*16 + 1) = 6,416",),
}


@pytest.mark.parametrize("source", SAID)
def test_what_is_said(source: str) -> None:
    text = told(source)
    assert [line for line in SAID[source] if line not in text] == []


def test_a_claim_that_would_be_true_is_not_made() -> None:
    """One channel in: the maps of the first layer really are one per filter."""
    found = answer("example:mnist_weights_torch")
    first = next(story for story in found.stories if story.row.name == "conv1")
    assert not any("maps" in myth.claim for myth in first.myths)
    assert "There is one channel to look at" in first.points[2].text


def test_a_repair_is_made_of_the_changed_network() -> None:
    (change,) = answer("example:pooling_same").changes
    assert change.layers == ("maxpool_1", "maxpool_2", "maxpool_3")
    assert change.fields == (("stride", (2, 2)),)
    # Blocks see 25x20, 13x10 and 7x5: 500*2,625 + 130*5,625 + 35*5,625.
    assert "6,937,500 multiply-adds become 2,240,625" in change.why


def test_networks_without_need_of_repair_have_none() -> None:
    assert answer("example:feature_maps").changes == ()

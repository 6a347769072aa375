"""Comparisons have the figures of their networks, and say only what follows from them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import convwise
from convwise.analyses.compare import times
from convwise.errors import UsageError

SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "compare-1.json"
QUESTION = ("example:conv3d", "example:time_as_channels_one", "example:time_as_channels")
TORCH = (
    "example:conv3d_torch",
    "example:time_as_channels_one_torch",
    "example:time_as_channels_torch",
)


@pytest.mark.parametrize("sources", [QUESTION, TORCH])
def test_every_figure_of_the_first_question(sources: tuple[str, ...]) -> None:
    volume, one, many = convwise.compare(*sources).answer.designs
    plane = 1024 * 1024
    assert [(d.kernels, d.others) for d in (volume, one, many)] == [(125, 1), (400, 1), (6400, 16)]
    assert [d.frames for d in (volume, one, many)] == [16, 1, 16]
    assert [d.forward for d in (volume, one, many)] == [125 * 16 * plane, 400 * plane, 6400 * plane]
    assert [d.same_output for d in (volume, one, many)] == [
        125 * 16 * plane,
        6400 * plane,
        6400 * plane,
    ]
    assert [d.made_bytes for d in (volume, one, many)] == [64 * plane, 4 * plane, 64 * plane]
    assert [d.time for d in (volume, one, many)] == ["axis", "channels", "channels"]
    assert [d.steps for d in (volume, one, many)] == [16, 16, 16]


def test_the_verdict_on_the_first_question() -> None:
    text = " ".join(convwise.compare(*QUESTION).text(100).split())
    for sentence in (
        "makes one frame of 16",
        "For the same 16 output frames, conv3d needs 3.2 times less arithmetic than "
        "time_as_channels, and 51 times fewer weights.",
        "a shift in time shifts the output",
        "the number of steps is fixed",
        "The activations of conv3d and time_as_channels are the same size.",
        "measured, not computed",
    ):
        assert sentence in text


def test_measured_facts_are_told_only_of_what_they_were_measured_on() -> None:
    many = "from keras import Input, Sequential, layers\nm = Sequential([Input((8, 8, 8, 32)), "
    wide = many + "layers.Conv3D(64, 3)])\n"
    assert convwise.compare(wide, "example:time_as_channels").answer.notes == ()


def test_networks_without_time() -> None:
    first = "from keras import Input, Sequential, layers\nm = Sequential([Input((10,)), "
    answer = convwise.compare(first + "layers.Dense(4)])", first + "layers.Dense(8)])", names="ab")
    one, two = answer.answer.designs
    assert (one.frames, two.frames, one.time) == (None, None, "")
    assert (
        answer.answer.verdict[0]
        == "a needs 2 times less arithmetic than b, and 2 times fewer weights."
    )


def test_steps_that_only_the_user_knows() -> None:
    answer = convwise.compare("example:time_as_channels_one", "example:time_as_channels", steps=16)
    assert [one.frames for one in answer.answer.designs] == [1, 16]


def test_variants_are_measured_by_the_first() -> None:
    answer = convwise.compare("example:conv3d", variants=True)
    names = [one.name for one in answer.answer.designs]
    assert names == [
        "conv3d",
        "time as channels",
        "(2+1)D",
        "separable",
        "smaller kernel",
        "strided",
    ]
    assert any("3.2 times the arithmetic, 51 times the weights" in s for s in answer.answer.verdict)


@pytest.mark.parametrize(
    ("sources", "variants"), [(QUESTION, False), (QUESTION[:1], True), (("example:cifar10",), True)]
)
def test_json_keeps_its_schema(sources: tuple[str, ...], variants: bool) -> None:
    answer = json.loads(json.dumps(convwise.compare(*sources, variants=variants).to_dict()))
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(answer)
    assert len(answer["designs"]) + len(answer["missing"]) > 1


@pytest.mark.parametrize("width", [80, 100])
def test_fits_its_width(width: int) -> None:
    for answer in (convwise.compare(*QUESTION), convwise.compare(QUESTION[0], variants=True)):
        assert max(len(line) for line in answer.text(width).splitlines()) <= width


def test_open_sizes_are_no_wide_columns() -> None:
    code = (
        "from keras import Input, Sequential, layers\n"
        "model = Sequential([Input((None, None, 3)), layers.Conv2D(4, 3), layers.MaxPooling2D(), "
        "layers.Conv2D(4, 3), layers.MaxPooling2D(), layers.Conv2D(4, 3)])\n"
    )
    text = convwise.compare(code, "example:cifar10", names=["open", "cifar10"]).text(80)
    assert "give --input" in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_nothing_to_compare() -> None:
    with pytest.raises(UsageError, match="one network alone"):
        convwise.compare("example:conv3d")


def test_ratios_as_they_are_said() -> None:
    assert [times(r) for r in (16 / 5, 51.2, 1.008, 0.25, 2)] == [  # type: ignore[arg-type]
        "3.2 times",
        "51 times",
        "1.01 times",
        "0.25 times",
        "2 times",
    ]


def test_the_number_of_steps_is_free_only_where_no_layer_fixes_it() -> None:
    head = "from keras import Input, Sequential\nfrom keras.layers import *\n"
    film = head + "m = Sequential([Input((16, 8, 8, 1)), Conv3D(2, 3, padding='same')"
    image = head + "m = Sequential([Input((8, 8, 16)), Conv2D(16, 3)])"
    fixed, free = film + ", Flatten(), Dense(3, name='last')])", film + "])"
    answer = convwise.compare(fixed, free, image, names=["fixed", "free", "image"]).answer
    assert [design.fixed_by for design in answer.designs] == ["last", "", ""]
    text = " ".join(answer.verdict)
    assert "free uses the same weights at every time step: a shift in time shifts" in text
    assert "of fixed use the same weights at every time step; the layer last fixes" in text


def test_a_softmax_over_channels_has_no_counterpart_over_steps() -> None:
    code = (
        "from keras import Input, Sequential\nfrom keras.layers import *\n"
        "m = Sequential([Input((4, 8, 8, 1)), Conv3D(2, 3, padding='same'), Softmax()])"
    )
    missing = {one.name: one.why for one in convwise.compare(code, variants=True).answer.missing}
    assert missing["time as channels"] == "softmax has no counterpart without a time axis"


def test_steps_that_become_examples_fix_the_number_of_steps() -> None:
    code = """
import torch, torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv3d(1, 2, 3, padding=1)
    def forward(self, x):
        return self.conv(x).view(-1, 2 * 4 * 8 * 8)
net = Net()
net(torch.randn(5, 1, 4, 8, 8))
"""
    image = "from keras import *\nm = Sequential([Input((8, 8, 4)), layers.Conv2D(4, 3)])"
    assert convwise.compare(code, image).answer.designs[0].fixed_by == "view"

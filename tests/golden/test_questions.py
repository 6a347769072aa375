"""The numbers of the questions people ask, from the code as they wrote it, to the last digit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import convwise
from convwise.examples import answers


def layers(example: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = convwise.read(f"example:{example}").summary().to_dict()["layers"]
    return [layer for layer in found if layer["kind"] != "input"]


def shapes(example: str) -> list[list[int]]:
    return [layer["output_shape"][1:] for layer in layers(example)]


@pytest.mark.parametrize(
    ("example", "weights", "output", "macs"),
    [
        ("conv3d", [125, 1], [16, 1024, 1024, 1], 125 * 16 * 1024**2),
        ("time_as_channels_one", [400, 1], [1024, 1024, 1], 400 * 1024**2),
        ("time_as_channels", [6400, 16], [1024, 1024, 16], 6400 * 1024**2),
    ],
)
def test_conv3d_or_time_as_channels(
    example: str, weights: list[int], output: list[int], macs: int
) -> None:
    (layer,) = layers(example)
    sizes = []
    for weight in layer["weights"]:
        total = 1
        for dim in weight["shape"]:
            total *= dim
        sizes.append(total)
    assert sizes == weights
    assert layer["output_shape"] == [None, *output]
    assert layer["macs"] == {"forward": macs, "input_gradient": 0, "weight_gradient": macs}


def test_conv3d_or_time_as_channels_in_words() -> None:
    _, rows, text = answers.conv3d_or_channels()
    assert rows[0] == ["weights + bias", "125 + 1", "400 + 1", "6,400 + 16"]
    assert rows[2][1:] == ["2,097,152,000", "419,430,400", "6,710,886,400"]
    assert "3.2 times less arithmetic" in text
    assert "51 times fewer weights" in text


def test_feature_maps() -> None:
    assert shapes("feature_maps") == [
        [298, 298, 32],
        [149, 149, 32],
        [147, 147, 64],
        [73, 73, 64],
    ]
    assert [layer["parameters"] for layer in layers("feature_maps")] == [896, 0, 18496, 0]
    totals = convwise.read("example:feature_maps").summary().to_dict()["totals"]
    assert totals["parameters"] == 19392
    text = answers.feature_maps()
    for number in ("64 maps", "2,048", "6,144", "55,360", "18,496", "96 maps"):
        assert number in text


def test_input_channels() -> None:
    found = layers("input_channels")
    assert shapes("input_channels") == [[61, 61, 24], [27, 27, 24], [10, 10, 24], [2400], [1]]
    assert [layer["parameters"] for layer in found] == [4632, 36888, 36888, 0, 2401]
    assert [layer["dropped"] for layer in found[:3]] == [
        {"height": 0, "width": 0},
        {"height": 1, "width": 1},
        {"height": 1, "width": 1},
    ]
    assert found[0]["formulas"]["height"] == "floor((128 - 8)/2) + 1 = 61"
    assert found[0]["formulas"]["parameters"] == "24 x (8*8*3 + 1) = 4632"
    totals = convwise.read("example:input_channels").summary().to_dict()["totals"]
    assert totals["parameters"] == 80809
    assert totals["unused_input"] == {"height": 6, "width": 6}
    text = answers.input_channels()
    for words in ("72 partial maps of 61 x 61", "0, 1 and 1 columns", "last 6 of 128", "4,632"):
        assert words in text


def test_896_parameters() -> None:
    first = layers("cifar10")[0]
    assert first["parameters"] == 896
    assert first["output_shape"] == [None, 32, 32, 32]
    assert first["formulas"]["parameters"] == "32 x (3*3*3 + 1) = 896"
    assert first["formulas"]["height"] == "ceil(32/1) = 32"
    assert "it is 30 x 30" in answers.cifar10()


def test_numbers_in_the_answers_are_no_literals() -> None:
    """Words are written by hand, numbers are not: none of four digits stands in the source."""
    source = Path(answers.__file__).read_text("utf-8")
    assert not re.findall(r"\d,\d{3}|\d{4,}", source)

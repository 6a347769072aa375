"""Every answer keeps the committed schema, and its totals are in its own sets."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

import convwise

from .oracle import ROOT

SCHEMA = json.loads((ROOT / "docs" / "schema" / "sizes-1.json").read_text("utf-8"))
SOURCES = (
    "tests/zoo/keras/unet.py",
    "tests/zoo/keras/vgg16.py",
    "tests/zoo/keras/yolo_v2.py",
    "tests/zoo/keras/siamese.py",
    "tests/zoo/keras/convlstm_forecaster.py",
    "tests/zoo/torch/eegnet.py",
    "tests/zoo/torch/lenet5.py",
)


@pytest.mark.parametrize("source", SOURCES)
def test_the_schema_is_kept(source: str) -> None:
    found = convwise.sizes(ROOT / source).to_dict()
    Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(found)))
    for one in found["axes"]:
        stated = one["stated"]
        assert stated is None or stated["good"] == (stated["accepted"] and not stated["losses"])


def test_the_filled_example_is_what_is_printed() -> None:
    example = (ROOT / "docs" / "schema" / "sizes-1.example.json").read_text("utf-8")
    assert json.loads(example) == convwise.sizes("example:cifar10").to_dict()
    Draft202012Validator(SCHEMA).validate(json.loads(example))


def test_the_schema_refuses_what_is_not_in_it() -> None:
    found = convwise.sizes("example:cifar10").to_dict()
    found["axes"][0]["extra"] = 1
    assert not Draft202012Validator(SCHEMA).is_valid(found)

"""Every summary keeps the committed schema: real networks, open sizes, unknown layers, errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import convwise
from convwise.errors import ConvwiseError

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "docs" / "schema"
ZOO = ROOT / "tests" / "zoo" / "keras"
NETWORKS = ("unet_symbolic", "siamese", "multi_input_output", "dcgan", "wavenet", "squeezenet")
HEAD = "from keras import Sequential, layers\n"
UNKNOWN = HEAD + "m = Sequential([layers.Input((8, 8, 1)), layers.Mystery(3), layers.Dense(2)])\n"
BROKEN = HEAD + "m = Sequential([layers.Input((2, 2, 1)), layers.Conv2D(4, 3)])\n"


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.json").read_text("utf-8")))


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("batch", [None, 4])
def test_summaries_of_real_networks(name: str, batch: int | None) -> None:
    answer = convwise.read(ZOO / f"{name}.py").summary(batch=batch).to_dict()
    validator("summary-1").validate(json.loads(json.dumps(answer)))
    assert answer["network"]["evaluated_at_batch"] == (batch or 1)


@pytest.mark.parametrize("name", NETWORKS)
def test_weights_in_all_orders(name: str) -> None:
    answer = convwise.read(ZOO / f"{name}.py").summary().to_dict(weights=True)
    validator("summary-1").validate(json.loads(json.dumps(answer)))
    named = {weight["name"]: weight for weight in answer["weights"]}
    for layer in answer["layers"]:
        for weight in layer["weights"]:
            own = named[weight["name"]]["orders"][0]
            assert (own["shape"], own["axes"]) == (weight["shape"], weight["axes"])
    for weight in named.values():
        assert len({tuple(sorted(one["axes"])) for one in weight["orders"]}) == 1
        writers = [who for one in weight["orders"] for who in one["written_by"]]
        assert len(writers) == len(set(writers)) and {"Keras", "PyTorch"} <= set(writers)


def test_summary_with_unknown_layers() -> None:
    answer = convwise.read(UNKNOWN).summary().to_dict()
    validator("summary-1").validate(json.loads(json.dumps(answer)))
    assert [fact["layer"] for fact in answer["unknown"]] == ["mystery", "dense"]
    assert answer["totals"]["parameters"] == {"at_least": 0}


def test_errors_keep_theirs() -> None:
    with pytest.raises(ConvwiseError) as caught:
        convwise.read(BROKEN)
    validator("error-1").validate({"error": caught.value.to_dict()})


def test_the_schema_refuses_what_is_not_in_it() -> None:
    answer = convwise.read(UNKNOWN).summary().to_dict()
    answer["layers"][0]["extra"] = 1
    assert not validator("summary-1").is_valid(json.loads(json.dumps(answer)))

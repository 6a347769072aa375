"""`fit` from the front door: sizes in words, every form, the schema, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from jsonschema import Draft202012Validator
from torch import nn

import convwise
from convwise.cli import run
from convwise.errors import UsageError
from convwise.fitted import memory_bytes

from .engine.networks import UNet

SCHEMA = Path(__file__).parents[1] / "docs" / "schema" / "fit-1.json"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("8GiB", 8 << 30),
        ("8G", 8 << 30),
        ("8GB", 8_000_000_000),
        ("1.5 MiB", 3 << 19),
        ("500MB", 500_000_000),
        ("123", 123),
        (77, 77),
    ],
)
def test_sizes_of_memory(text: str | int, size: int) -> None:
    assert memory_bytes(text) == size


@pytest.mark.parametrize("text", ["", "much", "-1GiB", "8 apples", "GiB"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(UsageError, match="no size of memory"):
        memory_bytes(text)


@pytest.mark.parametrize("memory", ["300MiB", "1GiB", "64GiB"])
def test_every_answer_keeps_the_schema(memory: str) -> None:
    net = convwise.read(UNet(16), (2, 128, 128))
    answer = convwise.fit(net, memory, batch=8)
    found = json.loads(json.dumps(answer.to_dict()))
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(found)
    assert net.fit(memory, batch=8).to_dict() == answer.to_dict()
    assert answer.text().splitlines()[0].startswith("UNet: training with adam on 8 examples")
    assert "| way | fits |" in answer.to_markdown()
    assert repr(answer) == answer.text()


def test_the_schema_refuses_what_is_not_in_it() -> None:
    found = convwise.fit("example:conv3d", "64GiB").to_dict()
    found["options"][0]["extra"] = 1
    schema = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    assert not schema.is_valid(json.loads(json.dumps(found)))


def test_the_command_prints_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fit", "example:conv3d", "--memory", "64GiB", "--batch", "2"]) == 0
    text = capsys.readouterr().out
    assert "It fits as it is" in text
    rows = text.partition("\n───")[2].splitlines()[1:]
    assert rows[0].startswith("as it is         yes")
    assert run(["fit", "example:conv3d", "--memory", "64GiB", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "convwise.fit/1"
    assert run(["fit", "example:conv3d", "--memory", "64GiB", "--markdown"]) == 0
    assert "| as it is | yes |" in capsys.readouterr().out


def test_the_command_refuses_with_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fit", "example:conv3d", "--memory", "much"]) == 2
    error = capsys.readouterr().err
    assert "no size of memory" in error
    assert "to change: " in error
    assert run(["fit", "example:conv3d", "--memory", "1GiB", "--optimizer", "best"]) == 2
    assert "optimizer" in capsys.readouterr().err


class Forecast(nn.Module):
    """A recurrent layer, whose backward pass reads what only its forward pass can write."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(4, 8, batch_first=True)
        self.out = nn.Linear(8, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y, _ = self.lstm(x)
        return self.out(y[:, -1])


def test_recurrent_layers_get_words_and_the_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVWISE_CACHE", str(tmp_path))
    net = convwise.read(Forecast(), (10, 4))
    with pytest.raises(UsageError, match="mkldnn_rnn_layer_backward cannot be measured") as caught:
        net.fit("2GiB", batch=4, calibrated=True)
    assert "without --calibrated" in str(caught.value)
    assert net.fit("2GiB", batch=4).answer.best == 0

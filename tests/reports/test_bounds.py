"""Bounds as text, Markdown and JSON: one schema, units, every remark, the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import convwise
from convwise.cli import run
from convwise.reports.bounds import seconds

ROOT = Path(__file__).parents[2]
ZOO = ROOT / "tests" / "zoo" / "torch"
SCHEMA = json.loads((ROOT / "docs" / "schema" / "summary-1.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (12.34, "12.3 s"),
        (4321.0, "4,321 s"),
        (0.9996, "1,000 ms"),
        (0.0123, "12.3 ms"),
        (4.5e-5, "45 µs"),
        (3.27e-8, "0.0327 µs"),
    ],
)
def test_seconds_have_three_figures_and_a_unit(value: float, shown: str) -> None:
    assert seconds(value) == shown


@pytest.mark.parametrize("name", ["H100-SXM", "M4-Max", "Xeon-8480+"])
def test_the_command_line_keeps_the_schema(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    source = str(ZOO / "resnet.py")
    assert run(["summary", source, "--batch", "8", "--device", name, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    Draft202012Validator(SCHEMA).validate(answer)
    found = answer["time"]
    assert found["device"]["name"] == name
    assert len(found["layers"]) == len(answer["layers"])
    phases = [found["at_least_seconds"][one] for one in ("forward", "backward", "optimizer")]
    assert found["at_least_seconds"]["step"] == pytest.approx(sum(phases))


def test_macs_of_layers_are_those_of_the_summary() -> None:
    net = convwise.read(ZOO / "resnet.py")
    totals = net.summary(batch=4).to_dict()["totals"]["macs"]
    layers = net.bounds("H100-SXM", 4).to_dict()["layers"]
    assert sum([layer["macs"] for layer in layers]) == sum(totals.values())


@pytest.mark.parametrize("width", [80, 100, 140])
def test_the_text_says_what_it_is(width: int) -> None:
    text = convwise.read(ZOO / "resnet.py").bounds("RTX-4090", 16).text(width)
    assert "time on RTX-4090 (NVIDIA), batch 16, float32: at least (bounds)" in text
    assert "not predictions" in text
    assert "Above " in text and "macs per byte" in text
    assert max(map(len, text.splitlines())) <= width


def test_a_rate_that_is_not_stated_is_told() -> None:
    text = convwise.read(ZOO / "resnet.py").bounds("M4-Max").text()
    assert "not stated: the bounds are of memory alone" in text


def test_the_table_holds_the_slowest_layers() -> None:
    answer = convwise.read(ZOO / "resnet.py").bounds("H100-SXM", 64)
    rows = [line for line in answer.to_markdown().splitlines() if line.startswith("| `")]
    assert len(rows) == 12
    slowest = max(answer.answer.layers, key=lambda one: one.backward.seconds)
    assert any(f"`{slowest.name}`" in row for row in rows)


def test_what_is_not_counted_is_named() -> None:
    code = "import torch.nn as nn\nm = nn.Sequential(nn.Conv2d(1, 4, 3), Mystery())\n"
    text = convwise.read(code, (1, 9, 9)).bounds("A100-40GB").text()
    assert "Not counted, as it is not known: 1" in text


def test_a_device_that_is_not_known_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["summary", str(ZOO / "lenet5.py"), "--device", "TPU"]) == 2
    told = capsys.readouterr().err
    assert "device 'TPU' is not known" in told and "one of here, V100" in told


def test_without_a_device_there_is_no_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["summary", str(ZOO / "lenet5.py"), "--json"]) == 0
    assert "time" not in json.loads(capsys.readouterr().out)
    assert run(["summary", str(ZOO / "lenet5.py"), "--device", "T4", "--markdown"]) == 0
    assert "Time on T4" in capsys.readouterr().out


def test_a_comparison_has_a_row_and_keeps_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((ROOT / "docs" / "schema" / "compare-1.json").read_text("utf-8"))
    designs = ["compare", "example:conv3d", "example:time_as_channels"]
    assert run([*designs, "--device", "EPYC-7742", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    Draft202012Validator(schema).validate(answer)
    bounds = [one["bounds"]["at_least_seconds"]["step"] for one in answer["designs"]]
    assert run([*designs, "--device", "EPYC-7742"]) == 0
    text = capsys.readouterr().out
    row = next(line for line in text.splitlines() if line.startswith("a step takes at least"))
    cells = [part.strip() for part in row.split("  ") if part]
    assert cells[1:] == [seconds(value) for value in bounds]
    assert run(designs) == 0
    assert "at least" not in capsys.readouterr().out

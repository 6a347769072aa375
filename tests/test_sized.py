"""`convwise sizes` on the command line: forms, options, errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from convwise.cli import run

UNET = str(Path(__file__).parent / "zoo" / "keras" / "unet.py")


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sizes", "example:cifar10_torch"]) == 0
    printed = capsys.readouterr().out
    assert "6 + 4 k" in printed
    assert "Nothing is lost at 30 or 34" in printed
    assert "takes 3,136 values" in printed


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sizes", UNET, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "convwise.sizes/1"
    assert [one["good"]["text"] for one in found["axes"]] == ["16 k", "16 k"]


def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sizes", UNET, "--markdown"]) == 0
    assert "| height, width | 16 k | 16 | 16 k | 256: fine |" in capsys.readouterr().out


def test_a_size_that_does_not_fit_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sizes", UNET, "--input", "570x576x1"]) == 0
    assert "570: does not fit" in capsys.readouterr().out


def test_letters_leave_sizes_open(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sizes", UNET, "--input", "HxWx1"]) == 0
    assert "open" in capsys.readouterr().out


def test_a_network_without_sizes_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "dense.py"
    source.write_text("from torch import nn\nnet = nn.Sequential(nn.Linear(4, 2))\n", "utf-8")
    assert run(["sizes", str(source), "--input", "4"]) == 2
    assert "no height, width, depth or time" in capsys.readouterr().err

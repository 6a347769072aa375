"""The verb `convert` and `Network.to_torch`: what they write, where, and what they refuse."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import convwise
from convwise import cli
from convwise.errors import ConvwiseError, UsageError

LENET = Path(__file__).parent / "zoo" / "keras" / "lenet5.py"


def run(*arguments: object) -> int:
    return cli.run([str(argument) for argument in arguments])


def test_code_is_printed_and_needs_pytorch_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("convert", LENET, "--to", "torch") == 0
    text = capsys.readouterr().out
    assert "self.conv2d = nn.Conv2d(1, 6, 5)" in text
    assert "import convwise" not in text
    assert "from convwise" not in text


def test_the_written_file_runs_by_itself(tmp_path: Path) -> None:
    target = tmp_path / "lenet.py"
    assert run("convert", LENET, "--to", "torch", "-o", target) == 0
    lines = [
        "import sys, torch, lenet",
        "print(tuple(lenet.Model()(torch.zeros(2, 1, 32, 32)).shape))",
        "print('convwise' in sys.modules)",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=tmp_path,
        env={"PATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n")[:2] == ["(2, 10)", "False"]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["lenet.py"]


def test_json_reads_back(tmp_path: Path) -> None:
    target = tmp_path / "lenet.json"
    assert run("convert", LENET, "--to", "json", "-o", target) == 0
    assert json.loads(target.read_text())["schema"] == "convwise.graph/1"
    again = convwise.read(target)
    assert again.summary().to_dict()["totals"] == convwise.read(LENET).summary().to_dict()["totals"]


def test_another_target_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("convert", LENET, "--to", "caffe") == 2
    assert "--to torch or --to json" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("convert", LENET, "--to", "torch", "-o", tmp_path / "none" / "a.py") == 2
    assert "a folder that exists" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_module_of_a_network_runs() -> None:
    module = convwise.read(LENET).to_torch()
    assert isinstance(module, torch.nn.Module)
    assert module(torch.zeros(3, 1, 32, 32)).shape == (3, 10)
    assert sum(p.numel() for p in module.parameters()) == 61_706


def test_an_unknown_layer_is_named() -> None:
    code = (
        "import keras\nmodel = keras.Sequential([keras.Input((8, 8, 3)),\n"
        "    keras.layers.Lambda(mystery, name='odd'), keras.layers.Flatten()])\n"
    )
    with pytest.raises(ConvwiseError, match=r"layer odd: .*no code can be written"):
        convwise.read(code).to_torch()


def test_without_pytorch_the_message_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(UsageError, match="PyTorch is not installed"):
        convwise.read(LENET).to_torch()

"""The command line as a user meets it: what is printed where, exit statuses, no traceback ever."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

import convwise
from convwise.cli import run

TWO = """from keras import Sequential, layers
model = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(8, 3), layers.Flatten()])
"""
BROKEN = """from keras import Sequential, layers
model = Sequential([layers.Input((5, 5, 3)),
    layers.Conv2D(8, 8)])
"""


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of the usual width, wherever the tests run."""
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.py"
    path.write_text(TWO, "utf-8")
    return path


def test_summary_prints_the_table(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["summary", str(model)]) == 0
    printed = capsys.readouterr()
    assert "30 x 30 x 8" in printed.out
    assert "8 x (3*3*3 + 1) = 224" in printed.out
    assert printed.err == ""


def test_json_is_the_dictionary_of_python(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["summary", str(model), "--json", "--batch", "4"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == convwise.read(model).summary(batch=4).to_dict()
    assert printed["layers"][1]["output_shape"] == [4, 30, 30, 8]
    assert printed["totals"]["macs"]["forward"] == 4 * 30 * 30 * 8 * 27


def test_batch_and_dtype_scale_bytes(model: Path) -> None:
    net = convwise.read(model)
    one = net.summary().to_dict()["totals"]
    four = net.summary(batch=4, dtype="float16").to_dict()["totals"]
    assert four["output_bytes"] == 4 * one["output_bytes"] // 2
    assert four["parameters"] == one["parameters"]


def test_markdown(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["summary", str(model), "--markdown"]) == 0
    printed = capsys.readouterr().out
    assert printed == convwise.read(model).summary().to_markdown()
    assert "| `conv2d` | Conv2D | 30 x 30 x 8 | 224 |" in printed


def test_weights(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["summary", str(model), "--weights"]) == 0
    assert "height, width, in, out" in capsys.readouterr().out


def test_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(TWO))
    assert run(["summary", "-"]) == 0
    assert "30 x 30 x 8" in capsys.readouterr().out


def test_input_option_for_a_bare_layer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Conv2D(32, (3, 3))"))
    assert run(["summary", "-", "--input", "128x64x3"]) == 0
    assert "126 x 62 x 32" in capsys.readouterr().out


def test_a_wrong_network_is_said_on_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.py"
    path.write_text(BROKEN, "utf-8")
    assert run(["summary", str(path)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    for words in (f"{path}:3", "conv2d", "kernel 8 is larger than its input 5", "(None, 5, 5, 3)"):
        assert words in printed.err
    assert "Traceback" not in printed.err


def test_errors_are_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.py"
    path.write_text(BROKEN, "utf-8")
    assert run(["summary", str(path), "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["line"] == 3
    assert error["shapes"] == ["(None, 5, 5, 3)"]
    assert "kernel 8 is larger than its input 5" in error["message"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["summary", "nowhere.py"], "nowhere.py: cannot be opened"),
        (["summary", "example:nothing"], "there is no example 'nothing'"),
        (["summary", "example:cifar10", "--dtype", "int3"], "dtype 'int3' is not known"),
        (["summary", "example:cifar10", "--input", "3xx-1"], "'-1' is no size"),
        (["summary", "example:cifar10", "--input", ""], "--input is empty"),
        (["summary", "example:cifar10", "--set", "1=2"], "NAME=VALUE is expected"),
        (["summary", "example:cifar10", "--dialect", "julia"], "dialect 'julia' is not known"),
        (
            ["summary", "example:cifar10", "--input", "3x3", "--input", "a=3x3"],
            "several --input options must name their inputs",
        ),
        (["summary"], "Missing argument"),
        (["summary", "example:cifar10", "--nonsense"], "No such option"),
        (["nonsense"], "No such command"),
    ],
)
def test_wrong_use_is_one_clear_message(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    printed = capsys.readouterr()
    assert words in printed.err
    assert "to change:" in printed.err
    assert "Traceback" not in printed.err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["version"]) == 0
    assert capsys.readouterr().out == f"convwise {convwise.__version__}\n"


ODD = """from keras import Sequential, layers
model = Sequential([layers.Input((32, 32, 3)), layers.Conv2D(8, 3, name="{name}")])
"""


@pytest.mark.parametrize("form", [[], ["--markdown"], ["--weights"], ["--json"]])
@pytest.mark.parametrize("name", [r"a\x1b[2Jb", r"a\x07b", r"a\ud800b", "a\u202eb", r"a\rb"])
def test_what_a_terminal_would_obey_is_spelled_out(
    name: str, form: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.py"
    path.write_text(ODD.format(name=name), "utf-8")
    assert run(["summary", str(path), *form]) == 0
    printed = capsys.readouterr().out
    assert all(c == "\n" or c.isprintable() for c in printed)
    assert "Conv2D" in printed


def test_what_a_terminal_would_obey_is_spelled_out_in_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.py"
    path.write_text("x = 1\nprint '\x1b]0;title\x07'\n", "utf-8")
    assert run(["summary", str(path)]) == 2
    assert r"print '\x1b]0;title\x07'" in capsys.readouterr().err

"""What the front door makes of sources: code of four dialects, files, live models, refusals."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest

import convwise
from convwise.cli import run
from convwise.errors import ConvwiseError, UsageError
from convwise.live import dialect_of
from convwise.sources import guessed

KERAS = "from tensorflow import keras\nmodel = keras.Sequential([keras.layers.Dense(3)])\n"
TORCH = "import torch.nn as nn\nnet = nn.Sequential(nn.Linear(4, 3))\n"
TENSORFLOW1 = (
    "import tensorflow as tf\nx = tf.placeholder(tf.float32, [None, 4])\n"
    "y = tf.layers.dense(x, 3)\n"
)
MATLAB = "layers = [featureInputLayer(4)\nfullyConnectedLayer(3)];\n"


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        (KERAS, "keras"),
        (TORCH, "torch"),
        (TENSORFLOW1, "tensorflow1"),
        (MATLAB, "matlab"),
        ("x = layers.Conv2D(3, 3)(x)", "keras"),
        ("nn.Conv2d(3, 8, 3)", "torch"),
        ("import tensorflow as tf\ny = tf.nn.relu(x)\nm = tf.keras.Sequential()", "keras"),
        ("% layers\nlgraph = layerGraph(layers);", "matlab"),
    ],
)
def test_the_dialect_of_a_text_is_told(text: str, dialect: str) -> None:
    assert guessed(text) == dialect


@pytest.mark.parametrize(
    "text",
    ["\n" * 200_000, "def " + "a" * 200_000, "import " + " " * 200_000, "x = " + "Layer" * 40_000],
    ids=("lines", "a name", "blanks", "words"),
)
def test_the_dialect_of_a_long_text_is_told_at_once(text: str) -> None:
    started = time.process_time()
    assert guessed(text) == "keras"
    assert time.process_time() - started < 1


def test_the_same_layer_in_four_dialects(tmp_path: Path) -> None:
    code = KERAS + "model.build((None, 4))\n"
    nets = [convwise.read(code), convwise.read(TORCH, input=(4,))]
    nets += [convwise.read(TENSORFLOW1), convwise.read(MATLAB)]
    (tmp_path / "net.m").write_text(MATLAB, "utf-8")
    nets.append(convwise.read(tmp_path / "net.m"))
    assert [net.summary().answer.totals.parameters for net in nets] == [15] * 5
    for net in nets[1:]:
        assert nets[0].difference(net) is None


def test_live_models_are_told_by_their_classes() -> None:
    import keras
    import onnx
    import torch

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    module = torch.nn.Linear(4, 3)
    program = torch.export.export(module, (torch.zeros(2, 4),))
    found = [dialect_of(one) for one in (model, module, program, onnx.ModelProto(), 3, "x", None)]
    assert found == ["keras", "torch", "program", "onnx", None, None, None]
    with pytest.raises(UsageError, match="a int is no network"):
        convwise.read(3)


def test_a_live_model_is_computed_with_its_own_weights() -> None:
    import torch

    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU())
    x = np.random.default_rng(1).standard_normal((2, 3, 6, 5)).astype("float32")
    net = convwise.read(module, input=(3, 6, 5))
    theirs = module(torch.as_tensor(x)).detach().numpy()
    assert np.abs(net.run(x) - theirs).max() < 1e-5
    paper = net.explain("0").answer.stories[0].paper
    assert paper is not None
    weights = net.run(
        x, weights={name: 0 * one.numpy() for name, one in module.state_dict().items()}
    )
    assert not weights.any()


LIVE = """
import torch

print("this is no part of the answer")


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 8, 3)

    def forward(self, x):
        return torch.relu(self.conv(x))


net = Net()


def make():
    return Net()


def needs(depth):
    return Net()


def fails():
    raise RuntimeError("no data here")
"""


def test_live_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "live_nets.py").write_text(LIVE, "utf-8")
    monkeypatch.chdir(tmp_path)
    for place in ("live_nets:net", "live_nets:make", "live_nets:Net"):
        status = run(["summary", f"live:{place}", "--input", "3,32,32", "--json"])
        answer = json.loads(capsys.readouterr().out)
        assert status == 0
        assert answer["totals"]["parameters"] == 224
        assert answer["layers"][1]["name"] == "conv"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("live:live_nets:nothing", "there is no nothing in it"),
        ("live:live_nets:needs", "cannot be called without arguments"),
        ("live:live_nets:fails", "RuntimeError: no data here"),
        ("live:no_such_module:net", "ModuleNotFoundError"),
        ("live:live_nets", "names no model"),
        ("live:live_nets:torch", "is no network that can be read"),
    ],
)
def test_live_models_that_cannot_be_had(
    place: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "live_nets.py").write_text(LIVE, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(["summary", place, "--input", "3,32,32"]) == 2
    printed = capsys.readouterr()
    assert words in printed.err
    assert "to change: " in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("net.pt", "pickle"),
        ("net.mat", "MATLAB workspace"),
        ("net.pb", "SavedModel"),
        ("net.tflite", "TensorFlow Lite"),
        ("net.ipynb", "notebook"),
        ("net.safetensors", "weights"),
    ],
)
def test_files_that_are_refused_say_why(file: str, words: str, tmp_path: Path) -> None:
    import pickle

    (tmp_path / file).write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(ConvwiseError, match=words) as caught:
        convwise.read(tmp_path / file)
    assert caught.value.hint


def test_a_folder_is_no_saved_model(tmp_path: Path) -> None:
    (tmp_path / "model.keras").mkdir()
    with pytest.raises(ConvwiseError, match="is no file"):
        convwise.read(tmp_path / "model.keras")

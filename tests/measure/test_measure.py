"""The verb `measure`: what is predicted is what runs; wrong input gets a clear message."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import convwise
from convwise import cli
from convwise.analyses.compare import Entry, compare, with_measurements
from convwise.analyses.measurement import Measured, Measurement, Predicted
from convwise.analyses.memory.options import Training
from convwise.errors import UsageError
from convwise.measure.launch import measure_step
from convwise.progress import quiet

ROOT = Path(__file__).parents[2]
ZOO = ROOT / "tests" / "zoo"
SMALL_BYTES = 128 * 1024
#: (file, input, batch, optimizer); the second half was not used while this was developed.
CASES = [
    ("torch/squeezenet.py", (3, 96, 96), 2, "sgd"),
    ("torch/mobilenet_v2.py", (3, 96, 96), 2, "adam"),
    ("torch/unet3d.py", (1, 16, 32, 32), 1, "adam"),
    ("torch/convnext_tiny.py", (3, 64, 64), 1, ""),
    ("torch/resnet.py:resnet18", (3, 64, 64), 4, "adam"),
    ("torch/eegnet.py", (22, 1000), 4, "sgd"),
    ("keras/c3d.py", (), 1, ""),
    ("keras/radar_nowcast.py", (), 1, "sgd"),
]


def measure(source: str, shape: tuple[int, ...], batch: int, optimizer: str) -> Measurement:
    path, _, name = source.partition(":")
    net = convwise.read(ZOO / path, shape or None, name=name or None)
    training = Training(batch, optimizer) if optimizer else None
    return measure_step(net.graph, training, batch, threads=1, progress=quiet)


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVWISE_CACHE", str(tmp_path / "cache"))


def close(found: Measurement) -> bool:
    off = abs(found.predicted.peak_bytes - found.measured.peak_bytes)
    return off <= max(0.02 * found.measured.peak_bytes, SMALL_BYTES)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[3] or 'inference'}")
def test_the_predicted_peak_is_the_measured_one(
    case: tuple[str, tuple[int, ...], int, str],
) -> None:
    found = measure(*case)
    assert close(found), (found.predicted.peak_bytes, found.measured.peak_bytes)
    assert set(found.predicted.by_layer) == set(found.measured.by_layer)


def test_a_training_step_from_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["measure", "example:cifar10", "--train", "--batch", "2", "--threads", "1"]
    assert cli.run([*arguments, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    schema = json.loads((ROOT / "docs" / "schema" / "measure-1.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(printed)
    peaks = [printed[side]["peak_bytes"] for side in ("predicted", "measured")]
    assert abs(peaks[0] - peaks[1]) <= max(0.02 * peaks[1], SMALL_BYTES)
    assert printed["predicted"]["measured_operators"] == printed["predicted"]["operators"]
    assert cli.run(arguments) == 0
    text = capsys.readouterr().out
    assert max(len(line) for line in text.splitlines()) <= 100
    # Everything is in the store now.
    assert "distinct operators measured by itself on this machine earlier" in " ".join(text.split())
    for layer in ("conv2d_1", "dense_1", "optimizer"):
        assert f"\n{layer} " in text


def test_what_does_not_fit_is_refused_before_it_runs() -> None:
    net = convwise.read("example:conv3d", (64, 8192, 8192, 1))
    with pytest.raises(UsageError, match="GiB") as caught:
        net.measure(1, train=Training(4096, "sgd"), threads=1)
    assert "convwise fit" in str(caught.value)


def test_open_sizes_are_refused() -> None:
    net = convwise.read(ZOO / "keras" / "unet_symbolic.py")
    with pytest.raises(UsageError, match=r"open.*\n.*--input"):
        net.measure(threads=1)


def test_wrong_words_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["measure", "example:cifar10", "--train", "--optimizer", "lion"]) == 2
    assert "one of sgd, momentum, adam" in capsys.readouterr().err


def test_compare_shows_every_predicted_figure_beside_a_measured_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    shape = ["--input", "16x32x32x1"]
    assert cli.run(["compare", "example:conv3d", "--variants", *shape, "--measure", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    schema = json.loads((ROOT / "docs" / "schema" / "compare-1.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(printed)
    assert len(printed["designs"]) > 1
    for design in printed["designs"]:
        found = design["measurement"]
        off = abs(found["predicted"]["peak_bytes"] - found["measured"]["peak_bytes"])
        assert off <= max(0.02 * found["measured"]["peak_bytes"], SMALL_BYTES), design["name"]
        assert found["predicted"]["seconds"] > 0
        assert found["measured"]["seconds"] > 0


def test_less_arithmetic_that_takes_longer_is_explained() -> None:
    graphs = [
        convwise.read("example:conv3d", (16, 64, 64, 1)).graph,
        convwise.read("example:time_as_channels", (64, 64, 16)).graph,
    ]
    found = compare([Entry(f"design {number}", graph) for number, graph in enumerate(graphs)])
    ordered = sorted(found.designs, key=lambda design: int(str(design.forward)))
    times = {ordered[0].name: 2.0, ordered[1].name: 1.0}
    measurements = [taking(times[design.name]) for design in found.designs]
    verdict = with_measurements(found, measurements).verdict
    assert "took 2.0 times as long here" in verdict[-1]
    assert verdict[-1].startswith(f"{ordered[0].name} has less arithmetic than {ordered[1].name}")
    same = [taking(1.0) for _ in found.designs]
    assert with_measurements(found, same).verdict == found.verdict


def taking(seconds: float) -> Measurement:
    """A measurement of so many seconds."""
    predicted = Predicted(1, "", "", 1, 1, seconds, seconds, {}, {}, 1, 0, 0.0, "", ())
    truth = Measured(1, 1, 1, seconds, seconds, seconds, 5, {}, {}, seconds)
    return Measurement("net", 1, None, 1, predicted, truth)


def test_what_cannot_be_measured_by_itself_is_said() -> None:
    net = convwise.read(ZOO / "torch" / "crnn.py", (1, 32, 100))
    with pytest.raises(UsageError, match="mkldnn_rnn_layer_backward cannot be measured by itself"):
        net.measure(2, train=True, threads=1)

"""A comparison that was run: printed as it was looked at, and a real run is laid out like it."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest

import convwise
from convwise.analyses.compare import Comparison, Entry, compare, with_measurements
from convwise.analyses.measurement import Measured, Measurement, Predicted
from convwise.analyses.memory.options import Training
from convwise.reports.compare import comparison_text
from tests.golden.forms import FOLDER

NAMES = ("conv3d", "time_as_channels_one", "time_as_channels")
#: Of a real run at full size: bytes of tensors and of the process, seconds; predicted, measured.
FIGURES = {
    "conv3d": ((1342227020, 1681469856, 1.3155), (1342227020, 1686065152, 1.2533)),
    "time_as_channels_one": ((213996424, 557404576, 0.15856), (213996424, 574500864, 0.17124)),
    "time_as_channels": ((402764032, 742035872, 0.22669), (402764032, 746647552, 0.22508)),
}
PLACE = "torch 2.13.0+cpu, 2 threads, AMD EPYC, 2 cores, 24 GiB, Linux x86_64"


def compared() -> Comparison:
    """The designs of the question with these figures."""
    entries = [Entry(name, convwise.read(f"example:{name}").graph) for name in NAMES]
    return with_measurements(compare(entries), [measurement(name) for name in NAMES])


def measurement(name: str) -> Measurement:
    sides = [
        _made(kind, peak_bytes=peak, process_bytes=process, seconds=seconds, environment=PLACE)
        for kind, (peak, process, seconds) in zip((Predicted, Measured), FIGURES[name], strict=True)
    ]
    return Measurement(name, 1, Training(1, "sgd"), 2, *sides)


def _made(kind: Any, **known: Any) -> Any:
    """What a comparison does not show is left empty."""
    return kind(**{field.name: known.get(field.name, "") for field in fields(kind)})


@pytest.mark.parametrize("width", [80, 100])
def test_printed_as_expected(width: int) -> None:
    text = comparison_text(compared(), width) + "\n"
    assert text == (FOLDER / f"compare.measured.{width}.txt").read_text("utf-8")
    assert max(len(line) for line in text.splitlines()) <= width


def test_the_reason_is_in_the_words() -> None:
    said = compared().verdict[-1]
    assert said.startswith(
        "conv3d has less arithmetic than time_as_channels, yet its step took 5.6"
    )
    # (2,097,152,000 + 2,097,152,000) / 1.2533 s and (6,710,886,400 + 6,710,886,400) / 0.22508 s.
    assert "3.35 against 59.6 thousand million multiply-adds per second" in said
    assert "blocks of 8 or 16 channels" in said


@pytest.mark.parametrize("width", [80, 100])
def test_many_designs_that_were_run_stay_within_the_width(width: int) -> None:
    designs = convwise.compare("example:conv3d", variants=True).answer
    found = with_measurements(designs, [measurement("conv3d") for _ in designs.designs])
    text = comparison_text(found, width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert re.search(r"memory +measured +takes +measured", text.splitlines()[0])


@pytest.mark.slow
def test_a_real_run_is_laid_out_alike(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVWISE_CACHE", str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    shapes = ((16, 64, 64, 1), (64, 64, 16), (64, 64, 16))
    networks = [
        convwise.read(f"example:{name}", shape) for name, shape in zip(NAMES, shapes, strict=True)
    ]
    text = convwise.compare(*networks, names=NAMES, measure=True).text(80)
    expected = (FOLDER / "compare.measured.80.txt").read_text("utf-8")
    assert masked(text) == masked(expected)


def masked(text: str) -> list[str]:
    """The table and what is said of the run, without numbers, widths and the machine."""
    parts = text.strip().split("\n\n")
    table = re.sub(r"\d[\d,.]*( (bytes|[KMG]iB|s|ms|us))?(?![\w])", "#", parts[0])
    note = " ".join(parts[-1].split()).partition(" then run. ")[0]
    return [*re.sub("─+", "─", re.sub(" +", " ", table)).splitlines(), note]

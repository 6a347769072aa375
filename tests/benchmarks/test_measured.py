"""Processes are measured whole, one that fails says why, ratios are taken round by round."""

from __future__ import annotations

import sys

import pytest

from benchmarks.child import peak_megabytes
from benchmarks.contenders import CONTENDERS
from benchmarks.measured import Server, process, ratios
from benchmarks.summary_speed import ROOT, environment, must_agree

CHILD = [sys.executable, "-m", "benchmarks.child", "convwise"]
NETWORK = [str(ROOT / "benchmarks" / "networks" / "resnet50_torch.py"), "3x224x224"]
RESNET50 = {"parameters": 25_557_032, "macs": 4_089_184_256}


def test_a_whole_process_says_its_answer_and_its_peak() -> None:
    run = process([*CHILD, *NETWORK, "once"], environment())
    peak = run.said.pop("megabytes")
    assert run.said == RESNET50
    assert 5 < peak < 500
    assert run.cpu > 0.01
    assert run.wall > 0.01


def test_a_process_that_stays_answers_again() -> None:
    with Server([*CHILD, *NETWORK, "serve"], environment()) as server:
        for question in ("source", "model", "source"):
            answer = server.ask(question)
            assert answer["cpu"] > 0
            assert {key: answer[key] for key in RESNET50} == RESNET50


def test_a_process_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match="cannot be opened"):
        process([*CHILD, "nowhere_torch.py", "3x8x8", "once"], environment())
    missing = [*CHILD, "nowhere_torch.py", "3x8x8", "serve"]
    with Server(missing, environment()) as server, pytest.raises(RuntimeError, match="failed"):
        server.ask("source")


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a parent is Linux's to hand down")
def test_the_peak_of_a_child_is_its_own() -> None:
    held = bytearray(b"\1") * (200 << 20)
    script = "import json; from benchmarks.child import peak_megabytes as p; print(json.dumps(p()))"
    said = process([sys.executable, "-c", script], environment()).said
    assert peak_megabytes() > len(held) >> 20
    assert float(said) < 100  # type: ignore[arg-type]


def test_ratios_are_taken_round_by_round() -> None:
    assert ratios([1.0, 2.0, 4.0], [2.0, 2.0, 16.0]) == {"median": 2.0, "least": 1.0, "most": 4.0}


@pytest.mark.parametrize(
    ("tool", "wrong"),
    [
        ("fvcore", {"parameters": 1, "macs": 4_089_184_256}),
        ("fvcore", {"parameters": 25_557_032, "macs": 1}),
        ("onnx", {"parameters": 25_557_032, "macs": None}),
    ],
)
def test_tools_that_disagree_stop_the_run(tool: str, wrong: dict[str, int | None]) -> None:
    keras = {"parameters": 25_610_152, "macs": 4_089_184_256}
    agreeing = {name: keras if c.code != "torch" else RESNET50 for name, c in CONTENDERS.items()}
    must_agree(agreeing)
    with pytest.raises(RuntimeError, match=f"{tool} says"):
        must_agree(agreeing | {tool: wrong})

"""Predicted against measured: memory and time of steps of many networks; writes costs.json.

Every configuration is predicted (calibrated, and by rules) and run in fresh processes by
`convwise.measure`. Networks of UNSEEN were not looked at while the predictions were developed.

    python -m benchmarks.costs             all, about half an hour on two idle cores, in parts
    python -m benchmarks.costs --only vgg  those whose name has this in it
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import convwise
from benchmarks.machine import machine
from convwise.analyses.memory.estimate import inference_memory, training_memory
from convwise.analyses.memory.options import Training
from convwise.measure.launch import measure_step
from convwise.measured import usable_threads
from convwise.progress import quiet

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "costs.json"
ZOO = "tests/zoo/"


class Case(NamedTuple):
    """A network, the shape of its input, and (batch, optimizer) of each run; "" is inference."""

    source: str
    shape: tuple[int, ...]
    runs: tuple[tuple[int, str], ...]


SEEN = (
    Case("torch/squeezenet.py", (3, 224, 224), ((1, "sgd"), (4, ""))),
    Case("torch/convnext_tiny.py", (3, 64, 64), ((4, "adam"),)),
    Case("torch/dncnn.py", (1, 64, 64), ((2, "adam"), (16, ""))),
    Case("torch/mobilenet_v2.py", (3, 224, 224), ((4, "sgd"),)),
    Case("torch/unet.py", (3, 188, 188), ((1, "adam"), (2, ""))),
    Case("torch/unet3d.py", (1, 32, 64, 64), ((1, "adam"),)),
    Case("torch/vgg16.py", (3, 64, 64), ((4, "sgd"),)),
    Case("torch/densenet121.py", (3, 64, 64), ((8, "adam"),)),
)
UNSEEN = (
    Case("torch/resnet.py:resnet18", (3, 160, 160), ((2, "sgd"), (8, "adam"), (4, ""))),
    Case("torch/resnet.py:resnext50_32x4d", (3, 96, 96), ((4, "adam"), (8, ""))),
    Case("torch/eegnet.py", (22, 1000), ((1, "sgd"), (16, "adam"), (8, ""))),
    Case("keras/attention_unet.py", (), ((2, "adam"), (4, ""))),
    Case("keras/c3d.py", (), ((1, "sgd"), (2, ""))),
    Case("keras/convmixer.py", (), ((4, "sgd"), (16, "adam"), (16, ""))),
    Case("keras/xception.py", (), ((2, "adam"), (1, ""))),
    Case("keras/radar_nowcast.py", (), ((2, "adam"), (2, ""))),
    Case("keras/ecg_resnet1d.py", (), ((16, "sgd"), (1, "adam"), (4, ""))),
)


def run(case: Case, batch: int, optimizer: str, *, unseen: bool) -> dict[str, Any]:
    """One configuration: twice run, with the C library's own heap and with one that gives back."""
    path, _, name = case.source.partition(":")
    net = convwise.read(ROOT / ZOO / path, case.shape or None, name=name or None)
    training = Training(batch, optimizer) if optimizer else None
    rules = (
        training_memory(net.graph, training)
        if training is not None
        else inference_memory(net.graph, batch, "float32")
    )
    threads = usable_threads()
    usual, given_back = [
        measure_step(net.graph, training, batch, threads=threads, progress=quiet, heap=heap)
        for heap in ("usual", "fixed")
    ]
    p, m = usual.predicted, usual.measured
    return {
        "network": case.source,
        "unseen": unseen,
        "batch": batch,
        "optimizer": optimizer or None,
        "rules": None if rules is None else [rules.low, rules.high],
        "peak": [p.peak_bytes, m.peak_bytes],
        "process": [given_back.predicted.process_bytes, given_back.measured.process_bytes],
        "process_usual_heap": [p.process_bytes, m.process_bytes],
        "seconds": [p.seconds, m.seconds, m.seconds_low, m.seconds_high],
        "kept_heap_seconds": [p.kept_heap_seconds, m.kept_heap_seconds],
        "environment": p.environment,
    }


def main(arguments: list[str]) -> int:
    """Run all configurations; each is written when it is done, and a later call goes on."""
    only = arguments[1] if arguments[:1] == ["--only"] else ""
    draft = RESULTS.with_suffix(".part")
    found: list[dict[str, Any]] = json.loads(draft.read_text()) if draft.exists() else []
    done = {(one["network"], one["batch"], one["optimizer"] or "") for one in found}
    for case, unseen in [(case, False) for case in SEEN] + [(case, True) for case in UNSEEN]:
        for batch, optimizer in case.runs:
            if only in case.source and (case.source, batch, optimizer) not in done:
                found.append(run(case, batch, optimizer, unseen=unseen))
                _write(draft, found)
                print(_line(found[-1]), flush=True)
    if not only:
        _write(RESULTS, {"machine": machine(("torch",)), "runs": found})
        draft.unlink(missing_ok=True)
    return 0


def _write(path: Path, found: object) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(found, indent=1) + "\n")
    draft.replace(path)


def _line(one: dict[str, Any]) -> str:
    peak, process, seconds, kept = [
        one[key][0] / one[key][1] - 1 for key in ("peak", "process", "seconds", "kept_heap_seconds")
    ]
    low, high = one["rules"]
    inside = "inside" if low <= one["peak"][1] <= high else "OUTSIDE"
    return (
        f"{one['network']} batch {one['batch']} {one['optimizer']}: peak {peak:+.3%}, process "
        f"{process:+.1%}, time {seconds:+.1%} of {one['seconds'][1] * 1e3:.1f} ms, "
        f"heap kept {kept:+.1%}, rules {inside} {high / low:.2f}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

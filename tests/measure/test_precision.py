"""Mixed precision and recomputation: what is predicted is what runs; more is in the benchmarks."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from benchmarks.precision_costs import CASES, MIXED, WAYS, graph_of, step
from convwise.analyses.memory.options import Training
from convwise.measure.calibration import arguments
from convwise.measure.subjects import subject_of
from convwise.measure.tracing import watched

(DNCNN,) = [case for case in CASES if case.source == "dncnn.py"]
(VOLUME,) = [case for case in CASES if case.source == "unet3d.py"]


@pytest.mark.slow
@pytest.mark.parametrize(("precision", "again"), WAYS)
def test_the_predicted_peak_is_the_measured_one(
    precision: str, again: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVWISE_CACHE", str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    found = step(DNCNN, graph_of(DNCNN), precision, again)
    assert abs(found.peak_error) < 0.03


def test_statistics_of_narrow_fields_are_as_wide_as_the_weights() -> None:
    subject = subject_of(graph_of(VOLUME))
    training = Training(1, "sgd", MIXED)
    seen = watched(subject.module, subject.inputs(1), training, steps=2)
    found = [
        event.operator for event in seen.events if "group_norm_backward" in event.operator.name
    ]
    made = [arguments(operator)[0] for operator in found]
    assert any(input.dtype == torch.bfloat16 for _, input, *_ in made)
    for _, _, mean, deviation, weight, *_ in made:
        assert mean.dtype == deviation.dtype == weight.dtype == torch.float32

"""Networks of MONAI, transformers and diffusers: every layer and all totals are PyTorch's."""

from __future__ import annotations

import dataclasses

import pytest

from tests.zoo import torch_oracle

from . import agreement
from .cases import Case, every_case
from .table import PAGE, page

CASES = every_case()
FAST = ("monai-UNet 3-D", "transformers-ResNetForImageClassification", "diffusers-AutoencoderKL")


def marked(case: Case) -> object:
    """All but a few are slow together."""
    return pytest.param(case, id=case.id, marks=[] if case.id in FAST else [pytest.mark.slow])


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_a_live_network_is_what_pytorch_runs(case: Case):
    found = agreement.compared(case)
    assert not found.wrong, "\n".join(["", *found.wrong])
    assert found.unknown == case.unknown


def test_there_are_forty_networks_and_some_over_volumes():
    assert len(CASES) >= 40
    assert len({case.id for case in CASES}) == len(CASES)
    assert sum(len(shape) == 4 for case in CASES for shape in case.inputs.values()) >= 10


def test_a_planted_error_is_found(monkeypatch: pytest.MonkeyPatch):
    case = next(one for one in CASES if one.id == FAST[1])
    real = torch_oracle.describe

    def changed(network: object, inputs: list[object]) -> torch_oracle.TorchModel:
        model = real(network, inputs)
        return dataclasses.replace(model, parameters=model.parameters + 1)

    monkeypatch.setattr(torch_oracle, "describe", changed)
    [line] = agreement.compared(case).wrong
    assert line.startswith("total parameters")


@pytest.mark.slow
def test_the_table_is_what_a_run_gives():
    assert PAGE.read_text("utf-8") == page()

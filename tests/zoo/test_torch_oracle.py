"""The PyTorch zoo runs on the meta device with the published totals, and the oracle can fail."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from . import torch_oracle
from .torch_cases import CASES, FOLDER, Case
from .torch_executed import executed

PUBLISHED = [case for case in CASES if case.parameters is not None]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_network_runs_and_its_calls_add_up(case: Case) -> None:
    model = executed(case)
    assert model.outputs
    assert model.calls
    assert sum(call.forward_macs for call in model.calls) <= model.forward_macs
    assert sum(call.backward_macs for call in model.calls) <= model.backward_macs
    assert sum(module.parameters for module in model.modules.values()) == model.parameters
    assert sum(module.trainable for module in model.modules.values()) == model.trainable


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case.id)
def test_totals_are_the_published_ones(case: Case) -> None:
    model = executed(case)
    assert model.parameters == case.parameters
    if case.macs is not None:
        batch = next(iter(case.inputs.values()))[0]
        assert model.forward_macs == batch * case.macs


def test_every_file_has_a_case_and_shows_its_input() -> None:
    files = sorted(FOLDER.glob("*.py"))
    assert {case.path for case in CASES} == set(files)
    shown = ("torch.randn(", "torch.rand(", "torch.zeros(", "torch.randint(", "summary(", "ones(")
    texts = {path.name: path.read_text("utf-8") for path in files}
    assert [name for name, text in texts.items() if not any(s in text for s in shown)] == []


class Reused(nn.Module):
    """A grouped convolution called twice, a recurrent layer, a product with a bare parameter."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3, padding=1, groups=4)
        self.body = nn.Sequential(nn.ReLU(), nn.Flatten(2))
        self.rnn = nn.LSTM(36, 5, batch_first=True)
        self.mix = nn.Parameter(torch.zeros(5, 7))
        self.register_buffer("seen", torch.zeros(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.body(self.conv(self.conv(x)))
        states, _ = self.rnn(y)
        return states @ self.mix


def described() -> torch_oracle.TorchModel:
    with torch.device("meta"):
        network = Reused()
    return torch_oracle.describe(network.eval(), [torch.empty(2, 8, 6, 6, device="meta")])


def test_calls_come_in_order_with_shapes_and_counts() -> None:
    model = described()
    paths = [(call.path, call.class_name) for call in model.calls]
    assert paths == [
        ("conv", "Conv2d"),
        ("conv", "Conv2d"),
        ("body.0", "ReLU"),
        ("body.1", "Flatten"),
        ("rnn", "LSTM"),
    ]
    first, second = model.of("conv")
    one = 2 * 8 * 36 * 2 * 9  # batch, filters, positions, channels of a group, kernel
    assert first.forward_macs == second.forward_macs == one
    assert (first.backward_macs, second.backward_macs) == (one, 2 * one)
    assert model.of("body.1")[0].outputs == ((2, 8, 36),)
    assert model.of("rnn")[0].outputs == ((2, 8, 5), (1, 2, 5), (1, 2, 5))
    assert model.of("rnn")[0].forward_macs == 2 * 8 * 4 * 5 * (36 + 5)
    last = 2 * 8 * 5 * 7
    assert model.forward_macs == sum(call.forward_macs for call in model.calls) + last
    assert model.backward_macs == sum(call.backward_macs for call in model.calls) + 2 * last


def test_parameters_are_counted_by_path_and_buffers_are_not() -> None:
    model = described()
    conv, recurrent = 8 * 2 * 9 + 8, 4 * 5 * (36 + 5 + 2)
    assert model.modules["conv"].parameters == conv
    assert model.modules["body"].parameters == 0
    assert model.parameters == model.trainable == conv + recurrent + 5 * 7
    assert model.buffers == 3


@pytest.mark.parametrize("groups", [1, 2, 8])
@pytest.mark.parametrize("family", [nn.Conv2d, nn.ConvTranspose2d])
def test_a_gradient_uses_every_weight_as_often_as_the_forward_pass(
    family: type[nn.Module], groups: int
) -> None:
    with torch.device("meta"):
        network = nn.Sequential(nn.BatchNorm2d(8), family(8, 16, 3, stride=2, groups=groups))
    model = torch_oracle.describe(network, [torch.empty(2, 8, 9, 9, device="meta")])
    positions = 4 * 4 if family is nn.Conv2d else 9 * 9
    assert model.forward_macs == 2 * positions * 8 * 16 // groups * 9
    assert model.backward_macs == 2 * model.forward_macs


def test_a_contraction_that_is_not_counted_is_refused() -> None:
    with torch.device("meta"):
        network = nn.Bilinear(3, 4, 5)
    inputs = [torch.empty(2, 3, device="meta"), torch.empty(2, 4, device="meta")]
    with pytest.raises(torch_oracle.OracleError, match="does not count"):
        torch_oracle.describe(network, inputs)


def test_code_that_asks_for_numbers_is_built_on_the_cpu_first(tmp_path: Path) -> None:
    path = tmp_path / "rates.py"
    path.write_text(
        "import torch\nfrom torch import nn\n"
        "net = lambda: nn.Dropout(torch.linspace(0, 0.5, 3)[1].item())\n"
    )
    assert isinstance(torch_oracle.build(path, "net"), nn.Dropout)
    with pytest.raises(torch_oracle.OracleError, match="3 is no module"):
        torch_oracle.build(path, "3")

"""Random convolutions agree with float64 at every level; a planted fault is found."""

import convwise_kernels
import pytest
import torch
from convwise_kernels.activations import NAMES
from convwise_kernels.padding import MODES
from hypothesis import HealthCheck, given, seed, settings

from tests.agreement import troubles
from tests.cases import Case, cases

# Levels, padding modes, activations, types and layouts are drawn with the sizes.
FEW = settings(
    max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
MANY = settings(FEW, max_examples=300)


def _agree(limits: settings, start: int) -> int:
    """How many random convolutions were tried; the first disagreement is raised."""
    tried = []

    @seed(start)
    @limits
    @given(case=cases())
    def trial(case: Case) -> None:
        tried.append(case)
        assert troubles(case) == []

    trial()
    return len(tried)


@pytest.mark.parametrize("start", range(3))
def test_300_configurations(start: int) -> None:
    assert _agree(FEW, start) >= 100


@pytest.mark.slow
@pytest.mark.parametrize("start", range(10, 20))
def test_3000_configurations(start: int) -> None:
    assert _agree(MANY, start) >= 300


def _case(inputs: int, outputs: int, kernel: int, **others: object) -> Case:
    """Sizes that leave odd rows, columns and times over."""
    return Case(
        batch=2,
        groups=1,
        inputs=inputs,
        outputs=outputs,
        sizes=(5, 21, 37),
        kernel=(kernel,) * 3,
        stride=(1, 1, 1),
        dilation=(1, 1, 1),
        padding=(kernel // 2,) * 3,
        bias=True,
        layout="plain",
        seed=3,
        **others,
    )


# The shapes with paths of their own.
SPECIAL = [(1, 1), (1, 8), (8, 1), (8, 8), (2, 3), (3, 13), (16, 16)]


@pytest.mark.parametrize("level", convwise_kernels.levels())
@pytest.mark.parametrize("kernel", [3, 5, 7])
@pytest.mark.parametrize(("inputs", "outputs"), SPECIAL)
def test_few_channels(inputs: int, outputs: int, kernel: int, level: str) -> None:
    assert troubles(_case(inputs, outputs, kernel, activation="relu", level=level)) == []


@pytest.mark.parametrize("level", convwise_kernels.levels())
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_padding_modes(mode: str, dtype: torch.dtype, level: str) -> None:
    assert troubles(_case(2, 3, 5, mode=mode, dtype=dtype, level=level)) == []


@pytest.mark.parametrize("level", convwise_kernels.levels())
@pytest.mark.parametrize("activation", NAMES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_activations(activation: str, dtype: torch.dtype, level: str) -> None:
    assert troubles(_case(2, 3, 3, activation=activation, dtype=dtype, level=level)) == []


@pytest.mark.parametrize(("inputs", "outputs"), [(1, 8), (2, 1), (8, 8)])
def test_large_outputs_written_past_the_caches(inputs: int, outputs: int) -> None:
    x = torch.randn(1, inputs, 3, 704, 528 * max(1, 8 // outputs))
    w = torch.randn(outputs, inputs, 1, 3, 3)
    y = convwise_kernels.conv(x, w, padding=(0, 1, 1))
    truth = torch.conv3d(x, w, padding=(0, 1, 1))
    assert y.nbytes >= 32 * 2**20
    torch.testing.assert_close(y, truth, rtol=1e-4, atol=1e-4)


def test_a_wrong_tap_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def shifted(self: Case, x: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return convwise_kernels.conv(x, w.flip(-1), b, padding=1)

    monkeypatch.setattr(Case, "ours", shifted)
    assert any(trouble.startswith("output") for trouble in troubles(_case(1, 1, 3)))

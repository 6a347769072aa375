"""Random convolutions agree with float64 at every level; a planted fault is found."""

from collections.abc import Iterator

import convwise_kernels
import pytest
import torch
from hypothesis import HealthCheck, given, seed, settings

from tests.agreement import troubles
from tests.cases import Case, cases

PART = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
FULL = settings(PART, max_examples=1000)
LEVELS = ["avx512", "avx2", "neon", "portable"]


@pytest.fixture(params=LEVELS, autouse=True)
def forced(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each level of this processor in turn."""
    if request.param not in convwise_kernels.levels():
        pytest.skip(f"no {request.param} on this processor")
    before = convwise_kernels.level()
    convwise_kernels.force_level(request.param)
    yield
    convwise_kernels.force_level(before)


@seed(7)
@PART
@given(case=cases())
def test_part_of_the_configurations(case: Case) -> None:
    assert troubles(case) == []


@pytest.mark.slow
@seed(11)
@FULL
@given(case=cases())
def test_all_configurations(case: Case) -> None:
    assert troubles(case) == []


# The shapes with paths of their own, at sizes that leave odd rows, columns and times over.
SPECIAL = [(1, 1), (1, 8), (8, 1), (8, 8), (2, 3), (3, 13), (16, 16)]


@pytest.mark.parametrize("kernel", [3, 5, 7])
@pytest.mark.parametrize(("inputs", "outputs"), SPECIAL)
def test_few_channels(inputs: int, outputs: int, kernel: int) -> None:
    case = Case(
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
        relu=True,
        layout="plain",
        seed=3,
    )
    assert troubles(case) == []


def test_a_wrong_tap_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(
        1, 1, 1, 1, (4, 9, 9), (3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1), False, False, "plain", 5
    )

    def shifted(self: Case, x: torch.Tensor, w: torch.Tensor, b: None) -> torch.Tensor:
        return convwise_kernels.conv(x, w.flip(-1), b, padding=1)

    monkeypatch.setattr(Case, "ours", shifted)
    assert any(trouble.startswith("output") for trouble in troubles(case))

"""Choosing a level: by the environment, in the process, and what is said about an unknown one."""

import os
import subprocess
import sys

import convwise_kernels
import pytest
from convwise_kernels import KernelsError
from convwise_kernels.library import peak_flops_per_second

ASK = "import convwise_kernels as k; print(k.level())"


def _ask(wanted: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CONVWISE_KERNELS_LEVEL": wanted}
    return subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=False
    )


def test_the_environment_forces_a_level() -> None:
    assert _ask("portable").stdout.strip() == "portable"


def test_an_unknown_level_is_an_error_that_lists_the_others() -> None:
    answer = _ask("avx1024")
    assert answer.returncode != 0
    assert f"set it to one of: {', '.join(convwise_kernels.levels())}" in answer.stderr


def test_the_peak_is_that_of_some_processor() -> None:
    assert 1e8 < peak_flops_per_second(0.01) < 1e14


def test_forcing_what_is_not_there_changes_nothing() -> None:
    before = convwise_kernels.level()
    with pytest.raises(KernelsError, match="no level 'sse9'"):
        convwise_kernels.force_level("sse9")
    assert convwise_kernels.level() == before

"""The library exports its C interface only: no code of one level can replace another's."""

import shutil
import subprocess

import pytest
from convwise_kernels.library import library

INTERFACE = {
    "convwise_force_level",
    "convwise_forward",
    "convwise_input_gradient",
    "convwise_level",
    "convwise_level_at",
    "convwise_multiply_adds",
    "convwise_use_threads",
    "convwise_weight_gradient",
}


def test_only_the_interface_is_exported() -> None:
    nm = shutil.which("nm")
    if nm is None:
        pytest.skip("needs nm")
    listed = subprocess.run(
        [nm, "-D", "--defined-only", library()._name], capture_output=True, text=True, check=True
    ).stdout
    ours = {line.split()[-1] for line in listed.splitlines() if "convwise" in line}
    assert ours == INTERFACE

"""The C++ code alone, under the sanitizers: standard threads, tensors beside forbidden pages."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1]


def _run(*command: str, **variables: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **variables}
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("sanitizer", ["", "address", "undefined", "thread"])
def test_the_harness_is_clean(sanitizer: str, tmp_path: Path) -> None:
    cmake = shutil.which("cmake")
    if cmake is None:
        pytest.skip("needs cmake")
    sanitize = f"-DCONVWISE_SANITIZE={sanitizer}"
    _run(cmake, "-S", str(SOURCE), "-B", str(tmp_path), "-DCONVWISE_HARNESS=ON", sanitize)
    _run(cmake, "--build", str(tmp_path), "--target", "harness", "--parallel", "2")
    count = "60" if sanitizer else "500"
    said = _run(str(tmp_path / "harness"), count, UBSAN_OPTIONS="print_stacktrace=1")
    assert said.endswith(f"{count} passed, 0 failed\n")

"""The wheel carries the whole package and nothing else: examples and type marker too."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"


@pytest.mark.slow
def test_wheel_is_the_package(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("convwise-*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = {str(p.relative_to(SOURCE)) for p in SOURCE.rglob("*") if _is_shipped(p)}
    assert {"convwise/py.typed", "convwise/examples/feature_maps.py"} <= wanted
    assert names == wanted


def _is_shipped(path: Path) -> bool:
    parts = path.relative_to(SOURCE).parts
    return path.is_file() and not any(part.startswith((".", "__pycache__")) for part in parts)

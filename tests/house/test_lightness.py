"""Importing convwise, or a summary of code, loads no framework; a planted import is found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
FRAMEWORKS = {"torch", "keras", "tensorflow", "jax", "onnx", "numpy", "scipy", "pandas", "h5py"}
COMMAND_LINE = {"typer", "click", "rich"}

IMPORT = "import convwise"
SUMMARY = 'import convwise; convwise.read("example:{}").summary().text(100)'
COMMAND = 'from convwise.cli import run; run(["summary", "example:{}", "--json"])'
EXAMPLES = ("feature_maps", "feature_maps_torch", "mnist_weights_torch")


def loaded(code: str, source: Path = SOURCE) -> set[str]:
    """The top names of all modules that a fresh interpreter has after this code."""
    script = f"{code}\nimport json, sys\nprint()\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


def test_import_loads_nothing_heavy() -> None:
    found = loaded(IMPORT)
    assert "convwise" in found
    assert not found & (FRAMEWORKS | COMMAND_LINE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_summary_of_code_loads_only_the_standard_library(example: str) -> None:
    assert not loaded(SUMMARY.format(example)) & (FRAMEWORKS | COMMAND_LINE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_summary_on_the_command_line_loads_no_framework(example: str) -> None:
    assert not loaded(COMMAND.format(example)) & FRAMEWORKS


def test_written_code_loads_no_framework() -> None:
    convert = (
        'from convwise.cli import run; run(["convert", "example:feature_maps", "--to", "torch"])'
    )
    assert not loaded(convert) & FRAMEWORKS


def test_planted_import_is_found(tmp_path: Path) -> None:
    shutil.copytree(SOURCE / "convwise", tmp_path / "convwise")
    (tmp_path / "torch.py").write_text("")
    front = tmp_path / "convwise" / "__init__.py"
    front.write_text(front.read_text("utf-8") + "\nimport torch\n", "utf-8")
    assert loaded(IMPORT, tmp_path) & FRAMEWORKS == {"torch"}

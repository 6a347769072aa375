"""Runs Python code in a process that counts its allocations, and brings what it prints as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from convwise.measure.allocations import environment

ROOT = Path(__file__).parents[2]


def counted(code: str, folder: Path) -> Any:
    """What the code prints as its last line; AssertionError with its errors when it fails."""
    around = environment(folder)
    around["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=around, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])

"""The harness sees what it is there to see: canaries, secrets, slow and large programs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.hostile import executing
from tests.hostile.case import Case
from tests.hostile.harness import executed, launch, place

LIVE = [case for case in executing.cases() if case.live]


@pytest.mark.slow
@pytest.mark.parametrize("case", LIVE, ids=lambda case: case.name)
def test_python_running_the_source_leaves_the_canary(case: Case, tmp_path: Path) -> None:
    path = place(case, tmp_path)
    assert executed(launch([sys.executable, path.name], tmp_path))

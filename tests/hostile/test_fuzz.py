"""Mutants of the zoo: every one is read or refused with a message, cheaply, and none is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.mutants import mutant, sources

ROOT = Path(__file__).parents[2]
MOST_BYTES = 200 * 1000 * 1000
FEW = 300
MANY = 20_000
PARTS = 20


def fuzz(first: int, count: int) -> dict[str, Any]:
    """What a worker process, small and limited, says of these seeds."""
    environment = {
        **{key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ},
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    # A shell of its own: Linux counts the memory of whoever starts a process towards its peak.
    command = [sys.executable, "-m", "tests.hostile.fuzz_worker", str(first), str(count)]
    starter = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", starter, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=3000,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def check(found: dict[str, Any], count: int) -> None:
    assert found["troubles"] == []
    assert found["loaded"] == []
    assert found["peak_bytes"] < MOST_BYTES
    said = found["said"]
    assert sum(said.values()) == count
    assert said["read"] > count // 20
    assert said["refused with a line"] > said.get("refused", 0)


def test_mutants_are_many_things() -> None:
    texts = sources()
    made = [mutant(texts, seed) for seed in range(FEW)]
    assert made == [mutant(texts, seed) for seed in range(FEW)]
    originals = {text for _, text in texts}
    assert sum(text not in originals for _, text in made) > FEW * 3 // 4
    assert len({name for name, _ in made}) > len(texts) // 2


def test_some_mutants() -> None:
    check(fuzz(0, FEW), FEW)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_many_mutants(part: int) -> None:
    count = MANY // PARTS
    check(fuzz(FEW + part * count, count), count)


def test_the_worker_sees_what_it_is_there_to_see() -> None:
    from tests.hostile.fuzz_worker import Watch, attempt

    watch = Watch()
    watch("open", ("canary", "w", 0))
    watch.on = True
    watch("open", ("model.py", "r", 0))
    assert watch.seen == []
    watch("open", ("canary", "w", 0))
    watch("os.system", (b"touch canary",))
    assert len(watch.seen) == 2
    assert attempt("x = (") == ("refused with a line", None)

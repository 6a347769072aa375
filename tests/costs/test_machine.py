"""The machine as the files of a system tell it: cores and quotas of several kinds of system."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from convwise.costs.machine import machine_at, this_machine
from tests.costs.records import MACHINE

INTEL = """processor\t: 0
model name\t: Intel(R)  Xeon(R) Gold 6338 CPU @ 2.00GHz
flags\t\t: fpu sse4_2 fma avx2 avx512f

processor\t: 1
model name\t: Another
flags\t\t: fpu amx_tile
"""
ARM = """processor\t: 0
BogoMIPS\t: 50.00
Features\t: fp asimd sve
CPU implementer\t: 0x41
CPU part\t: 0xd40
"""


def told(root: Path, **files: str) -> Path:
    """A folder with files as a system has them; "__" stands for a slash, "DOT" for a point."""
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("DOT", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


@pytest.fixture(autouse=True)
def eight(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that may run on eight processors."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


def test_the_first_processor_is_described(tmp_path: Path) -> None:
    found = machine_at(told(tmp_path, proc__cpuinfo=INTEL))
    assert found.processor == "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz"
    assert found.instruction_sets == ("avx2", "fma", "avx512f")
    assert (found.cores, found.physical_cores) == (8, None)


def test_a_processor_without_a_name(tmp_path: Path) -> None:
    found = machine_at(told(tmp_path, proc__cpuinfo=ARM))
    assert (found.processor, found.instruction_sets) == ("Arm 0x41 0xd40", ("asimd", "sve"))


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, 8),
        ({"sys__fs__cgroup__cpuDOTmax": "max 100000\n"}, 8),
        ({"sys__fs__cgroup__cpuDOTmax": "300000 100000\n"}, 3),
        ({"sys__fs__cgroup__cpuDOTmax": "50000 100000\n"}, 1),
        ({"sys__fs__cgroup__cpuDOTmax": "1600000 100000\n"}, 8),
        (
            {
                "sys__fs__cgroup__cpu__cpuDOTcfs_quota_us": "250000\n",
                "sys__fs__cgroup__cpu__cpuDOTcfs_period_us": "100000\n",
            },
            2,
        ),
        (
            {
                "sys__fs__cgroup__cpu__cpuDOTcfs_quota_us": "-1\n",
                "sys__fs__cgroup__cpu__cpuDOTcfs_period_us": "100000\n",
            },
            8,
        ),
        (
            {
                "proc__self__cgroup": "0::/user/job\n",
                "sys__fs__cgroup__user__cpuDOTmax": "400000 100000\n",
                "sys__fs__cgroup__user__job__cpuDOTmax": "max 100000\n",
            },
            4,
        ),
    ],
)
def test_cores_are_what_the_groups_allow(tmp_path: Path, files: dict[str, str], cores: int) -> None:
    assert machine_at(told(tmp_path, **files)).cores == cores


def siblings(root: Path, pairs: bool) -> Path:
    """Eight processors, of which two and two share a core."""
    for number in range(8):
        text = f"{number % 4},{number % 4 + 4}" if pairs else str(number)
        path = root / f"sys/devices/system/cpu/cpu{number}/topology/thread_siblings_list"
        path.parent.mkdir(parents=True)
        path.write_text(f"{text}\n", "utf-8")
    return root


def test_processors_that_share_a_core_are_counted(tmp_path: Path) -> None:
    found = machine_at(told(siblings(tmp_path, pairs=True), proc__cpuinfo=INTEL))
    assert (found.cores, found.physical_cores) == (8, 4)
    assert "8 threads of 4 cores" in found.name
    alone = machine_at(siblings(tmp_path / "alone", pairs=False))
    assert (alone.cores, alone.physical_cores, alone.shares_cores) == (8, 8, False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("processor", "Another"),
        ("instruction_sets", ("avx512f",)),
        ("cores", 3),
        ("memory_bytes", 16 * 2**30),
        ("system", "Darwin arm64"),
        ("c_library", "glibc 2.41"),
        ("physical_cores", 2),
    ],
)
def test_the_hash_changes_with_each_fact(field: str, value: object) -> None:
    assert replace(MACHINE, **{field: value}).hash != MACHINE.hash  # type: ignore[arg-type]


def test_the_hash_is_the_same_everywhere() -> None:
    """A change of it would make every measurement of every user be made again."""
    assert MACHINE.hash == "7ee8784dc450"
    assert replace(MACHINE, memory_bytes=MACHINE.memory_bytes + 2**20).hash == MACHINE.hash


def test_this_machine_is_the_same_in_every_process_and_needs_no_framework() -> None:
    code = (
        "import sys; from convwise.costs.machine import this_machine\n"
        "print(this_machine().hash, *[n for n in ('torch', 'keras', 'numpy') if n in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    seen = {
        subprocess.check_output([sys.executable, "-c", code], text=True, env=environment)
        for _ in range(2)
    }
    assert len(seen) == 1 and len(seen.pop().split()) == 1
    assert this_machine().name and this_machine().cores >= 1

"""Several processes share a store, and any of them may be killed at any moment."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from convwise.costs.store import Store
from tests.costs.records import HERE, batch, filled, stored

ROOT = Path(__file__).parents[2]
COUNT = 150


def writer(folder: Path, name: str, *batches: str) -> subprocess.Popen[bytes]:
    """A process that stores batches of COUNT records and prints their names."""
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return subprocess.Popen(
        [sys.executable, "-m", "tests.costs.writer", str(folder), name, str(COUNT), *batches],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Lines that were read ahead would be lost to who reads the rest.
        bufsize=0,
        env={**os.environ, "PYTHONPATH": path},
    )


def killed(process: subprocess.Popen[bytes], after_seconds: float) -> list[str]:
    """Kill a writer some time after its first batch; the batches it said it had stored."""
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(after_seconds)
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL
    return (first + rest).decode().split()


def whole_or_missing(folder: Path, said: list[str]) -> None:
    """What was said to be stored is all there, the next batch wholly or not at all."""
    for name in {one.rpartition(".")[0] for one in said}:
        mine = [one for one in said if one.rpartition(".")[0] == name]
        assert mine == [f"{name}.{turn}" for turn in range(len(mine))]
        following = f"{name}.{len(mine)}"
        store = Store(folder)
        found = stored(store, [*mine, following], COUNT)
        assert [found[one] for one in mine] == [COUNT] * len(mine)
        assert found[following] in (0, COUNT)
        assert store.troubles == []


def checked(folder: Path) -> None:
    """The file is in order, nothing was put aside, and what a kill left is gone at the next."""
    assert Store(folder).put_many(HERE, batch("after", 3))
    table = sqlite3.connect(folder / "costs.sqlite")
    assert table.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    table.close()
    assert [path.name for path in folder.iterdir()] == ["costs.sqlite"]


def kill_often(folder: Path, seed: int, kills: int) -> None:
    """One writer at a time is killed, all in the same store."""
    moments = random.Random(seed)
    said: list[str] = []
    for turn in range(kills):
        said += killed(writer(folder, f"{seed}-{turn}"), moments.uniform(0.0, 0.08))
    whole_or_missing(folder, said)
    checked(folder)


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    writers = [writer(tmp_path, f"w{number}", "6") for number in range(4)]
    printed = [process.communicate() for process in writers]
    assert [process.returncode for process in writers] == [0] * 4
    assert all(errors == b"" for _, errors in printed)
    said = [line for lines, _ in printed for line in lines.decode().split()]
    assert len(said) == 24 and not any(line.startswith("-") for line in said)
    whole_or_missing(tmp_path, said)
    assert [group.records for group in Store(tmp_path).groups()] == [24 * COUNT]


def test_a_kill_leaves_whole_batches(tmp_path: Path) -> None:
    kill_often(tmp_path, seed=1, kills=8)


def test_readers_see_whole_batches_while_others_write(tmp_path: Path) -> None:
    process = writer(tmp_path, "w", "12")
    store, seen = Store(tmp_path), set()
    while process.poll() is None:
        seen |= set(stored(store, [f"w.{turn}" for turn in range(12)], COUNT).values())
    assert process.communicate()[1] == b""
    assert seen <= {0, COUNT} and store.troubles == []
    assert set(stored(store, [f"w.{turn}" for turn in range(12)], COUNT).values()) == {COUNT}


def test_a_damaged_file_is_put_aside_once_by_processes_that_all_find_it(tmp_path: Path) -> None:
    path = filled(tmp_path).path
    path.write_bytes(b"no database at all " * 1000)
    writers = [writer(tmp_path, f"w{number}", "3") for number in range(4)]
    said = [line for one in writers for line in one.communicate()[0].decode().split()]
    assert len(said) == 12 and not any(line.startswith("-") for line in said)
    assert set(stored(Store(tmp_path), said, COUNT).values()) == {COUNT}
    assert len(list(tmp_path.glob("*.damaged-*"))) == 1


def test_a_process_that_waits_in_vain_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("convwise.costs.database._PATIENCE_SECONDS", 0.2)
    filled(tmp_path, 5)
    holder = sqlite3.connect(tmp_path / "costs.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    store = Store(tmp_path)
    assert stored(store, ["old"], 5) == {"old": 0}
    assert not store.put_many(HERE, batch("new", 5))
    assert len(store.troubles) == 1 and "locked" in store.troubles[0]
    holder.close()
    assert stored(store, ["old"], 5) == {"old": 5}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 8))
def test_many_kills_leave_whole_batches(tmp_path: Path, seed: int) -> None:
    kill_often(tmp_path, seed, kills=40)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8, 12))
def test_kills_among_processes_that_write_at_once(tmp_path: Path, seed: int) -> None:
    moments = random.Random(seed)
    said: list[str] = []
    for turn in range(8):
        writers = [writer(tmp_path, f"{turn}-{number}") for number in range(3)]
        for process in writers:
            said += killed(process, moments.uniform(0.0, 0.08))
    whole_or_missing(tmp_path, said)
    checked(tmp_path)

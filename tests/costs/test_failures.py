"""Disks fill, folders are read-only, files are damaged: work goes on, and it is said once."""

from __future__ import annotations

import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from convwise.costs.key import Key
from convwise.costs.store import Store
from tests.costs.records import HERE, batch, filled, record, same, stored

ROOT = Path(__file__).parents[2]
NOBODY = 65534
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}


def limited(folder: Path, largest_bytes: int) -> list[str]:
    """Store batches in a process whose files may not grow beyond a size; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.costs.writer", str(folder), "new", "300", "4"],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest_bytes,) * 2),
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr
    return [*done.stdout.split(), *done.stderr.splitlines()]


@pytest.mark.parametrize("more_bytes", [0, 3000, 20_000, 60_000])
def test_a_full_disk_keeps_what_was_there(tmp_path: Path, more_bytes: int) -> None:
    size = filled(tmp_path).size_bytes
    printed = limited(tmp_path, size + more_bytes)
    assert len(printed) == 5 and "cannot be used" in printed[4]
    kept = [line for line in printed[:4] if not line.startswith("-")]
    assert len(kept) < 4
    store = Store(tmp_path)
    assert stored(store, ["old"], 500) == {"old": 500}
    lost = [line[1:] for line in printed[:4] if line.startswith("-")]
    assert stored(store, [*kept, *lost], 300) == dict.fromkeys(kept, 300) | dict.fromkeys(lost, 0)
    assert store.put_many(HERE, batch("after", 300)) and store.troubles == []


def test_a_disk_without_any_room_begins_nothing(tmp_path: Path) -> None:
    printed = limited(tmp_path, 0)
    assert printed[:4] == ["-new.0", "-new.1", "-new.2", "-new.3"] and len(printed) == 5
    store = Store(tmp_path)
    assert store.groups() == [] and store.put_many(HERE, batch("after", 3))


def test_a_full_disk_can_be_cleared(tmp_path: Path) -> None:
    size = filled(tmp_path).size_bytes
    code = (
        "import resource, sys; from pathlib import Path; from convwise.costs.store import Store\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"
        f"store = Store(Path({str(tmp_path)!r})); print(store.clear(), store.size_bytes < {size})"
    )
    printed = subprocess.check_output([sys.executable, "-c", code], text=True, env=ENVIRONMENT)
    assert printed.split() == ["500", "True"]
    assert Store(tmp_path).groups() == []


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can reach, which those of pytest are not."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)
        Path(name).chmod(0o700)
        for folder in Path(name).glob("*/"):
            folder.chmod(0o700)


def test_a_folder_that_may_only_be_read_is_read(open_folder: Path) -> None:
    filled(open_folder / "cache", 20)
    printed = unprivileged(open_folder / "cache", open_folder)
    assert printed[:2] == ["20 False", "1"]
    assert "readonly" in printed[2] or "unable to open" in printed[2]
    assert [path.name for path in (open_folder / "cache").iterdir()] == ["costs.sqlite"]


def test_a_folder_that_cannot_be_made_is_said(open_folder: Path) -> None:
    printed = unprivileged(open_folder / "none" / "cache", open_folder)
    assert printed[:2] == ["0 False", "1"] and "denied" in printed[2]
    assert not (open_folder / "none").exists()


def test_a_damaged_file_that_cannot_be_put_aside_is_said(open_folder: Path) -> None:
    filled(open_folder / "cache", 20).path.write_bytes(b"no database" * 1000)
    printed = unprivileged(open_folder / "cache", open_folder)
    assert printed[0] == "0 False" and "cannot be put aside" in printed[2]


def unprivileged(folder: Path, root: Path) -> list[str]:
    """What a process that may not write here reads, whether it stores, and its troubles."""
    code = (
        "import os; from pathlib import Path; from convwise.costs.store import Store\n"
        "from tests.costs.records import HERE, batch, stored\n"
        f"store = Store(Path({str(folder)!r}))\n"
        "if os.getuid() == 0:\n"
        f"    os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "put = [store.put_many(HERE, batch('new', 3)) for _ in range(3)]\n"
        "print(stored(store, ['old'], 20)['old'], any(put))\n"
        "print(len(store.troubles), *store.troubles, sep=chr(10))\n"
    )
    for path in [root, *root.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    return subprocess.check_output(
        [sys.executable, "-c", code], text=True, env=ENVIRONMENT
    ).splitlines()


def test_what_is_in_the_way_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", "utf-8")
    store = Store(tmp_path / "file")
    for _ in range(3):
        assert not store.put_many(HERE, batch("new", 3))
        assert store.get(Key("new/1", HERE)) is None
    assert 1 <= len(store.troubles) <= 2 and store.size_bytes == 0 and store.clear() == 0
    assert (tmp_path / "file").read_text("utf-8") == "not a folder"


@pytest.mark.parametrize("size", [100, 511, 4096, 8192, 20_000, 40_961])
def test_a_truncated_file_is_put_aside(tmp_path: Path, size: int) -> None:
    store = filled(tmp_path)
    os.truncate(store.path, size)
    left = store.path.read_bytes()
    assert stored(store, ["old"], 500) == {"old": 0}
    assert len(store.troubles) == 1 and "put aside" in store.troubles[0]
    (aside,) = tmp_path.glob("costs.damaged-*.sqlite")
    assert aside.read_bytes() == left and aside.name in store.troubles[0]
    assert store.put_many(HERE, batch("new", 9)) and len(store.troubles) == 1
    assert stored(store, ["new"], 9) == {"new": 9}


@pytest.mark.parametrize("size", [0, 1, 50])
def test_a_file_without_a_header_is_begun_again(tmp_path: Path, size: int) -> None:
    store = filled(tmp_path)
    os.truncate(store.path, size)
    assert stored(store, ["old"], 500) == {"old": 0}
    assert store.put_many(HERE, batch("new", 9))
    assert stored(store, ["new"], 9) == {"new": 9}


def test_a_damaged_file_is_put_aside_while_writing(tmp_path: Path) -> None:
    store = filled(tmp_path)
    store.path.write_bytes(b"\0" * 4096 + b"text" * 4096)
    assert store.put_many(HERE, batch("new", 9))
    assert stored(store, ["new"], 9) == {"new": 9}
    assert len(store.troubles) == 1 and "put aside" in store.troubles[0]


@pytest.mark.parametrize("seed", range(40))
def test_damaged_bytes_never_become_a_record(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1.5e9)
    chance = random.Random(seed)
    store = filled(tmp_path, 120)
    raw = bytearray(store.path.read_bytes())
    for _ in range(chance.choice([1, 4, 64])):
        start, length = chance.randrange(len(raw)), chance.choice([1, 1, 8, 512])
        raw[start : start + length] = chance.randbytes(len(raw[start : start + length]))
    store.path.write_bytes(bytes(raw))
    found = store.get_many(HERE, list(batch("old", 120)))
    assert all(same(one, record(int(name.split("/")[1]))) for name, one in found.items())
    assert all(group.records > 0 for group in store.groups())
    assert store.put_many(HERE, batch("new", 9)) or store.troubles
    store.clear()
    assert store.put_many(HERE, batch("new", 9)) or "later version" in " ".join(store.troubles)


@pytest.mark.parametrize("change", ["seconds = 9.0", "peak_bytes = NULL", "runs = runs + 1"])
def test_a_record_that_was_changed_is_not_used(tmp_path: Path, change: str) -> None:
    store = filled(tmp_path, 9)
    table = sqlite3.connect(store.path)
    table.execute(f"UPDATE records SET {change} WHERE operation = 'old/3'")
    table.commit()
    table.close()
    assert store.get_many(HERE, list(batch("old", 9))).keys() == batch("old", 9).keys() - {"old/3"}
    assert len(store.troubles) == 1 and "damaged records" in store.troubles[0]
    assert store.put_many(HERE, {"old/3": record(3)})
    assert stored(store, ["old"], 9) == {"old": 9}


def test_a_file_that_another_process_has_begun_anew_stays(tmp_path: Path) -> None:
    store = filled(tmp_path, 9)
    assert store._database._put_aside(sqlite3.DatabaseError("what this process has seen before"))
    assert stored(store, ["old"], 9) == {"old": 9} and store.troubles == []


@pytest.mark.parametrize("version", [0, 1, 2])
def test_a_table_of_another_form_is_put_aside(tmp_path: Path, version: int) -> None:
    table = sqlite3.connect(tmp_path / "costs.sqlite")
    table.execute("CREATE TABLE records (something TEXT)")
    table.execute(f"PRAGMA user_version = {version}")
    table.close()
    store = Store(tmp_path)
    assert store.put_many(HERE, batch("new", 9))
    assert stored(store, ["new"], 9) == {"new": 9}
    assert len(store.troubles) == 1 and "put aside" in store.troubles[0]


def test_a_later_version_is_left_alone(tmp_path: Path) -> None:
    store = filled(tmp_path)
    table = sqlite3.connect(store.path)
    table.execute("PRAGMA user_version = 99")
    table.close()
    before = store.path.read_bytes()
    assert stored(store, ["old"], 500) == {"old": 0}
    assert not store.put_many(HERE, batch("new", 3))
    assert store.clear() == 0 and store.groups() == []
    assert store.path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["costs.sqlite"]
    assert len(store.troubles) == 1 and "later version" in store.troubles[0]

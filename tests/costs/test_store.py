"""What is stored comes back to the environment it was measured in, is shown and cleared."""

from __future__ import annotations

import math
import sqlite3
import time
from pathlib import Path

import pytest

from convwise.costs.key import Key
from convwise.costs.store import Record, Store, default_folder
from tests.costs.records import ELSEWHERE, HERE, batch, filled, record, same, stored

FIRST_VERSION = """
CREATE TABLE records (
    environment TEXT NOT NULL, operation TEXT NOT NULL, label TEXT NOT NULL, seconds REAL,
    seconds_spread REAL, runs INTEGER NOT NULL, peak_bytes INTEGER, kept_bytes INTEGER,
    measured_at REAL NOT NULL, PRIMARY KEY (environment, operation)
) WITHOUT ROWID
"""


@pytest.mark.parametrize(
    "one",
    [
        Record(0.125, 0.0625, 7, 1024, 0),
        Record(1 / 3, 1e-12, 1, 2**50, 3),
        Record(None, None, 0),
        Record(None, None, 1, 0, 0),
        Record(2.0, None, 1, None, 5),
    ],
)
def test_a_record_comes_back_as_it_was(tmp_path: Path, one: Record) -> None:
    before = time.time()
    assert Store(tmp_path).put_many(HERE, {"conv": one})
    found = Store(tmp_path).get(Key("conv", HERE))
    assert same(found, one)
    assert found is not None and before <= found.measured_at <= time.time()


def test_whole_numbers_and_what_is_no_number_come_back(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.put_many(HERE, {"one": Record(1, 0, 1), "none": Record(math.nan, math.nan, 1)})
    found = store.get_many(HERE, ["one", "none"])
    assert same(found["one"], Record(1.0, 0.0, 1))
    assert same(found["none"], Record(None, None, 1))


def test_many_at_once_and_unknown_ones_are_left_out(tmp_path: Path) -> None:
    store = filled(tmp_path, 1700)
    assert stored(store, ["old"], 1700) == {"old": 1700}
    assert store.get_many(HERE, ["missing", "old/3"]).keys() == {"old/3"}
    assert store.get_many(HERE, []) == {}


def test_a_later_measurement_replaces(tmp_path: Path) -> None:
    store = filled(tmp_path, 3)
    assert store.put_many(HERE, {"old/1": record(9)})
    assert same(store.get(Key("old/1", HERE)), record(9))
    assert [group.records for group in store.groups()] == [3]


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_records_of_another_environment_are_never_returned(tmp_path: Path, name: str) -> None:
    other = ELSEWHERE[name]
    store = Store(tmp_path)
    assert store.put_many(other, batch("old", 5))
    assert store.get_many(HERE, list(batch("old", 5))) == {}
    assert store.get(Key("old/1", HERE)) is None
    assert store.get(Key("old/1", other)) is not None


def test_every_environment_is_shown(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number, place in enumerate([HERE, *ELSEWHERE.values()]):
        assert store.put_many(place, batch("old", number + 1))
    groups = store.groups()
    assert sorted(group.records for group in groups) == list(range(1, len(ELSEWHERE) + 2))
    assert [group.last for group in groups] == sorted([g.last for g in groups], reverse=True)
    here = next(group for group in groups if group.records == 1)
    assert here.name == HERE.name
    assert here.place == (HERE.machine.hash, HERE.versions, 2, ())


def test_clearing_says_how_many(tmp_path: Path) -> None:
    store = filled(tmp_path)
    assert store.put_many(ELSEWHERE["threads"], batch("old", 20))
    size = store.size_bytes
    assert store.clear() == 520
    assert store.size_bytes < size
    assert store.groups() == [] and store.clear() == 0 and store.troubles == []
    assert store.put_many(HERE, batch("new", 3))
    assert stored(store, ["new"], 3) == {"new": 3}


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path / "none")
    assert store.get(Key("conv", HERE)) is None
    assert store.groups() == [] and store.clear() == 0 and store.size_bytes == 0
    assert list(tmp_path.iterdir()) == [] and store.troubles == []


def test_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "costs.sqlite")
    old.execute(FIRST_VERSION)
    row = (HERE.key, "conv", HERE.name, 0.5, None, 3, 7, 0, 1.5e9)
    old.execute("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    store = Store(tmp_path)
    assert store.get(Key("conv", HERE)) == Record(0.5, None, 3, 7, 0, 1.5e9)
    assert store.troubles == []


@pytest.mark.parametrize(
    ("given", "base", "expected"),
    [
        ("/here", "/base", "/here"),
        ("", "/base", "/base/convwise"),
        ("", "relative", "/home/me/.cache/convwise"),
        ("", "", "/home/me/.cache/convwise"),
    ],
)
def test_where_it_is(given: str, base: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVWISE_CACHE", given)
    monkeypatch.setenv("XDG_CACHE_HOME", base)
    monkeypatch.setenv("HOME", "/home/me")
    assert default_folder() == Path(expected)

"""The cost store: records of measured operations in one SQLite file; measures nothing.

SQLite serves several processes at once, and a process that is killed leaves whole records or none.
A store that cannot be written never stops a measurement: what went wrong is in `troubles`.
"""

from __future__ import annotations

import os
import sqlite3
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, final

from convwise.costs.database import Database
from convwise.costs.key import Environment, Key, Place, place_of

_COLUMNS: Final = (
    "environment, operation, seconds, seconds_spread, runs, peak_bytes, kept_bytes, measured_at"
)
#: From an empty file to the first version, and from each version to the next.
_UPGRADES: Final = (
    (
        """
        CREATE TABLE IF NOT EXISTS records (
            environment TEXT NOT NULL,
            operation TEXT NOT NULL,
            label TEXT NOT NULL,
            seconds REAL,
            seconds_spread REAL,
            runs INTEGER NOT NULL,
            peak_bytes INTEGER,
            kept_bytes INTEGER,
            measured_at REAL NOT NULL,
            PRIMARY KEY (environment, operation)
        ) WITHOUT ROWID
        """,
    ),
    (
        "ALTER TABLE records ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0",
        f"UPDATE records SET checksum = checksum({_COLUMNS})",
    ),
)
_PUT: Final = (
    f"INSERT OR REPLACE INTO records ({_COLUMNS}, label, checksum) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_GET: Final = f"SELECT checksum, {_COLUMNS} FROM records WHERE environment = ? AND operation IN "
_GROUPS: Final = (
    "SELECT environment, MAX(label), COUNT(*), MIN(measured_at), MAX(measured_at) FROM records "
    f"WHERE checksum = checksum({_COLUMNS}) GROUP BY environment ORDER BY 5 DESC, 1"
)
_PROBE: Final = f"SELECT checksum, label, {_COLUMNS} FROM records LIMIT 0"
_MOST_AT_ONCE: Final = 500
_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """What was measured of one operation; None where it was not.

    seconds: the median run. seconds_spread: between its quartiles. peak_bytes: the most that one
    run adds to what was alive. kept_bytes: what of it is alive afterwards. measured_at: seconds
    since 1970, filled in by the store.
    """

    seconds: float | None
    seconds_spread: float | None
    runs: int
    peak_bytes: int | None = None
    kept_bytes: int | None = None
    measured_at: float = 0.0


class Group(NamedTuple):
    """Records of one environment: where, how it is called, how many, the first and last time."""

    place: Place
    name: str
    records: int
    first: float
    last: float


def default_folder() -> Path:
    """$CONVWISE_CACHE, else the user's cache folder."""
    given = os.environ.get("CONVWISE_CACHE")
    if given:
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME", "")
    # A relative one is to be ignored: XDG Base Directory Specification.
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "convwise"


@final
class Store:
    """Records by environment and operation, in `costs.sqlite` of a folder.

    `troubles` says, once each, why something could not be stored or read: nothing here raises an
    error because of the disk, the folder, the file or another process.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or default_folder()
        self.path = self.folder / "costs.sqlite"
        functions = (("checksum", 8, _checksum),)
        self._database = Database(self.path, _UPGRADES, functions, _PROBE)

    @property
    def troubles(self) -> list[str]:
        """What went wrong so far, in words for the user."""
        return self._database.troubles

    def get(self, key: Key) -> Record | None:
        """The record of an operation, if it was measured in this environment."""
        return self.get_many(key.environment, [key.operation]).get(key.operation)

    def get_many(self, environment: Environment, operations: Sequence[str]) -> dict[str, Record]:
        """The records of those of the operations that were measured in this environment."""

        def found(table: sqlite3.Connection) -> list[_Row]:
            rows: list[_Row] = []
            for start in range(0, len(operations), _MOST_AT_ONCE):
                part = operations[start : start + _MOST_AT_ONCE]
                marks = f"({', '.join('?' * len(part))})"
                rows += table.execute(_GET + marks, (environment.key, *part)).fetchall()
            return rows

        nothing: list[_Row] = []
        rows = self._database.read(found, nothing)
        whole = [row for checksum, *row in rows if checksum == _checksum(*row)]
        if len(whole) < len(rows):
            self._database.say(f"{self.path}: damaged records are not used and measured again")
        return {operation: Record(*facts) for _, operation, *facts in whole}

    def put_many(self, environment: Environment, records: Mapping[str, Record]) -> bool:
        """Store records, all or none of them; whether they are on the disk now."""
        where, label, now = environment.key, environment.name, time.time()
        rows = [(where, operation, *_facts(r), now) for operation, r in records.items()]

        def put(table: sqlite3.Connection) -> bool:
            table.executemany(_PUT, [(*row, label, _checksum(*row)) for row in rows])
            return True

        return self._database.write(put, False)

    def groups(self) -> list[Group]:
        """How many records there are, by environment, the latest first."""

        def found(table: sqlite3.Connection) -> list[Group]:
            return [Group(place_of(key), *facts) for key, *facts in table.execute(_GROUPS)]

        return self._database.read(found, [])

    def clear(self) -> int:
        """Remove every record, of every environment; how many there were."""

        def removed(table: sqlite3.Connection) -> int:
            return table.execute("DELETE FROM records").rowcount

        return self._database.empty(removed, 0)

    @property
    def size_bytes(self) -> int:
        """Of the file; 0 when there is none."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


def _facts(record: Record) -> tuple[float | int | None, ...]:
    """What was measured, as numbers that come back from a file just as they are."""
    return (
        _number(record.seconds),
        _number(record.seconds_spread),
        int(record.runs),
        _whole(record.peak_bytes),
        _whole(record.kept_bytes),
    )


def _number(value: float | None) -> float | None:
    """What is no number was not measured."""
    return None if value is None or value != value else float(value)


def _whole(value: int | None) -> int | None:
    return None if value is None else int(value)


def _checksum(*row: object) -> int:
    """Of all that a record says and of what it belongs to."""
    return zlib.crc32(repr(row).encode("utf-8", errors="replace"))

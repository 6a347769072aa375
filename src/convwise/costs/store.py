"""The cost store: records of measured operations in one SQLite file; measures nothing.

SQLite serves several processes at once, and a process that is killed leaves whole records or none.
A store that cannot be written never stops a measurement: what went wrong is in `troubles`.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, final

from convwise.costs.key import Environment

#: Version of the table; a store of a later version is left alone.
_VERSION: Final = 1
_PATIENCE_SECONDS: Final = 30.0
_TABLE: Final = """
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
"""
_PUT: Final = "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_GET: Final = (
    "SELECT operation, seconds, seconds_spread, runs, peak_bytes, kept_bytes, measured_at "
    "FROM records WHERE environment = ? AND operation IN "
)
_GROUPS: Final = (
    "SELECT label, COUNT(*), MIN(measured_at), MAX(measured_at) FROM records "
    "GROUP BY environment, label ORDER BY 4 DESC"
)
_MOST_AT_ONCE: Final = 500


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
    """Records of one environment: how it is called, how many, the first and the last time."""

    name: str
    records: int
    first: float
    last: float


def default_folder() -> Path:
    """$CONVWISE_CACHE, else the user's cache folder."""
    given = os.environ.get("CONVWISE_CACHE")
    if given:
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "convwise"


@final
class Store:
    """Records by environment and operation, in `costs.sqlite` of a folder.

    `troubles` says, once each, why something could not be stored or read.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or default_folder()
        self.path = self.folder / "costs.sqlite"
        self.troubles: list[str] = []

    def get(self, environment: Environment, operation: str) -> Record | None:
        """The record of an operation, if it was measured in this environment."""
        return self.get_many(environment, [operation]).get(operation)

    def get_many(self, environment: Environment, operations: Sequence[str]) -> dict[str, Record]:
        """The records of those of the operations that were measured in this environment."""
        found: dict[str, Record] = {}
        with self._open() as table:
            if table is None:
                return found
            for start in range(0, len(operations), _MOST_AT_ONCE):
                part = operations[start : start + _MOST_AT_ONCE]
                marks = f"({', '.join('?' * len(part))})"
                rows = table.execute(_GET + marks, (environment.key, *part))
                found.update({row[0]: Record(*row[1:]) for row in rows})
        return found

    def put_many(self, environment: Environment, records: Mapping[str, Record]) -> bool:
        """Store records, all or none of them; whether it was done."""
        where, label, now = environment.key, environment.name, time.time()
        rows = [
            (where, name, label, r.seconds, r.seconds_spread, r.runs, r.peak_bytes, r.kept_bytes)
            for name, r in records.items()
        ]
        with self._open() as table:
            if table is None:
                return False
            with table:
                table.executemany(_PUT, [(*row, now) for row in rows])
            return True
        return False

    def groups(self) -> list[Group]:
        """How many records there are, by environment, the latest first."""
        with self._open() as table:
            return [Group(*row) for row in table.execute(_GROUPS)] if table is not None else []
        return []

    def clear(self) -> int:
        """Remove every record; how many there were."""
        with self._open() as table:
            if table is None:
                return 0
            with table:
                removed = table.execute("DELETE FROM records").rowcount
            table.execute("VACUUM")
            return int(removed)
        return 0

    @property
    def size_bytes(self) -> int:
        """Of the file; 0 when there is none."""
        return self.path.stat().st_size if self.path.exists() else 0

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection | None]:
        """The table, or None with a word in `troubles`; a damaged file is put aside."""
        try:
            table = self._connected()
        except (sqlite3.Error, OSError) as error:
            self._say(f"{self.path} cannot be used: {error}")
            yield None
            return
        if table is None:
            yield None
            return
        with closing(table):
            try:
                yield table
            except sqlite3.OperationalError as error:
                self._say(f"{self.path} cannot be written or read: {error}")
            except sqlite3.DatabaseError as error:
                self._put_aside(error)

    def _connected(self) -> sqlite3.Connection | None:
        """A connection with the table in it; None for a store of a later version."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            return self._prepared()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            self._put_aside(error)
            return self._prepared()

    def _put_aside(self, error: sqlite3.DatabaseError) -> None:
        aside = self.path.with_name(f"costs.damaged-{os.getpid()}-{time.time_ns()}.sqlite")
        self.path.replace(aside)
        self._say(f"{self.path} is damaged ({error}): put aside as {aside.name}")

    def _prepared(self) -> sqlite3.Connection | None:
        table = sqlite3.connect(self.path, timeout=_PATIENCE_SECONDS)
        try:
            (version,) = table.execute("PRAGMA user_version").fetchone()
            if version > _VERSION:
                table.close()
                self._say(f"{self.path} is of a later version of convwise: left alone")
                return None
            if version < _VERSION:
                with table:
                    table.execute(_TABLE)
                    table.execute(f"PRAGMA user_version = {_VERSION}")
        except sqlite3.Error:
            table.close()
            raise
        return table

    def _say(self, trouble: str) -> None:
        if trouble not in self.troubles:
            self.troubles.append(trouble)

"""One SQLite file that several processes share and that may fail; knows nothing of its records.

The journal is a rollback journal: a write-ahead log needs memory that all processes share, which
folders on a network do not give, and a file beside it that a read-only folder cannot hold.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final, TypeVar, final

Found = TypeVar("Found")
Work = Callable[[sqlite3.Connection], Found]

_PATIENCE_SECONDS: Final = 30.0
#: Once a wait was in vain, a measurement is not held up so long again.
_LATER_PATIENCE_SECONDS: Final = 0.5
#: The last is what a table that has changed its form makes of statements that are right.
_DAMAGE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


#: Python cannot put a message of SQLite into words where it repeats bytes of a damaged file.
_FAILURES: Final = (sqlite3.Error, OSError, UnicodeDecodeError)


@final
class Database:
    """A file with one table: work on it is done wholly or not at all, and never raises.

    `troubles` says, once each, why something was not done. A damaged file is put aside under
    another name and work goes on in a new one; a file of a later version is left alone.
    `upgrades[n]` are the statements that turn version n into version n + 1; 0 is an empty file.
    `functions` may be used by them: name, how many arguments, what it does. `probe` is a statement
    that works on every file in order.
    """

    def __init__(
        self,
        path: Path,
        upgrades: tuple[tuple[str, ...], ...],
        functions: tuple[tuple[str, int, Callable[..., int]], ...],
        probe: str,
    ) -> None:
        self.path = path
        self.troubles: list[str] = []
        self._version = len(upgrades)
        self._upgrades = upgrades
        self._functions = functions
        self._probe = probe
        self._patience = _PATIENCE_SECONDS

    def read(self, work: Work[Found], otherwise: Found) -> Found:
        """What `work` finds; `otherwise` where there is nothing or it cannot be read."""
        return self._guarded(lambda: self._reading(work, otherwise), otherwise)

    def write(self, work: Work[Found], otherwise: Found) -> Found:
        """What `work` returns, once all it wrote is on the disk; `otherwise` if nothing is."""
        return self._guarded(lambda: self._writing(work, otherwise), otherwise)

    def empty(self, work: Work[Found], otherwise: Found) -> Found:
        """As `write`, for work that removes everything: it needs no room on the disk."""
        found = self._guarded(lambda: self._emptying(work, otherwise), otherwise)
        self._guarded(self._compacting, None)
        return found

    def say(self, trouble: str) -> None:
        """Add a trouble that has not been said yet."""
        if trouble not in self.troubles:
            self.troubles.append(trouble)

    def _guarded(self, act: Callable[[], Found], otherwise: Found) -> Found:
        """Do it, a second time if the file was damaged and could be put aside."""
        for tries_left in (1, 0):
            try:
                return act()
            except _FAILURES as error:
                if tries_left and _code(error) in _DAMAGE and self._put_aside(error):
                    continue
                self._failed(error)
        return otherwise

    def _failed(self, error: Exception) -> None:
        if _code(error) == sqlite3.SQLITE_BUSY:
            self._patience = _LATER_PATIENCE_SECONDS
        self.say(f"{self.path} cannot be used: {error}; work goes on without it")

    def _reading(self, work: Work[Found], otherwise: Found) -> Found:
        if not self.path.exists():
            return otherwise
        with closing(self._connected()) as connection:
            # One transaction: the version and all that is read belong together.
            connection.execute("BEGIN")
            version = self._known_version(connection)
            if version == self._version:
                return work(connection)
        # Bringing an earlier version up to date is writing; an empty file may stay as it is.
        return self._writing(work, otherwise) if version else otherwise

    def _writing(self, work: Work[Found], otherwise: Found, journal: str = "DELETE") -> Found:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connected()) as connection:
            connection.execute(f"PRAGMA journal_mode = {journal}")
            # What was written stays, even if the power fails the moment this returns.
            connection.execute("PRAGMA synchronous = EXTRA")
            connection.execute("BEGIN IMMEDIATE")
            version = self._known_version(connection)
            if version is None:
                return otherwise
            for statements in self._upgrades[version:]:
                for statement in statements:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {self._version}")
            found = work(connection)
            connection.execute("COMMIT")
            return found

    def _emptying(self, work: Work[Found], otherwise: Found) -> Found:
        if not self.path.exists():
            return otherwise
        # A full disk has no room for a journal, and what it would bring back is not wanted.
        return self._writing(work, otherwise, "MEMORY")

    def _compacting(self) -> None:
        if not self.path.exists():
            return
        with closing(self._connected()) as connection:
            if self._known_version(connection) == self._version:
                connection.execute("VACUUM")

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=self._patience, isolation_level=None)
        # Bytes that are no text are damage: found where texts are looked at, not an error here.
        connection.text_factory = _text
        for name, arguments, act in self._functions:
            connection.create_function(name, arguments, act)
        return connection

    def _known_version(self, connection: sqlite3.Connection) -> int | None:
        """Of the file, 0 for a new one; None, and said, where it is a later one than ours."""
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > self._version:
            self.say(f"{self.path} is of a later version of convwise: left alone, not used")
            return None
        return int(version)

    def _put_aside(self, error: Exception) -> bool:
        """Give a damaged file another name; whether there is none now.

        Another process may have done it already and have a good file in its place: only who
        holds the lock looks again and moves.
        """
        lock = self.path.with_name(f"{self.path.stem}.lock")
        try:
            with closing(sqlite3.connect(lock, self._patience, isolation_level=None)) as guard:
                guard.execute("BEGIN EXCLUSIVE")
                with closing(self._connected()) as connection:
                    if self._is_whole(connection):
                        return True
                    aside = self._moved()
        except _FAILURES as second:
            self.say(f"{self.path} is damaged ({error}) and cannot be put aside: {second}")
            return False
        self.say(f"{self.path} was damaged ({error}): put aside as {aside}, a new one begun")
        return True

    def _is_whole(self, connection: sqlite3.Connection) -> bool:
        """Whether a file is in order; while the connection is open nobody else uses the file."""
        try:
            connection.execute("BEGIN EXCLUSIVE")
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                return False
            if connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone() != (0,):
                connection.execute(self._probe)
        except _FAILURES as error:
            if _code(error) in _DAMAGE:
                return False
            raise
        return True

    def _moved(self) -> str:
        """The name that the file has now."""
        unique = f"{os.getpid()}-{time.time_ns()}"
        aside = self.path.with_name(f"{self.path.stem}.damaged-{unique}{self.path.suffix}")
        journal = Path(f"{self.path}-journal")
        # The journal first: beside a new file it would be taken for that one's.
        if journal.exists():
            journal.replace(f"{aside}-journal")
        self.path.replace(aside)
        return aside.name


def _code(error: Exception) -> int:
    """SQLite's primary code of an error; 0 where it has none."""
    if type(error) is UnicodeDecodeError:
        return sqlite3.SQLITE_CORRUPT
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace")

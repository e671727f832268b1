"""The log in one SQLite file: WAL mode with ``synchronous=FULL``, triggers that refuse every UPDATE and DELETE."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from anmin.errors import InputError
from anmin.store.backend import WAIT, Row

MAX_FILE = 1 << 30
"""The largest file one person can have written."""

_MAX_CELL = 1 << 19
_APPLICATION = 0x616E6D69
_VERSION = 1
_SCHEMA = (
    "CREATE TABLE events (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, op TEXT NOT NULL, kind TEXT NOT NULL, "
    "key TEXT NOT NULL, value BLOB NOT NULL, of INTEGER)",
    "CREATE TRIGGER no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'append only'); END",
    "CREATE TRIGGER no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'append only'); END",
)


class Sqlite:
    """A :class:`~anmin.store.backend.Backend` in a file."""

    def __init__(self, place: str | os.PathLike[str]) -> None:
        self.name = str(place)
        self._connection = _connect(Path(place))

    def begin(self) -> None:
        """Take the turn to write; others wait."""
        with self._writing():
            self._connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """What was inserted is on the disk when this returns."""
        with self._writing():
            self._connection.execute("COMMIT")

    def rollback(self) -> None:
        """Nothing was inserted."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def insert(self, rows: Sequence[Row]) -> None:
        """Add rows, inside a turn."""
        with self._writing():
            self._connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def rows(
        self, after: int = 0, until: int | None = None, kind: str | None = None, key: str | None = None
    ) -> Iterator[Row]:
        """Rows in order of seq."""
        query = (
            "SELECT seq, at, op, kind, key, value, of FROM events WHERE seq > ?1 AND (?2 IS NULL OR seq <= ?2) "
            "AND (?3 IS NULL OR kind = ?3) AND (?4 IS NULL OR key = ?4) ORDER BY seq"
        )
        try:
            yield from self._connection.execute(query, (after, until, kind, key))
        except (sqlite3.Error, UnicodeError) as error:
            raise InputError("log", self.name, f"a log that anmin wrote ({error})") from None

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeError) as error:
            raise InputError("log", self.name, f"a file that can be written ({error})") from None


def _connect(path: Path) -> sqlite3.Connection:
    """Open or make the file. A foreign or altered database is refused before anything in it is run."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not path.exists() or path.stat().st_size == 0
        if not fresh and path.stat().st_size > MAX_FILE:
            raise InputError("log", str(path), f"at most {MAX_FILE >> 20} MiB")
        if fresh:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, isolation_level=None, timeout=WAIT)
    except (OSError, sqlite3.Error, ValueError) as error:
        raise InputError("log", str(path), f"a file that can be opened ({error})") from None
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_CELL)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _prepare(connection, path)
    except (sqlite3.Error, UnicodeError) as error:
        connection.close()
        raise InputError("log", str(path), f"a log that anmin wrote ({error})") from None
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables in an empty file, in one transaction that two processes cannot do twice; else compare them."""
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        connection.execute("BEGIN IMMEDIATE")
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            for statement in _SCHEMA:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("COMMIT")
    found = tuple(sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master ORDER BY rowid"))
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if found != _SCHEMA or connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
        raise InputError("log", str(path), "a log that anmin wrote")
    if version != _VERSION:
        raise InputError("log", str(path), f"a log of version {_VERSION}")

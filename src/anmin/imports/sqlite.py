"""Databases from outside: opened from a private copy, read only, with bounds; views and triggers are not trusted."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anmin.errors import InputError
from anmin.imports.files import Member, guarded

MAX_BYTES = 4 << 30
_STEPS = 200_000_000
"""Steps of the database engine before it is stopped."""

_TABLES: weakref.WeakKeyDictionary[Member, frozenset[str]] = weakref.WeakKeyDictionary()


def tables(member: Member) -> frozenset[str]:
    """The names of its tables, lower case; nothing for what is no database or a broken one."""
    if not member.head.startswith(b"SQLite format 3\x00"):
        return frozenset()
    if member not in _TABLES:
        try:
            with database(member) as held:
                found = held.execute("SELECT name FROM sqlite_master WHERE type = 'table' LIMIT 10000").fetchall()
            _TABLES[member] = frozenset(str(name).lower() for (name,) in found)
        except InputError:
            _TABLES[member] = frozenset()
    return _TABLES[member]


@contextmanager
def database(member: Member) -> Iterator[sqlite3.Connection]:
    """A connection to a copy of the member, its write-ahead log beside it; errors are :class:`InputError`."""
    with tempfile.TemporaryDirectory(prefix="anmin-") as folder:
        copy = Path(folder, "copy.db")
        with member.open() as stream, copy.open("wb") as target, guarded(member.name):
            left = MAX_BYTES
            while data := stream.read(1 << 20):
                left -= len(data)
                if left < 0:
                    raise InputError("file", member.name, f"a database of at most {MAX_BYTES >> 30} GiB")
                target.write(data)
        for suffix in ("-wal", "-shm"):
            beside = Path(f"{member.path}{suffix}") if member.path is not None else None
            if beside is not None and beside.is_file() and beside.stat().st_size <= MAX_BYTES:
                shutil.copyfile(beside, f"{copy}{suffix}")
        try:
            held = sqlite3.connect(copy)
        except sqlite3.Error as error:
            raise _broken(member, error) from None
        steps = iter(range(_STEPS // 100_000))
        held.set_progress_handler(lambda: next(steps, None) is None, 100_000)
        held.text_factory = lambda data: data.decode("utf-8", "replace")
        try:
            held.execute("PRAGMA trusted_schema = OFF")
            held.execute("PRAGMA query_only = ON")
            yield held
        except (sqlite3.Error, OverflowError, UnicodeError) as error:  # its messages may hold bytes that are no text
            raise _broken(member, error) from None
        finally:
            held.close()


def columns(held: sqlite3.Connection, table: str) -> frozenset[str]:
    """The column names of a table, lower case."""
    return frozenset(str(row[0]).lower() for row in held.execute("SELECT name FROM pragma_table_info(?)", (table,)))


def _broken(member: Member, error: Exception) -> InputError:
    return InputError("file", member.name, "a whole, undamaged SQLite database", str(error))

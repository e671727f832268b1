"""The append-only log: everything a person typed, as it came; a correction is a new event and the old one stays.

One SQLite file in WAL mode with ``synchronous=FULL``: when a write returns it is on the disk, and a process that is
killed at any moment loses nothing that was confirmed. Triggers refuse every UPDATE and DELETE.

Undo and redo are events too, so that a log never gets shorter. What holds now is a fold over the events
(:class:`Fold`): a value is *put* under a kind and a key, *removed*, or *noted*; notes (a trial has begun, a code was
broken) cannot be undone.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, TypeVar

import msgspec

from anmin.errors import InputError

T = TypeVar("T", bound=msgspec.Struct)

Op = Literal["put", "remove", "note", "undo", "redo"]

MAX_VALUE = 64 * 1024
MAX_LINE = 2 * MAX_VALUE
MAX_EVENTS = 1_000_000
MAX_FILE = 1 << 30
"""Bounds of what one person can have written: bytes in a value, in an exported line, events, bytes of the file."""

_APPLICATION = 0x616E6D69
_VERSION = 1
_SCHEMA = (
    "CREATE TABLE events (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, op TEXT NOT NULL, kind TEXT NOT NULL, "
    "key TEXT NOT NULL, value BLOB NOT NULL, of INTEGER)",
    "CREATE TRIGGER no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'append only'); END",
    "CREATE TRIGGER no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'append only'); END",
)
_HEADER = b'{"anmin_log":1}\n'
_COLUMNS = "seq, at, op, kind, key, value, of"


NOTHING = msgspec.Raw(b"null")
"""The value of an event that has none."""


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry. ``at``: UTC, ISO 8601. ``value``: JSON as written, null where there is none.

    ``of``: the event that an undo or redo is about.
    """

    seq: int
    at: str
    op: Op
    kind: str
    key: str
    value: msgspec.Raw = NOTHING
    of: int | None = None

    def read(self, kind: type[T]) -> T:
        """The value as a struct of this kind; :class:`InputError` when it is another thing."""
        try:
            return msgspec.json.decode(bytes(self.value), type=kind)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise InputError(self.kind, self.key, f"a record this version can read ({error})") from None


class Fold:
    """What holds after a run of events."""

    def __init__(self) -> None:
        self.seq = 0
        self._stacks: dict[str, dict[str, list[Event]]] = {}
        self._done: list[Event] = []
        self._undone: list[Event] = []
        self._notes: list[Event] = []

    def add(self, event: Event) -> None:
        """The next event; :class:`InputError` when it cannot follow."""
        if event.seq != self.seq + 1:
            raise InputError("seq", event.seq, f"{self.seq + 1}, the next number")
        if (event.op == "put") == (event.value == NOTHING) and event.op != "note":
            raise InputError("value", event.seq, "a value with every put, and only there")
        if (event.op in ("undo", "redo")) == (event.of is None):
            raise InputError("of", event.seq, "the event an undo or redo is about")
        if event.op == "note":
            self._notes.append(event)
        elif event.op in ("put", "remove"):
            self._stack(event).append(event)
            self._done.append(event)
            self._undone.clear()
        else:
            self._turn(event)
        self.seq = event.seq

    def _turn(self, event: Event) -> None:
        source, target = (self._done, self._undone) if event.op == "undo" else (self._undone, self._done)
        if not source or source[-1].seq != event.of:
            raise InputError("of", event.of, "the latest event that can be taken back or done again")
        turned = source.pop()
        target.append(turned)
        stack = self._stack(turned)
        if event.op == "undo":
            stack.pop()
        else:
            stack.append(turned)

    def _stack(self, event: Event) -> list[Event]:
        return self._stacks.setdefault(event.kind, {}).setdefault(event.key, [])

    def current(self, kind: str) -> dict[str, Event]:
        """The event that holds for each key of a kind, in order of the key."""
        found = self._stacks.get(kind, {})
        return {key: found[key][-1] for key in sorted(found) if found[key] and found[key][-1].op == "put"}

    def notes(self, kind: str) -> tuple[Event, ...]:
        """The notes of a kind, oldest first."""
        return tuple(event for event in self._notes if event.kind == kind)

    def last(self, op: Literal["undo", "redo"]) -> Event | None:
        """What the next undo or redo is about; None when there is nothing."""
        source = self._done if op == "undo" else self._undone
        return source[-1] if source else None


class Log:
    """The log in one file. Every write is one transaction, on the disk when the method returns."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._connection = _connect(self.path)
        self._fold = Fold()
        try:
            self._catch_up()
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Log:
        """The log, open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def put(self, kind: str, key: str, value: object) -> Event:
        """Set the value under a key; the earlier value stays in the log."""
        return self._write("put", kind, key, value)

    def put_all(self, kind: str, values: Iterable[tuple[str, object]]) -> int:
        """Set many values in one transaction, all or none."""
        return len(self._append([("put", kind, key, _encode(kind, value)) for key, value in values]))

    def remove(self, kind: str, key: str) -> Event:
        """Take a value away; it stays in the log. :class:`InputError` when there is none."""
        if key not in self.fold().current(kind):
            raise InputError(kind, key, "one that is there")
        return self._append([("remove", kind, key, NOTHING)])[0]

    def note(self, kind: str, key: str, value: object) -> Event:
        """Record what happened; it cannot be undone."""
        return self._write("note", kind, key, value)

    def undo(self) -> Event | None:
        """Take back the latest write that still holds; the event taken back, or None."""
        return self._turn("undo")

    def redo(self) -> Event | None:
        """Do again what was taken back last; the event, or None. A new write empties the list."""
        return self._turn("redo")

    def fold(self, until: int | None = None) -> Fold:
        """What holds now, or held after event ``until``."""
        self._catch_up()
        if until is None:
            return self._fold
        past = Fold()
        for event in self._read("WHERE seq <= ? ORDER BY seq", until):
            past.add(event)
        return past

    def history(self, kind: str, key: str | None = None) -> tuple[Event, ...]:
        """Every event about a kind (and key), undone ones and undos too, oldest first."""
        own = list(self._read("WHERE kind = ? AND (?2 IS NULL OR key = ?2) ORDER BY seq", kind, key))
        return tuple(own)

    def export(self, target: BinaryIO) -> int:
        """All events as JSON Lines; the number of events. Same log, same bytes."""
        target.write(_HEADER)
        count = 0
        for event in self._read("ORDER BY seq"):
            target.write(msgspec.json.encode(event) + b"\n")
            count += 1
        return count

    def restore(self, source: BinaryIO) -> int:
        """Add an export: all of it or nothing. What is here already must be its beginning; the number added."""
        added = 0
        self._begin()
        try:
            self._catch_up()
            for event in _read_lines(source):
                if event.seq <= self._fold.seq - added:
                    if next(self._read("WHERE seq = ?", event.seq)) != event:
                        raise InputError("log", event.seq, "an export that continues this log, or an empty log")
                    continue
                self._fold.add(event)
                self._insert(event)
                added += 1
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            self._fold = Fold()
            self._catch_up()
            raise
        return added

    def _write(self, op: Op, kind: str, key: str, value: object) -> Event:
        return self._append([(op, kind, key, _encode(kind, value))])[0]

    def _turn(self, op: Literal["undo", "redo"]) -> Event | None:
        about = self.fold().last(op)
        if about is None:
            return None
        self._append([(op, about.kind, about.key, NOTHING)], of=about.seq)
        return about

    def _append(self, entries: list[tuple[Op, str, str, msgspec.Raw]], of: int | None = None) -> list[Event]:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._begin()
        try:
            self._catch_up()
            events = [
                Event(seq=self._fold.seq + place, at=at, op=op, kind=kind, key=key, value=value, of=of)
                for place, (op, kind, key, value) in enumerate(entries, 1)
            ]
            for event in events:
                self._fold.add(event)
                self._insert(event)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._fold = Fold()
            self._catch_up()
            raise
        return events

    def _begin(self) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise InputError("log", str(self.path), f"a file that can be written ({error})") from None

    def _insert(self, event: Event) -> None:
        if event.seq > MAX_EVENTS:
            raise InputError("log", event.seq, f"at most {MAX_EVENTS} events")
        row = (event.seq, event.at, event.op, event.kind, event.key, bytes(event.value), event.of)
        try:
            self._connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        except sqlite3.Error as error:
            raise InputError("log", str(self.path), f"a file that can be written ({error})") from None

    def _catch_up(self) -> None:
        """Read what other processes wrote since."""
        for event in self._read("WHERE seq > ? ORDER BY seq", self._fold.seq):
            self._fold.add(event)

    def _read(self, where: str, *values: object) -> Iterator[Event]:
        try:
            for row in self._connection.execute(f"SELECT {_COLUMNS} FROM events {where}", values):
                yield _event(row, self.path)
        except sqlite3.Error as error:
            raise InputError("log", str(self.path), f"a log that anmin wrote ({error})") from None


def _event(row: tuple[object, ...], path: Path) -> Event:
    fields = dict(zip(Event.__struct_fields__, row, strict=True))
    value = fields.pop("value")
    try:
        event = msgspec.convert(fields, Event)
    except msgspec.ValidationError as error:
        raise InputError("log", str(path), f"a log that anmin wrote ({error})") from None
    if not isinstance(value, bytes):
        raise InputError("log", str(path), "a log that anmin wrote")
    return msgspec.structs.replace(event, value=msgspec.Raw(value))


def _connect(path: Path) -> sqlite3.Connection:
    """Open or make the file. A foreign or altered database is refused before anything in it is run."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not path.exists() or path.stat().st_size == 0
        if not fresh and path.stat().st_size > MAX_FILE:
            raise InputError("log", str(path), f"at most {MAX_FILE >> 20} MiB")
        if fresh:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    except (OSError, sqlite3.Error, ValueError) as error:
        raise InputError("log", str(path), f"a file that can be opened ({error})") from None
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 4 * MAX_LINE)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _prepare(connection, path)
    except sqlite3.Error as error:
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


def _encode(kind: str, value: object) -> msgspec.Raw:
    data = msgspec.json.encode(value)
    if len(data) > MAX_VALUE:
        raise InputError(kind, f"{len(data)} bytes", f"at most {MAX_VALUE} bytes")
    return msgspec.Raw(data)


def _read_lines(source: BinaryIO) -> Iterator[Event]:
    """The events of an export, a line at a time; :class:`InputError` names the line."""
    if source.readline(len(_HEADER) + 1) != _HEADER:
        raise InputError("export", "line 1", 'an export of anmin, which begins with {"anmin_log":1}')
    decoder = msgspec.json.Decoder(Event)
    number = 1
    while line := source.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE or not line.endswith(b"\n"):
            raise InputError("export", f"line {number}", f"a whole line of at most {MAX_LINE} bytes")
        try:
            event = decoder.decode(line)
            datetime.fromisoformat(event.at)
            msgspec.json.decode(bytes(event.value))
        except (msgspec.MsgspecError, RecursionError, ValueError) as error:
            raise InputError("export", f"line {number}", f"an event ({error})") from None
        if msgspec.json.encode(event) + b"\n" != line:
            raise InputError("export", f"line {number}", "an event as anmin writes it")
        yield event

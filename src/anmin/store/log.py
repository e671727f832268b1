"""The append-only log: all that a person typed or imported, as it came; a correction is a new event, the old one stays.

It lies in one SQLite file, or in a PostgreSQL database by URL (:mod:`anmin.store.backend`). When a write returns it is
on the disk, and a process that is killed at any moment loses nothing that was confirmed.

Undo and redo are events too, so that a log never gets shorter. What holds now is a fold over the events
(:class:`Fold`): a value is *put* under a kind and a key, *removed*, or *noted*; notes (a trial has begun, a code was
broken) cannot be undone. What was written together bears one time and is taken back together.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from types import TracebackType
from typing import BinaryIO, Literal, TypeVar

import msgspec

from anmin.errors import InputError
from anmin.store.backend import Row, backend_for

T = TypeVar("T", bound=msgspec.Struct)

Op = Literal["put", "remove", "note", "undo", "redo"]

MAX_VALUE = 64 * 1024
MAX_LINE = 2 * MAX_VALUE
MAX_EVENTS = 1_000_000
"""Bounds of what one person can have written: bytes in a value, in an exported line, events."""

_HEADER = b'{"anmin_log":1}\n'

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
        self.at = ""
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
        self.seq, self.at = event.seq, event.at

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

    def next(self, op: Literal["undo", "redo"]) -> tuple[Event, ...]:
        """What the next undo or redo is about: all that was written together, in the order it has to be turned."""
        source = self._done if op == "undo" else self._undone
        return tuple(takewhile(lambda event: event.at == source[-1].at, reversed(source)))


_Entry = tuple[Op, str, str, msgspec.Raw, int | None]


class Log:
    """The log in one place. Every write is one transaction, on the disk when the method returns."""

    def __init__(self, place: str | os.PathLike[str]) -> None:
        self._backend = backend_for(place)
        self.name = self._backend.name
        self._fold = Fold()
        try:
            self._catch_up()
        except BaseException:
            self._backend.close()
            raise

    def __enter__(self) -> Log:
        """The log, open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the place."""
        self.close()

    def close(self) -> None:
        """Let go of the place."""
        self._backend.close()

    def put(self, kind: str, key: str, value: object) -> Event:
        """Set the value under a key; the earlier value stays in the log."""
        return self._append([("put", kind, key, _encode(kind, value), None)])[0]

    def put_all(self, kind: str, values: Iterable[tuple[str, object]]) -> int:
        """Set many values in one transaction, all or none; one undo takes all of them back."""
        return self.put_many((kind, key, value) for key, value in values)

    def put_many(self, values: Iterable[tuple[str, str, object]]) -> int:
        """The same for values of several kinds: kind, key, value."""
        entries: list[_Entry] = [("put", kind, key, _encode(kind, value), None) for kind, key, value in values]
        return len(self._append(entries)) if entries else 0

    def remove(self, kind: str, key: str) -> Event:
        """Take a value away; it stays in the log. :class:`InputError` when there is none."""
        if key not in self.fold().current(kind):
            raise InputError(kind, key, "one that is there")
        return self._append([("remove", kind, key, NOTHING, None)])[0]

    def note(self, kind: str, key: str, value: object) -> Event:
        """Record what happened; it cannot be undone."""
        return self._append([("note", kind, key, _encode(kind, value), None)])[0]

    def undo(self) -> Event | None:
        """Take back the latest write that still holds; the (first) event taken back, or None."""
        return self._turn("undo")

    def redo(self) -> Event | None:
        """Do again what was taken back last; the (first) event, or None. A new write empties the list."""
        return self._turn("redo")

    def fold(self, until: int | None = None) -> Fold:
        """What holds now, or held after event ``until``."""
        self._catch_up()
        if until is None:
            return self._fold
        past = Fold()
        for event in self._read(until=until):
            past.add(event)
        return past

    def history(self, kind: str, key: str | None = None) -> tuple[Event, ...]:
        """Every event about a kind (and key), undone ones and undos too, oldest first."""
        return tuple(self._read(kind=kind, key=key))

    def export(self, target: BinaryIO) -> int:
        """All events as JSON Lines; the number of events. Same log, same bytes."""
        target.write(_HEADER)
        count = 0
        for event in self._read():
            target.write(msgspec.json.encode(event) + b"\n")
            count += 1
        return count

    def restore(self, source: BinaryIO) -> int:
        """Add an export: all of it or nothing. What is here already must be its beginning; the number added."""
        self._backend.begin()
        try:
            self._catch_up()
            held = self._fold.seq
            new: list[Event] = []
            for event in _read_lines(source):
                if event.seq > held:
                    self._fold.add(event)
                    new.append(event)
                elif next(self._read(event.seq - 1, event.seq)) != event:
                    raise InputError("log", event.seq, "an export that continues this log, or an empty log")
            self._insert(new)
            self._backend.commit()
        except BaseException:
            self._start_again()
            raise
        return len(new)

    def _turn(self, op: Literal["undo", "redo"]) -> Event | None:
        about = self.fold().next(op)
        if not about:
            return None
        self._append([(op, event.kind, event.key, NOTHING, event.seq) for event in about])
        return min(about, key=lambda event: event.seq)

    def _append(self, entries: list[_Entry]) -> list[Event]:
        self._backend.begin()
        try:
            self._catch_up()
            at = self._now()
            events = [
                Event(seq=self._fold.seq + place, at=at, op=op, kind=kind, key=key, value=value, of=of)
                for place, (op, kind, key, value, of) in enumerate(entries, 1)
            ]
            for event in events:
                self._fold.add(event)
            self._insert(events)
            self._backend.commit()
        except BaseException:
            self._start_again()
            raise
        return events

    def _now(self) -> str:
        """This instant, and always later than the latest write, so that a time tells what was written together."""
        now = datetime.now(UTC)
        try:
            if self._fold.at:
                now = max(now, datetime.fromisoformat(self._fold.at) + timedelta(milliseconds=1))
        except (ValueError, TypeError, OverflowError):
            raise InputError("log", self.name, "a log that anmin wrote") from None
        return now.isoformat(timespec="milliseconds")

    def _start_again(self) -> None:
        self._backend.rollback()
        self._fold = Fold()
        self._catch_up()

    def _insert(self, events: list[Event]) -> None:
        if self._fold.seq > MAX_EVENTS:
            raise InputError("log", self._fold.seq, f"at most {MAX_EVENTS} events")
        self._backend.insert([(one.seq, one.at, one.op, one.kind, one.key, bytes(one.value), one.of) for one in events])

    def _catch_up(self) -> None:
        """Read what other processes wrote since."""
        for event in self._read(self._fold.seq):
            self._fold.add(event)

    def _read(
        self, after: int = 0, until: int | None = None, kind: str | None = None, key: str | None = None
    ) -> Iterator[Event]:
        for row in self._backend.rows(after, until, kind, key):
            yield _event(row, self.name)


def _event(row: Row, name: str) -> Event:
    fields = dict(zip(Event.__struct_fields__, row, strict=True))
    value = fields.pop("value")
    try:
        event = msgspec.convert(fields, Event)
    except msgspec.ValidationError as error:
        raise InputError("log", name, f"a log that anmin wrote ({error})") from None
    if not isinstance(value, bytes):
        raise InputError("log", name, "a log that anmin wrote")
    return msgspec.structs.replace(event, value=msgspec.Raw(value))


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
